/* simulate_save.c: the folders of --save.                                               (kind: conductor) */
#include "server/simulate/simulate_save.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/npy.h"
#include "common/router/artefact.h"

enum { TREE_DEPTH = 16 };

/* `format` with one or two parts, malloc'ed; NULL: no memory. */
static char *path_of(const char *folder, const char *sub, const char *name, const char *ending)
{
	char *path = NULL;
	return asprintf(&path, "%s/%s%s%s%s", folder, sub, *name ? "/" : "", name, ending) < 0 ? NULL : path;
}

static int make_folder(const char *folder, const char *sub, const char *name)
{
	cleanup(free_pointer) char *path = path_of(folder, sub, name, "");
	TRY_ALLOC(path);
	return mkdir(path, 0777) == 0 ? 0 : FAIL(-errno);
}

/* --- a client --- */

struct embeddings {
	const struct log *log;
	const struct dataset *data;
	const size_t *rows; /* the first of each query */
};

static void write_embedding(void *context, size_t index, float *out)
{
	const struct embeddings *embeddings = context;
	log_raw_embedding(embeddings->log, embeddings->data->rows[embeddings->rows[index]].query, out);
}

static int save_embeddings(const struct log *log, const struct dataset *data, const char *path)
{
	cleanup(free_pointer) size_t *rows = calloc(data->n_rows + 1, sizeof(*rows));
	size_t n = 0;
	TRY_ALLOC(rows);
	for (size_t i = 0; i < data->n_rows; i++) {
		if (i == 0 || data->rows[i].query != data->rows[i - 1].query)
			rows[n++] = i;
	}
	struct embeddings embeddings = { log, data, rows };
	return npy_write(path, n, data->dimension, write_embedding, &embeddings);
}

static int save_client(const struct log *log, const struct partition_client *client, const char *folder)
{
	TRY(make_folder(folder, "clients", client->name));
	cleanup(free_pointer) char *rows = path_of(folder, "clients", client->name, "/log.jsonl");
	cleanup(free_pointer) char *embeddings = path_of(folder, "clients", client->name, "/embeddings.npy");
	TRY_ALLOC(rows);
	TRY_ALLOC(embeddings);
	TRY(log_write(&client->train, rows));
	return save_embeddings(log, &client->train, embeddings);
}

/* --- a learner --- */

static int save_training(const struct trial *trial, const struct training *training, const char *folder)
{
	cleanup(free_pointer) char *artefact =
		path_of(folder, "artefacts", training->learner->name, ".safetensors");
	cleanup(free_pointer) char *plan = path_of(folder, "plans", training->learner->name, ".yaml");
	struct artefact_notes notes = { .run = "simulate",
					.phases = training->phases,
					.participants = (unsigned)trial->partition.n,
					.held_out = training->plan.held_out };
	TRY_ALLOC(artefact);
	TRY_ALLOC(plan);
	TRY(artefact_write(training->router, &notes, NULL, artefact));
	return plan_write(&training->plan, plan);
}

static int save_into(const struct trial_world *world, const struct log *log, const struct trial *trial,
		     const char *folder)
{
	cleanup(free_pointer) char *partition = path_of(folder, "partition.json", "", "");
	TRY_ALLOC(partition);
	TRY(make_folder(folder, "artefacts", ""));
	TRY(make_folder(folder, "plans", ""));
	TRY(make_folder(folder, "clients", ""));
	TRY(partition_write(&trial->partition, world->data, trial->seed, partition));
	for (size_t i = 0; i < trial->n_trainings; i++) {
		const struct training *training = &trial->trainings[i];
		if (training->wanted && training->scope == SIMULATE_FEDERATED)
			TRY(save_training(trial, training, folder));
	}
	for (size_t c = 0; c < trial->partition.n; c++)
		TRY(save_client(log, &trial->partition.clients[c], folder));
	return 0;
}

/* --- all or nothing --- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

/* Of our own temporary folder. */
static void remove_tree(const char *folder)
{
	int result = nftw(folder, remove_one, TREE_DEPTH, FTW_DEPTH | FTW_PHYS);
	(void)result; /* what cannot be removed stays; the failure before it is told */
}

/* A directory that is there stays the one it is: it may be a mount point, the current one, or where a
 * symbolic link leads. */
static int move_into(const char *folder, const char *directory)
{
	static const char *const names[] = { "artefacts", "plans", "clients", "partition.json" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup(free_pointer) char *from = path_of(folder, names[i], "", "");
		cleanup(free_pointer) char *to = path_of(directory, names[i], "", "");
		TRY_ALLOC(from);
		TRY_ALLOC(to);
		if (rename(from, to) != 0)
			return FAIL(-errno);
	}
	return rmdir(folder) == 0 ? 0 : FAIL(-errno);
}

static int move_to(const char *folder, const char *directory)
{
	return chmod(folder, 0755) == 0 && rename(folder, directory) == 0 ? 0 : FAIL(-errno);
}

int simulate_save(const struct trial_world *world, const struct log *log, const struct trial *trial,
		  const char *directory)
{
	cleanup(free_pointer) char *folder = NULL;
	bool is_there = access(directory, F_OK) == 0;
	size_t n = strlen(directory);
	while (n > 1 && directory[n - 1] == '/')
		n--;
	if (asprintf(&folder, "%.*s%s.XXXXXX", (int)n, directory, is_there ? "/" : "") < 0) {
		folder = NULL;
		return FAIL(-ENOMEM);
	}
	if (!mkdtemp(folder))
		return FAIL(-errno);
	int result = save_into(world, log, trial, folder);
	if (result == 0)
		result = is_there ? move_into(folder, directory) : move_to(folder, directory);
	if (result != 0)
		remove_tree(folder);
	return result;
}
