/* log_write.c: a dataset as a canonical log.                                               (kind: adapter) */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "common/data/log.h"
#include "common/io/atomic_file.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

/* A missing value has no key. */
static int set_number(json_t *json, const char *key, double value)
{
	return isnan(value) ? 0 : json_object_set_new(json, key, json_real(value));
}

static int write_row(const struct dataset *data, const struct observation *row, FILE *stream)
{
	const struct query *query = &data->queries[row->query];
	if (!query->text)
		return FAIL(-EINVAL);
	cleanup(json_cleanup) json_t *json = json_pack("{s:s, s:s, s:s}", "id", query->id, "query",
						       query->text, "model", data->models[row->model]);
	if (!json || set_number(json, "score", row->score) != 0 || set_number(json, "cost", row->cost) != 0)
		return FAIL(-ENOMEM);
	if (strcmp(query->task, "unknown") != 0 &&
	    json_object_set_new(json, "task", json_string(query->task)) != 0)
		return FAIL(-ENOMEM);
	if (set_number(json, "propensity", row->propensity) != 0)
		return FAIL(-ENOMEM);
	if (json_dumpf(json, stream, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0 ||
	    fputc('\n', stream) == EOF)
		return FAIL(errno ? -errno : -EIO);
	return 0;
}

int log_write(const struct dataset *data, const char *path)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	TRY(atomic_file_open(path, &file));
	for (size_t i = 0; i < data->n_rows; i++)
		TRY(write_row(data, &data->rows[i], file.stream));
	return atomic_file_commit(&file);
}
