/* sample.c: a synthetic consortium as files.                                 (kind: conductor) */
#include "server/sample/sample.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/data/log.h"
#include "common/io/atomic_file.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

/* All cells of one query: rows[0 … n) of the dataset. */
static int write_query(const struct dataset *data, const struct observation *rows, size_t n, FILE *stream)
{
	const struct query *query = &data->queries[rows->query];
	json_t *scores = json_object(), *costs = json_object();
	cleanup(json_cleanup) json_t *json =
		json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", query->id, "task", query->task, "query",
			  query->text, "scores", scores, "costs", costs);
	TRY_ALLOC(json);
	for (size_t i = 0; i < n; i++) {
		const char *model = data->models[rows[i].model];
		if (json_object_set_new(scores, model, json_real(rows[i].score)) != 0 ||
		    json_object_set_new(costs, model, json_real(rows[i].cost)) != 0)
			return FAIL(-ENOMEM);
	}
	if (json_dumpf(json, stream, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0 ||
	    fputc('\n', stream) == EOF)
		return FAIL(errno ? -errno : -EIO);
	return 0;
}

static int write_wide(const struct dataset *data, const char *path)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	TRY(atomic_file_open(path, &file));
	for (size_t i = 0; i < data->n_rows; i += data->n_models)
		TRY(write_query(data, data->rows + i, data->n_models, file.stream));
	return atomic_file_commit(&file);
}

static int make_folder(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : FAIL(-errno);
}

static int write_client(const struct partition_client *client, const char *dir)
{
	cleanup(free_pointer) char *folder = NULL;
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&folder, "%s/clients/%s", dir, client->name) < 0)
		folder = NULL;
	if (asprintf(&path, "%s/clients/%s/log.jsonl", dir, client->name) < 0)
		path = NULL;
	TRY_ALLOC(folder && path);
	TRY(make_folder(folder));
	return log_write(&client->train, path);
}

/* Is there anything at `dir` but an empty folder? */
static bool is_taken(const char *dir)
{
	DIR *folder = opendir(dir);
	if (!folder)
		return errno != ENOENT;
	const struct dirent *entry;
	bool taken = false;
	while (!taken && (entry = readdir(folder)) != NULL)
		taken = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return taken;
}

int sample_write(const struct world *world, uint64_t seed, const char *dir)
{
	cleanup(free_pointer) char *clients = NULL;
	cleanup(free_pointer) char *all = NULL;
	cleanup(free_pointer) char *partition = NULL;
	if (is_taken(dir))
		return SAMPLE_E_TAKEN;
	if (asprintf(&clients, "%s/clients", dir) < 0)
		clients = NULL;
	if (asprintf(&all, "%s/all.jsonl", dir) < 0)
		all = NULL;
	if (asprintf(&partition, "%s/partition.json", dir) < 0)
		partition = NULL;
	TRY_ALLOC(clients && all && partition);
	TRY(make_folder(dir));
	TRY(make_folder(clients));
	for (size_t c = 0; c < world->partition.n; c++)
		TRY(write_client(&world->partition.clients[c], dir));
	TRY(partition_write(&world->partition, &world->data, seed, partition));
	return write_wide(&world->data, all);
}
