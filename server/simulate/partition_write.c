/* partition_write.c: a partition as a file, one client a line.                 (kind: adapter) */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "common/io/atomic_file.h"
#include "server/simulate/partition.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int append_train(json_t *list, const struct dataset *train)
{
	for (size_t i = 0; i < train->n_rows; i++) {
		const struct observation *row = &train->rows[i];
		json_t *pair = json_pack("[s, s]", train->queries[row->query].id, train->models[row->model]);
		if (json_array_append_new(list, pair) != 0)
			return FAIL(-ENOMEM);
	}
	return 0;
}

static int write_client(const struct partition_client *client, const struct dataset *data, FILE *stream)
{
	json_t *train = NULL, *test = NULL;
	cleanup(json_cleanup) json_t *json = json_pack("{s:s, s:o, s:o}", "name", client->name, "train",
						       train = json_array(), "test", test = json_array());
	TRY_ALLOC(json);
	TRY(append_train(train, &client->train));
	for (size_t i = 0; i < client->n_test; i++)
		if (json_array_append_new(test, json_string(data->queries[client->test[i]].id)) != 0)
			return FAIL(-ENOMEM);
	return json_dumpf(json, stream, JSON_COMPACT) == 0 ? 0 : FAIL(errno ? -errno : -EIO);
}

int partition_write(const struct partition *partition, const struct dataset *data, uint64_t seed,
		    const char *path)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	TRY(atomic_file_open(path, &file));
	if (fprintf(file.stream, "{\"seed\":%" PRIu64 ",\"clients\":[", seed) < 0)
		return FAIL(errno ? -errno : -EIO);
	for (size_t c = 0; c < partition->n; c++) {
		if (fputs(c > 0 ? ",\n" : "\n", file.stream) == EOF)
			return FAIL(errno ? -errno : -EIO);
		TRY(write_client(&partition->clients[c], data, file.stream));
	}
	if (fputs("\n]}\n", file.stream) == EOF)
		return FAIL(errno ? -errno : -EIO);
	return atomic_file_commit(&file);
}
