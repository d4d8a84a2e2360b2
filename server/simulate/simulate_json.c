/* simulate_json.c: everything that was measured, as one JSON object.                      (kind: adapter) */
#include "server/simulate/simulate_json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/evaluate/evaluate_json.h"

/* A packed object is NULL if one of its parts is: memory is only asked about at the end. */

static json_t *list(size_t n, json_t *(*item)(const void *context, size_t i), const void *context)
{
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(array, item(context, i)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* --- the split --- */

static json_t *client_json(const void *context, size_t i)
{
	const struct partition_client *client = &((const struct partition *)context)->clients[i];
	return json_pack("{s:s, s:I, s:I, s:I}", "name", client->name, "train",
			 (json_int_t)client->n_train_queries, "test", (json_int_t)client->n_test,
			 "observations", (json_int_t)client->train.n_rows);
}

/* --- routers --- */

/* The learner's settings, and what it reports. */
static json_t *settings_of(const struct training *training)
{
	cleanup(free_pointer) char *text = NULL;
	if (settings_json(&training->plan.settings, &text) != 0)
		return NULL;
	json_t *settings = json_loads(text, 0, NULL), *report = json_loads(training->report, 0, NULL);
	if (settings && report)
		json_object_update(settings, report);
	json_decref(report);
	return settings;
}

static json_t *quality_json(const struct quality *quality)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "iso_cost",
			 evaluate_json_number(quality->iso_cost), "cost_save",
			 evaluate_json_number(quality->cost_save), "perf_gain",
			 evaluate_json_number(quality->perf_gain), "ece", evaluate_json_number(quality->ece),
			 "brier", evaluate_json_number(quality->brier), "cost_error",
			 evaluate_json_number(quality->cost_error));
}

static json_t *training_json(const struct training *training)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:I, s:o, s:s, s:o}", "rounds", (json_int_t)training->rounds,
			 "phases", (json_int_t)training->phases, "bytes_up",
			 json_integer((json_int_t)llrint(training->bytes_up)), "bytes_down",
			 json_integer((json_int_t)llrint(training->bytes_down)), "clipped",
			 (json_int_t)training->clipped, "seconds", evaluate_json_number(training->seconds),
			 "digest", training->digest, "settings", settings_of(training));
}

/* Move all members of `part` behind those of `object`. */
static json_t *join(json_t *object, json_t *part)
{
	int result = object && part ? json_object_update(object, part) : -1;
	json_decref(part);
	if (result == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *value_json(const void *context, size_t i)
{
	const struct trial_value *at = &((const struct trial_value *)context)[i];
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "lambda",
			 evaluate_json_number(at->lambda), "accuracy", evaluate_json_number(at->value.score),
			 "accuracy_error", evaluate_json_number(at->value.score_error), "cost",
			 evaluate_json_number(at->value.cost), "cost_error",
			 evaluate_json_number(at->value.cost_error), "accuracy_gain",
			 evaluate_json_number(at->gain.score), "accuracy_gain_error",
			 evaluate_json_number(at->gain.score_error), "cost_gain",
			 evaluate_json_number(at->gain.cost), "cost_gain_error",
			 evaluate_json_number(at->gain.cost_error));
}

static json_t *values_json(const struct trial_value *values)
{
	return json_pack("{s:{s:I, s:o}}", "off_policy", "queries", (json_int_t)values->value.queries,
			 "points", list(TRIAL_PRICES, value_json, values));
}

static json_t *router_json(const struct trial *trial, const struct trial_result *result)
{
	const struct training *training = &trial->trainings[result->training];
	int client = result->client != TRAINING_ALL ? result->client : training->client;
	json_t *router = json_pack("{s:s, s:s, s:s}", "learner", training->learner->name, "scope",
				   simulate_scope_name(training->scope), "test",
				   result->client == TRAINING_ALL ? "global" : "own");
	if (client != TRAINING_ALL)
		router = join(router, json_pack("{s:s}", "client", trial->clients[client]));
	router = join(router, evaluate_json_gains(&result->judged, &result->gains));
	router = join(router, quality_json(&result->quality));
	router = join(router, training_json(training));
	if (result->values)
		router = join(router, values_json(result->values));
	return join(router, json_pack("{s:o}", "curve", evaluate_json_curve(&result->judged.curve)));
}

static json_t *routers_json(const struct trial *trial)
{
	json_t *array = json_array();
	for (size_t i = 0; i < trial->n_results; i++) {
		const struct trial_result *result = &trial->results[i];
		if (!trial->trainings[result->training].wanted)
			continue;
		if (json_array_append_new(array, router_json(trial, result)) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* --- all of it --- */

struct all {
	const struct trial_world *world;
	const struct trial *trials;
};

static json_t *seed_json(const void *context, size_t i)
{
	const struct all *all = context;
	const struct trial *trial = &all->trials[i];
	return json_pack("{s:I, s:{s:o}, s:{s:I, s:I}, s:o, s:o}", "seed", (json_int_t)trial->seed,
			 "partition", "clients", list(trial->partition.n, client_json, &trial->partition),
			 "tests", "queries", (json_int_t)trial->n_test_queries, "comparable",
			 (json_int_t)trial->tests.table.n, "controls",
			 evaluate_json_controls(&trial->tests.controls, all->world->data->models), "routers",
			 routers_json(trial));
}

static json_t *model_json(const void *context, size_t i)
{
	return json_string(((const char *const *)context)[i]);
}

int simulate_json(const struct trial_world *world, const struct trial *trials, size_t n, char **out)
{
	struct all all = { world, trials };
	json_t *json = json_pack("{s:s, s:s, s:s, s:o, s:o}", "schema", "fedrouter.simulate/1", "log",
				 world->options->log, "encoder", world->encoder->name, "models",
				 list(world->data->n_models, model_json, world->data->models), "seeds",
				 list(n, seed_json, &all));
	if (!json)
		return FAIL(-ENOMEM);
	*out = json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	json_decref(json);
	TRY_ALLOC(*out);
	return 0;
}
