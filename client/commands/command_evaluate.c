/* command_evaluate.c: local and federated routers on the own held-out queries.          (kind: conductor) */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "client/appraise/appraise.h"
#include "client/commands/command.h"
#include "common/command/arguments.h"
#include "common/evaluate/evaluate_json.h"
#include "common/loop/parallel.h"

#define HELD_OUT 0.1 /* where the run's own share is not known */
enum { THREADS_MOST = 1024 };

struct evaluate_options {
	const char *config, *router, *plot;
	double held_out; /* NaN: the share of the router's run */
	size_t threads;
	bool json;
};

#define AT(field) offsetof(struct evaluate_options, field)

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(config),
	  .value = "FILE",
	  .help = "DIR/client.yaml" },
	{ .name = "router",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(router),
	  .value = "FILE",
	  .help = "an artefact, instead of the current router" },
	{ .name = "held-out",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(held_out),
	  .value = "P",
	  .least = 0.001,
	  .most = 0.9,
	  .help = "share of the queries to judge on (that of the router's run, else 0.1)" },
	{ .name = "threads",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(threads),
	  .value = "N",
	  .least = 1,
	  .most = THREADS_MOST,
	  .help = "they change the time, never the result (default: processors)" },
	{ .name = "json", .kind = ARGUMENTS_FLAG, .offset = AT(json), .help = "for a script" },
	{ .name = "plot",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(plot),
	  .value = "FILE.svg",
	  .help = "cost against score as a picture" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "evaluate",
	.summary = "Train a router on the own rows and judge it, the federated one, static learners and "
		   "single models\non the own held-out queries, with confidence intervals.",
	.example = "fedrouter-client evaluate --config /var/lib/fedrouter/client.yaml --plot routing.svg",
	.options = table,
};

/* Everything under way; zeroed. */
struct evaluating {
	const struct evaluate_options *options;
	struct command_store opened;
	struct decide_router federated, baseline;
	double held_out;
	bool may_have_seen; /* the federated router may have learned from rows that are held out here */
	struct appraisal appraisal;
};

static void evaluating_deinit(struct evaluating *evaluating)
{
	appraisal_deinit(&evaluating->appraisal);
	decide_router_deinit(&evaluating->federated);
	decide_router_deinit(&evaluating->baseline);
	command_store_close(&evaluating->opened);
}

/* The router in question and the static learner of the same consortium; neither has to be there. */
static int open_routers(struct evaluating *evaluating)
{
	struct command_store *opened = &evaluating->opened;
	struct decide_place place = { opened->store, opened->conf.dir, opened->conf.learner };
	int r = decide_router_open(&place, evaluating->options->router, &opened->findings,
				   &evaluating->federated);
	if (r == DECIDE_ROUTER_E_OK && !evaluating->options->router)
		r = decide_router_newest(&place, "static", &opened->findings, &evaluating->baseline);
	return r == DECIDE_ROUTER_E_NONE ? 0 : r;
}

/* The rows that the run held out are those that its router has not seen. */
static void choose_share(struct evaluating *evaluating)
{
	const struct decide_router *federated = &evaluating->federated;
	double of_run = federated->router ? federated->held_out : (double)NAN;
	evaluating->held_out = evaluating->options->held_out;
	if (isnan(evaluating->held_out))
		evaluating->held_out = of_run > 0.0 ? of_run : HELD_OUT;
	evaluating->may_have_seen = federated->router && !(evaluating->held_out <= of_run);
}

static int evaluate(struct evaluating *evaluating)
{
	struct command_store *opened = &evaluating->opened;
	int r = open_routers(evaluating);
	if (r != 0)
		return command_store_fail(opened, r);
	choose_share(evaluating);
	struct appraise_task task = {
		.store = opened->store,
		.names = &opened->names,
		.federated = evaluating->federated.router ? &evaluating->federated : NULL,
		.baseline = evaluating->baseline.router ? &evaluating->baseline : NULL,
		.held_out = evaluating->held_out,
		.threads = evaluating->options->threads,
	};
	r = appraise(&task, &opened->findings, &evaluating->appraisal);
	if (r == APPRAISE_E_OK)
		return COMMAND_DONE;
	command_store_fail(opened, r);
	return r == APPRAISE_E_ENCODER ? COMMAND_REFUSED : COMMAND_FAILED;
}

