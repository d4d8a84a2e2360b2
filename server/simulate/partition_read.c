/* partition_read.c: a partition made elsewhere, believed only as far as the log holds it.  (kind: adapter) */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "server/simulate/partition_split.h"

enum { ID_SHOWN = 80 };

enum use { UNUSED, TRAIN, TEST };

/* What is under way; the first finding ends it (`bad`). */
struct reading {
	const char *path;
	const struct dataset *data;
	struct findings *findings;
	bool bad;
	size_t *offsets;
	uint32_t *owner; /* client + 1 that has this query, 0: none */
	char *use;       /* enum use, by query */
	char *taken;     /* by row of the dataset */
	uint32_t client; /* the client and entry that are being read */
	size_t entry;
	const char *list; /* "train" or "test" */
};

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int reading_init(struct reading *reading)
{
	const struct dataset *data = reading->data;
	TRY(partition_split_offsets(data, &reading->offsets));
	reading->owner = calloc(data->n_queries + 1, sizeof(*reading->owner));
	reading->use = calloc(data->n_queries + 1, 1);
	reading->taken = calloc(data->n_rows + 1, 1);
	TRY_ALLOC(reading->owner && reading->use && reading->taken);
	return 0;
}

static void reading_deinit(struct reading *reading)
{
	free(reading->offsets);
	free(reading->owner);
	free(reading->use);
	free(reading->taken);
}

/* Note the first offender: where it stands, and what to do about it. `id` may be NULL. */
static void refuse(struct reading *reading, const char *reason, const char *id, const char *remedy)
{
	reading->bad = true;
	if (!reading->list)
		findings_add(reading->findings, reading->path, 0, reason, "clients[%u]: %s", reading->client,
			     remedy);
	else if (!id)
		findings_add(reading->findings, reading->path, 0, reason, "clients[%u].%s[%zu]: %s",
			     reading->client, reading->list, reading->entry, remedy);
	else
		findings_add(reading->findings, reading->path, 0, reason, "clients[%u].%s[%zu], \"%.*s\": %s",
			     reading->client, reading->list, reading->entry, ID_SHOWN, id, remedy);
}

static int by_id(const void *key, const void *item)
{
	return strcmp(key, ((const struct query *)item)->id);
}

