/* simulate_json.c: everything that was measured, as one JSON object.                      (kind: adapter) */
#include "server/simulate/simulate_json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A packed object is NULL if one of its parts is: memory is only asked about at the end. */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

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

/* --- the split and the controls --- */

static json_t *client_json(const void *context, size_t i)
{
	const struct partition_client *client = &((const struct partition *)context)->clients[i];
	return json_pack("{s:s, s:I, s:I, s:I}", "name", client->name, "train",
			 (json_int_t)client->n_train_queries, "test", (json_int_t)client->n_test,
			 "observations", (json_int_t)client->train.n_rows);
}

struct named_controls {
	const struct controls *controls;
	const char *const *models;
};

static json_t *single_json(const void *context, size_t i)
{
	const struct named_controls *named = context;
	const struct single *single = &named->controls->singles[i];
	return json_pack("{s:s, s:o, s:o}", "model", named->models[i], "accuracy", number(single->accuracy),
			 "cost", number(single->cost));
}

static json_t *controls_json(const struct trial_world *world, const struct controls *controls)
{
	struct named_controls named = { controls, world->data->models };
	if (controls->n_models == 0)
		return json_null();
	return json_pack("{s:o, s:s, s:s, s:{s:o, s:o}, s:{s:o}, s:{s:o, s:o}, s:{s:o}}", "singles",
			 list(controls->n_models, single_json, &named), "best_single",
			 named.models[controls->best_single], "cheapest_single",
			 named.models[controls->cheapest_single], "random", "accuracy",
			 number(controls->random.accuracy), "cost", number(controls->random.cost),
			 "static_mix", "aiq", number(controls->static_mix_aiq), "oracle", "aiq",
			 number(controls->oracle_aiq), "accuracy", number(controls->oracle_accuracy),
			 "task_oracle", "aiq", number(controls->task_oracle_aiq));
}

/* --- routers --- */

static json_t *point_json(const void *context, size_t i)
{
	const struct curve *curve = context;
	return json_pack("{s:o, s:o, s:o}", "lambda", number(curve->lambda[i]), "cost",
			 number(curve->point[i].cost), "accuracy", number(curve->point[i].score));
}

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

static json_t *gains_json(const struct trial_result *result)
{
	const struct gains *gains = &result->gains;
	const struct judged *judged = &result->judged;
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "aiq",
			 number(judged->aiq), "aiq_low", number(gains->aiq.low), "aiq_high",
			 number(gains->aiq.high), "nauc", number(judged->nauc), "max_accuracy",
			 number(judged->max_accuracy), "lift", number(gains->lift), "lift_low",
			 number(gains->lift_interval.low), "lift_high", number(gains->lift_interval.high),
			 "mix_gain", number(gains->mix_gain), "mix_gain_low",
			 number(gains->mix_gain_interval.low), "mix_gain_high",
			 number(gains->mix_gain_interval.high));
}

static json_t *quality_json(const struct quality *quality)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "iso_cost", number(quality->iso_cost), "cost_save",
			 number(quality->cost_save), "perf_gain", number(quality->perf_gain), "ece",
			 number(quality->ece), "brier", number(quality->brier), "cost_error",
			 number(quality->cost_error));
}

static json_t *training_json(const struct training *training)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:I, s:o, s:s, s:o}", "rounds", (json_int_t)training->rounds,
			 "phases", (json_int_t)training->phases, "bytes_up",
			 json_integer((json_int_t)llrint(training->bytes_up)), "bytes_down",
			 json_integer((json_int_t)llrint(training->bytes_down)), "clipped",
			 (json_int_t)training->clipped, "seconds", number(training->seconds), "digest",
			 training->digest, "settings", settings_of(training));
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
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "lambda", number(at->lambda),
			 "accuracy", number(at->value.score), "accuracy_error", number(at->value.score_error),
			 "cost", number(at->value.cost), "cost_error", number(at->value.cost_error),
			 "accuracy_gain", number(at->gain.score), "accuracy_gain_error",
			 number(at->gain.score_error), "cost_gain", number(at->gain.cost), "cost_gain_error",
			 number(at->gain.cost_error));
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
	router = join(router, gains_json(result));
	router = join(router, quality_json(&result->quality));
	router = join(router, training_json(training));
	if (result->values)
		router = join(router, values_json(result->values));
	return join(router, json_pack("{s:o}", "curve",
				      list(result->judged.curve.n, point_json, &result->judged.curve)));
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
			 controls_json(all->world, &trial->tests.controls), "routers", routers_json(trial));
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