/* --- telling --- */

static json_t *router_json(const struct appraisal *appraisal, const struct appraise_test *test, size_t i)
{
	const struct appraise_router *router = &appraisal->routers[i];
	const struct appraise_result *result = &test->results[i];
	json_t *json = json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o}", "learner", router->learner,
				 "scope", router->scope, "version", (json_int_t)router->version, "digest",
				 router->digest, "over_local", evaluate_json_number(result->over_local),
				 "over_local_low", evaluate_json_number(result->over_local_interval.low),
				 "over_local_high", evaluate_json_number(result->over_local_interval.high),
				 "curve", evaluate_json_curve(&result->judged.curve));
	json_t *gains = evaluate_json_gains(&result->judged, &result->gains);
	if (json_object_update(json, gains) != 0) {
		json_decref(json);
		json = NULL;
	}
	json_decref(gains);
	return json;
}

static json_t *test_json(const struct appraisal *appraisal, const struct appraise_test *test)
{
	json_t *routers = json_array();
	for (size_t i = 0; i < appraisal->n_routers && test->table.n > 0; i++)
		json_array_append_new(routers, router_json(appraisal, test, i));
	return json_pack("{s:I, s:o, s:o}", "queries", (json_int_t)test->table.n, "controls",
			 evaluate_json_controls(&test->controls, appraisal->own.data.models), "routers",
			 routers);
}

static int print_json(const struct evaluating *evaluating)
{
	const struct appraisal *appraisal = &evaluating->appraisal;
	json_t *models = json_array();
	for (size_t m = 0; m < appraisal->own.data.n_models; m++)
		json_array_append_new(models, json_string(appraisal->own.data.models[m]));
	json_t *json =
		json_pack("{s:s, s:s, s:o, s:f, s:b, s:I, s:I, s:I, s:I, s:o, s:o}", "schema",
			  "fedrouter.evaluate/1", "encoder", appraisal->own.encoder.name, "models", models,
			  "held_out", evaluating->held_out, "router_may_have_seen_them",
			  evaluating->may_have_seen, "training_rows", (json_int_t)appraisal->training_rows,
			  "held_out_rows", (json_int_t)appraisal->held_out_rows, "held_out_queries",
			  (json_int_t)appraisal->held_out_queries, "unknown_rows",
			  (json_int_t)appraisal->own.rows_outside, "observed",
			  test_json(appraisal, &appraisal->observed), "doubly_robust",
			  test_json(appraisal, &appraisal->robust));
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : -1;
	putchar('\n');
	json_decref(json);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int tell(const struct evaluating *evaluating)
{
	const char *plot = evaluating->options->plot;
	int r = plot ? appraise_plot(&evaluating->appraisal, plot) : 0;
	if (r != 0) {
		fprintf(stderr, "%s %s: %s: %s\n", COMMAND_PROGRAM, command.name, plot, strerror(-r));
		return COMMAND_FAILED;
	}
	if (evaluating->options->json)
		return print_json(evaluating);
	appraise_print(&evaluating->appraisal, stdout);
	if (!evaluating->federated.router)
		printf("  There is no federated router yet: wait for a run, or give --router FILE.\n");
	if (evaluating->may_have_seen)
		printf("  The federated router may have learned from rows that are held out here: its run "
		       "held\n  out fewer, or it is not known how many.\n");
	return COMMAND_DONE;
}

int command_evaluate(int argc, char **argv)
{
	struct evaluate_options options = { .held_out = (double)NAN, .threads = parallel_processors() };
	cleanup(evaluating_deinit) struct evaluating evaluating = { .options = &options };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r == ARGUMENTS_E_HELP)
		return COMMAND_DONE;
	if (r == ARGUMENTS_E_OK && !options.config)
		r = arguments_wrong(&command, "--config FILE is needed");
	if (r != ARGUMENTS_E_OK)
		return COMMAND_USAGE;
	int result = command_store_open(options.config, &evaluating.opened);
	if (result == COMMAND_DONE)
		result = evaluate(&evaluating);
	return result == COMMAND_DONE ? tell(&evaluating) : result;
}