static int by_model(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

/* A query that this client may use so: it is in the log and in no other place. */
static bool claim_query(struct reading *reading, const char *id, enum use use, uint32_t *out)
{
	const struct dataset *data = reading->data;
	const struct query *found =
		data->n_queries ? bsearch(id, data->queries, data->n_queries, sizeof(*found), by_id) : NULL;
	if (!found) {
		refuse(reading, "unknown query", id,
		       "not in the log; use the log that the partition was made from");
		return false;
	}
	uint32_t query = (uint32_t)(found - data->queries);
	if (reading->offsets[query] == reading->offsets[query + 1]) {
		refuse(reading, "query without observations", id,
		       "no model's score or cost is used; leave the query out, or leave out --complete-only");
		return false;
	}
	const char *remedy = NULL;
	if (reading->owner[query] && reading->owner[query] != reading->client + 1)
		remedy = "another client has it; a query belongs to one client";
	else if (reading->use[query] != UNUSED && reading->use[query] != (char)use)
		remedy = "it is for training and for testing; keep one of the two";
	else if (reading->use[query] == TEST)
		remedy = "it is named twice; keep one of the two";
	if (remedy) {
		refuse(reading, "query used twice", id, remedy);
		return false;
	}
	reading->owner[query] = reading->client + 1;
	reading->use[query] = (char)use;
	*out = query;
	return true;
}

/* The row of the log that [id, model] names, or NULL after a finding. */
static const struct observation *find_cell(struct reading *reading, uint32_t query, const char *model)
{
	const struct dataset *data = reading->data;
	const char *id = data->queries[query].id;
	const char *const *found =
		data->n_models ? bsearch(model, data->models, data->n_models, sizeof(*found), by_model) :
				 NULL;
	if (!found) {
		refuse(reading, "unknown model", model,
		       "not in the log; models are named as there, and --complete-only drops rare ones");
		return NULL;
	}
	for (size_t i = reading->offsets[query]; i < reading->offsets[query + 1]; i++) {
		if (data->rows[i].model != (uint32_t)(found - data->models))
			continue;
		if (reading->taken[i])
			refuse(reading, "observation used twice", id,
			       "query and model are named twice; keep one");
		reading->taken[i] = 1;
		return reading->bad ? NULL : &data->rows[i];
	}
	refuse(reading, "missing cell", id,
	       "the log has no score or cost of this model for the query; name another");
	return NULL;
}

static int read_train(struct reading *reading, const json_t *list, struct partition_client *client)
{
	const json_t *pair;
	uint32_t query;
	reading->list = "train";
	TRY(dataset_like(reading->data, json_array_size(list), &client->train));
	json_array_foreach (list, reading->entry, pair) {
		const char *id = json_string_value(json_array_get(pair, 0));
		const char *model = json_string_value(json_array_get(pair, 1));
		if (!id || !model || json_array_size(pair) != 2) {
			refuse(reading, "not a partition", NULL, "write [\"query-id\", \"model\"]");
			return 0;
		}
		if (!claim_query(reading, id, TRAIN, &query))
			return 0;
		const struct observation *cell = find_cell(reading, query, model);
		if (!cell)
			return 0;
		client->train.rows[client->train.n_rows++] = *cell;
	}
	dataset_sort(&client->train);
	for (size_t i = 0; i < client->train.n_rows; i++)
		client->n_train_queries +=
			i == 0 || client->train.rows[i].query != client->train.rows[i - 1].query;
	return 0;
}

static int read_test(struct reading *reading, const json_t *list, struct partition_client *client)
{
	const json_t *item;
	size_t n = 0;
	cleanup(free_pointer) uint32_t *test = malloc((json_array_size(list) + 1) * sizeof(*test));
	TRY_ALLOC(test);
	reading->list = "test";
	json_array_foreach (list, reading->entry, item) {
		const char *id = json_string_value(item);
		if (!id) {
			refuse(reading, "not a partition", NULL, "write the query's id as a string");
			return 0;
		}
		if (!claim_query(reading, id, TEST, &test[n]))
			return 0;
		n++;
	}
	return partition_split_test(test, n, client);
}

/* [a-z0-9][a-z0-9._-]{0,63} */
static bool is_legal(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
	return name[n] == '\0' && n >= 1 && n <= 64 && strchr("._-", name[0]) == NULL;
}

static int read_name(struct reading *reading, const json_t *json, size_t clients,
		     const struct partition *partition, char **out)
{
	cleanup(free_pointer) char *name = NULL;
	reading->list = NULL;
	if (!json) {
		TRY(partition_split_name(reading->client, clients, &name));
	} else if (!json_is_string(json) || !is_legal(json_string_value(json))) {
		refuse(reading, "not a client's name", NULL,
		       "write 1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
		return 0;
	} else {
		name = strdup(json_string_value(json));
		TRY_ALLOC(name);
	}
	for (size_t c = 0; c < partition->n; c++)
		if (strcmp(partition->clients[c].name, name) == 0)
			refuse(reading, "duplicate client name", NULL,
			       "an earlier client has this name; rename one");
	*out = name;
	name = NULL;
	return 0;
}

static int read_client(struct reading *reading, const json_t *json, size_t clients,
		       struct partition *partition)
{
	const json_t *train = json_object_get(json, "train"), *test = json_object_get(json, "test");
	struct partition_client *client = &partition->clients[partition->n];
	reading->list = NULL;
	if (!json_is_array(train) || !json_is_array(test)) {
		refuse(reading, "not a partition", NULL,
		       "every client is an object with lists \"train\" and \"test\"");
		return 0;
	}
	TRY(read_name(reading, json_object_get(json, "name"), clients, partition, &client->name));
	if (!client->name)
		return 0;
	partition->n++;
	if (!reading->bad)
		TRY(read_train(reading, train, client));
	if (!reading->bad)
		TRY(read_test(reading, test, client));
	return 0;
}

static int read_clients(struct reading *reading, const json_t *list, struct partition *out)
{
	cleanup(partition_deinit) struct partition partition = { 0 };
	size_t n = json_array_size(list);
	partition.clients = calloc(n + 1, sizeof(*partition.clients));
	TRY_ALLOC(partition.clients);
	for (reading->client = 0; reading->client < n && !reading->bad; reading->client++)
		TRY(read_client(reading, json_array_get(list, reading->client), n, &partition));
	if (reading->bad)
		return PARTITION_E_BAD;
	partition_split_sort(&partition);
	*out = partition;
	partition = (struct partition){ 0 };
	return 0;
}

static json_t *load(const char *path, struct findings *findings)
{
	struct stat status;
	json_error_t error;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		findings_add(findings, path, 0, "partition not readable", "%s; check the path",
			     strerror(EISDIR));
		return NULL;
	}
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!json && json_error_code(&error) == json_error_cannot_open_file)
		findings_add(findings, path, 0, "partition not readable", "%s; check the path",
			     strerror(errno));
	else if (!json)
		findings_add(findings, path, error.line > 0 ? (size_t)error.line : 0, "not JSON",
			     "%s; write the partition again", error.text);
	return json;
}

int partition_read(const char *path, const struct dataset *data, struct findings *findings,
		   struct partition *out)
{
	cleanup(json_cleanup) json_t *json = load(path, findings);
	if (!json)
		return PARTITION_E_BAD;
	const json_t *clients = json_object_get(json, "clients");
	if (json_array_size(clients) == 0) {
		findings_add(findings, path, 0, "not a partition",
			     "no list \"clients\" with at least one client; write {\"clients\": [{\"train\": "
			     "[[\"query-id\", \"model\"], …], \"test\": [\"query-id\", …]}, …]}");
		return PARTITION_E_BAD;
	}
	cleanup(reading_deinit) struct reading reading = { .path = path, .data = data, .findings = findings };
	TRY(reading_init(&reading));
	return read_clients(&reading, clients, out);
}
