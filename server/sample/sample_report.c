/* sample_report.c: what was written, for a person and for a script.                        (kind: adapter) */
#include "server/sample/sample_report.h"

#include <errno.h>
#include <jansson.h>

void sample_report_print(const struct world *world, const char *dir, FILE *out)
{
	size_t train = 0, test = 0, observations = 0;
	for (size_t c = 0; c < world->partition.n; c++) {
		train += world->partition.clients[c].n_train_queries;
		test += world->partition.clients[c].n_test;
		observations += world->partition.clients[c].train.n_rows;
	}
	fprintf(out, "%s: %zu clients, %zu models, %zu queries (%zu for training, %zu for testing)\n", dir,
		world->partition.n, world->data.n_models, world->data.n_queries, train, test);
	fprintf(out, "  clients/NAME/log.jsonl  what each client logged, %zu observations in all\n",
		observations);
	fprintf(out, "  all.jsonl               every model on every query, %zu scores and costs\n",
		world->data.n_rows);
	fprintf(out, "  partition.json          by client: training cells and test queries\n");
}

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static json_t *describe_models(const struct world *world)
{
	json_t *list = json_array();
	for (size_t m = 0; m < world->data.n_models; m++)
		if (json_array_append_new(list, json_string(world->data.models[m])) != 0)
			break;
	return list;
}

static json_t *describe_clients(const struct world *world)
{
	json_t *list = json_array();
	for (size_t c = 0; c < world->partition.n; c++) {
		const struct partition_client *client = &world->partition.clients[c];
		json_t *json =
			json_pack("{s:s, s:I, s:I, s:I}", "name", client->name, "train",
				  (json_int_t)client->n_train_queries, "test", (json_int_t)client->n_test,
				  "observations", (json_int_t)client->train.n_rows);
		if (json_array_append_new(list, json) != 0)
			break;
	}
	return list;
}

int sample_report_json(const struct world *world, uint64_t seed, const char *dir, FILE *out)
{
	json_t *models = describe_models(world), *clients = describe_clients(world);
	cleanup(json_cleanup) json_t *json =
		json_pack("{s:s, s:s, s:I, s:I, s:o, s:o}", "schema", "fedrouter.sample/1", "out", dir,
			  "seed", (json_int_t)seed, "queries", (json_int_t)world->data.n_queries, "models",
			  models, "clients", clients);
	TRY_ALLOC(json && json_array_size(models) == world->data.n_models &&
		  json_array_size(clients) == world->partition.n);
	if (json_dumpf(json, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF)
		return FAIL(errno ? -errno : -EIO);
	return 0;
}
