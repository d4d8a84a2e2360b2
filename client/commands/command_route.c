/* command_route.c: route, explain: one decision of the current router.                  (kind: conductor) */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/commands/command.h"
#include "client/decide/decide.h"
#include "client/decide/decide_router.h"
#include "common/command/arguments.h"
#include "common/io/npy.h"

enum { REASON = 512, PER = 1000 };
#define LAMBDA_MOST 1e15

struct route_options {
	const char *config, *router, *embedding, *id;
	double lambda, budget; /* NaN: not given; the budget in USD per 1,000 queries */
	size_t row;
	bool json;
	struct arguments_operands query;
};

#define AT(field) offsetof(struct route_options, field)

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(config),
	  .value = "FILE",
	  .help = "DIR/client.yaml" },
	{ .name = "lambda",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(lambda),
	  .value = "L",
	  .least = 0,
	  .most = LAMBDA_MOST,
	  .help = "score that a USD is worth (0: the best score, whatever it costs)" },
	{ .name = "budget",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(budget),
	  .value = "USD_PER_1K",
	  .least = 0,
	  .most = 1e9,
	  .help = "what 1,000 queries like those of the own log may cost; finds lambda" },
	{ .name = "router",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(router),
	  .value = "FILE",
	  .help = "an artefact, instead of the current router" },
	{ .name = "id",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(id),
	  .value = "QUERY",
	  .help = "a query of the own log, instead of a text" },
	{ .name = "embedding",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(embedding),
	  .value = "FILE.npy",
	  .help = "the query as the store's encoder embeds it, instead of a text" },
	{ .name = "row",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(row),
	  .value = "N",
	  .least = 0,
	  .most = 1e9,
	  .help = "of that file, counted from 0 (0)" },
	{ .name = "json", .kind = ARGUMENTS_FLAG, .offset = AT(json), .help = "for a script" },
	{ .name = NULL },
};

static const struct arguments_command route_command = {
	.name = "route",
	.summary = "Choose the model for one query and say why. The first line is the model's name.",
	.example = "fedrouter-client route --config /var/lib/fedrouter/client.yaml --budget 2.5 \"Prove that "
		   "2^n > n.\"",
	.options = table,
	.operands = "[\"query\"]",
	.operands_offset = AT(query),
	.operands_most = 1,
};

static const struct arguments_command explain_command = {
	.name = "explain",
	.summary = "Choose the model for one query and show what every model was estimated at.",
	.example = "fedrouter-client explain --config /var/lib/fedrouter/client.yaml --lambda 100 --id q17",
	.options = table,
	.operands = "[\"query\"]",
	.operands_offset = AT(query),
	.operands_most = 1,
};

/* Everything that one decision needs; zeroed, `opened` first. */
struct deciding {
	const struct arguments_command *command;
	const struct route_options *options;
	struct command_store opened;
	struct decide_router source;
	struct client_snapshot own; /* the log's queries */
	float *x;
	size_t logged; /* query of `own` that --id named; n_queries: none */
	struct decide_budget budget;
	struct decision decision;
	char reason[REASON];
};

static void deciding_deinit(struct deciding *deciding)
{
	decision_deinit(&deciding->decision);
	client_snapshot_deinit(&deciding->own);
	decide_router_deinit(&deciding->source);
	command_store_close(&deciding->opened);
	free(deciding->x);
}

static int fail(const struct deciding *deciding, int code, const char *text)
{
	fprintf(stderr, "%s %s: %s\n", COMMAND_PROGRAM, deciding->command->name, text);
	return code;
}

/* --- router, own log, embedding --- */

static int open_router(struct deciding *deciding)
{
	struct command_store *opened = &deciding->opened;
	struct decide_place place = { opened->store, opened->conf.dir, opened->conf.learner };
	int r = decide_router_open(&place, deciding->options->router, &opened->findings, &deciding->source);
	if (r == DECIDE_ROUTER_E_NONE)
		return fail(
			deciding, COMMAND_FAILED,
			"there is no router yet: wait for a run to finish, see `fedrouter-client routers`, "
			"or give --router FILE");
	return r == 0 ? COMMAND_DONE : command_store_fail(opened, r);
}

/* The rows of the router's models; refused where the store has another encoder's embeddings. */
static int open_log(struct deciding *deciding)
{
	struct command_store *opened = &deciding->opened;
	const struct router *router = deciding->source.router;
	struct client_want want = { .names = &opened->names,
				    .models = (const char *const *)router->models,
				    .n_models = router->n_models,
				    .encoder = &router->encoder,
				    .part = CLIENT_ALL };
	int r = client_store_snapshot(opened->store, &want, &opened->findings, &deciding->own);
	if (r == 0)
		return COMMAND_DONE;
	command_store_fail(opened, r);
	return r == CLIENT_STORE_E_ENCODER ? COMMAND_REFUSED : COMMAND_FAILED;
}

static int embed_text(struct deciding *deciding, const char *text)
{
	const struct encoder_identity *encoder = &deciding->source.router->encoder;
	cleanup(encoder_identity_deinit) struct encoder_identity hash = { 0 };
	char why[REASON], told[REASON + 128];
	if (hash_identity(encoder->dimension, &hash) != 0)
		return fail(deciding, COMMAND_FAILED, "out of memory");
	if (!encoder_identity_matches(&hash, encoder, why, sizeof(why))) {
		snprintf(told, sizeof(told),
			 "a text cannot be embedded here (%s): give --id QUERY or --embedding FILE.npy", why);
		return fail(deciding, COMMAND_USAGE, told);
	}
	int r = decide_embed(text, encoder->dimension, deciding->x);
	if (r == DECIDE_E_NONE)
		return fail(deciding, COMMAND_FAILED,
			    "the text has nothing to go by: its grams cancel each other");
	return r == 0 ? COMMAND_DONE : fail(deciding, COMMAND_FAILED, strerror(-r));
}

static int read_row(struct deciding *deciding)
{
	const struct route_options *options = deciding->options;
	size_t dimension = deciding->source.router->dimension;
	struct npy npy;
	char told[REASON];
	if (npy_open(options->embedding, &deciding->opened.findings, &npy) != 0)
		return command_store_fail(&deciding->opened, 0);
	bool fits = npy.columns == dimension && options->row < npy.rows;
	if (fits)
		npy_row(&npy, options->row, deciding->x);
	npy_close(&npy);
	if (!fits) {
		snprintf(told, sizeof(told),
			 "%s has %zu rows of %zu numbers, row %zu of %zu numbers is needed",
			 options->embedding, npy.rows, npy.columns, options->row, dimension);
		return fail(deciding, COMMAND_FAILED, told);
	}
	return embed_normalize(deciding->x, dimension) ?
		       COMMAND_DONE :
		       fail(deciding, COMMAND_FAILED, "the embedding is zero or not finite");
}

static int find_logged(struct deciding *deciding)
{
	const struct dataset *own = &deciding->own.data;
	for (size_t q = 0; q < own->n_queries; q++) {
		if (strcmp(own->queries[q].id, deciding->options->id) != 0)
			continue;
		deciding->logged = q;
		memcpy(deciding->x, own->embeddings + q * own->dimension,
		       own->dimension * sizeof(*deciding->x));
		return COMMAND_DONE;
	}
	return fail(deciding, COMMAND_FAILED, "the own log has no query of that id");
}

static int embed(struct deciding *deciding)
{
	const struct route_options *options = deciding->options;
	deciding->logged = deciding->own.data.n_queries;
	deciding->x = calloc(deciding->source.router->dimension, sizeof(*deciding->x));
	if (!deciding->x)
		return fail(deciding, COMMAND_FAILED, "out of memory");
	if (options->id)
		return find_logged(deciding);
	return options->embedding ? read_row(deciding) : embed_text(deciding, options->query.items[0]);
}

/* --- decision --- */

static int calibrate(struct deciding *deciding)
{
	char told[REASON];
	struct decide_budget *budget = &deciding->budget;
	budget->lambda = isnan(deciding->options->lambda) ? 0.0 : deciding->options->lambda;
	if (isnan(deciding->options->budget))
		return COMMAND_DONE;
	int r = decide_calibrate(deciding->source.router, &deciding->own.data,
				 deciding->options->budget / PER, budget);
	if (r == DECIDE_E_NONE)
		return fail(deciding, COMMAND_FAILED,
			    "a budget is calibrated on the own log, which has no query: import one, or give "
			    "--lambda");
	if (r == DECIDE_E_BELOW) {
		snprintf(told, sizeof(told),
			 "the cheapest choices for the %zu queries of the own log cost %.4g USD per 1,000 by "
			 "the router's estimates: %.4g is not enough",
			 budget->queries, PER * budget->cheapest, deciding->options->budget);
		return fail(deciding, COMMAND_FAILED, told);
	}
	return r == 0 ? COMMAND_DONE : fail(deciding, COMMAND_FAILED, strerror(-r));
}

static void give_reason(struct deciding *deciding)
{
	const struct decision *decision = &deciding->decision;
	const struct router *router = decision->router;
	size_t first = decision->model, second = decision->second;
	int n = snprintf(deciding->reason, REASON, "%s: %.4g - %.4g x %.4g USD = %.4g",
			 decision->lambda > 0.0 ? "highest score after cost" : "highest score",
			 decision->score[first], decision->lambda, decision->cost[first],
			 decision->utility[first]);
	if (n < 0 || n >= REASON)
		return;
	if (second == router->n_models)
		snprintf(deciding->reason + n, (size_t)(REASON - n), "; no other model can be chosen");
	else
		snprintf(deciding->reason + n, (size_t)(REASON - n), "; next is %s with %.4g",
			 router->models[second], decision->utility[second]);
}

static int decide(struct deciding *deciding)
{
	int result = open_router(deciding);
	if (result == COMMAND_DONE)
		result = open_log(deciding);
	if (result == COMMAND_DONE)
		result = embed(deciding);
	if (result == COMMAND_DONE)
		result = calibrate(deciding);
	if (result != COMMAND_DONE)
		return result;
	int r = decide_query(deciding->source.router, deciding->x, deciding->budget.lambda,
			     &deciding->decision);
	if (r == DECIDE_E_NONE)
		return fail(deciding, COMMAND_FAILED, "the router may choose no model: it saw too few rows");
	if (r != 0)
		return fail(deciding, COMMAND_FAILED, strerror(-r));
	give_reason(deciding);
	return COMMAND_DONE;
}

/* What the own log says of the query and a model; NULL: nothing. */
static const struct observation *logged_row(const struct deciding *deciding, size_t model)
{
	const struct dataset *own = &deciding->own.data;
	for (size_t i = 0; i < own->n_rows && deciding->logged < own->n_queries; i++)
		if (own->rows[i].query == deciding->logged && own->rows[i].model == model)
			return &own->rows[i];
	return NULL;
}

/* --- telling --- */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *model_json(const struct deciding *deciding, size_t m)
{
	const struct decision *decision = &deciding->decision;
	const struct observation *row = logged_row(deciding, m);
	json_t *json =
		json_pack("{s:s, s:b, s:o, s:o, s:o}", "model", decision->router->models[m], "routable",
			  decision->router->routable[m] != 0, "score", number(decision->score[m]), "cost",
			  number(decision->cost[m]), "utility", number(decision->utility[m]));
	if (json && row)
		json_object_set_new(json, "logged",
				    json_pack("{s:o, s:o}", "score", number(row->score), "cost",
					      number(row->cost)));
	return json;
}

static json_t *budget_json(const struct deciding *deciding)
{
	if (isnan(deciding->options->budget))
		return json_null();
	return json_pack("{s:f, s:f, s:I}", "usd_per_1k", deciding->options->budget, "expected_usd_per_1k",
			 PER * deciding->budget.cost, "queries", (json_int_t)deciding->budget.queries);
}

static int print_json(const struct deciding *deciding)
{
	const struct decision *decision = &deciding->decision;
	const struct decide_router *source = &deciding->source;
	size_t m = decision->model;
	json_t *models = json_array();
	for (size_t i = 0; i < decision->router->n_models; i++)
		json_array_append_new(models, model_json(deciding, i));
	json_t *json =
		json_pack("{s:s, s:s, s:f, s:o, s:o, s:o, s:s, s:o, s:{s:I, s:s, s:s}, s:o}", "schema",
			  "fedrouter.decision/1", "model", decision->router->models[m], "lambda",
			  decision->lambda, "score", number(decision->score[m]), "cost",
			  number(decision->cost[m]), "utility", number(decision->utility[m]), "reason",
			  deciding->reason, "budget", budget_json(deciding), "router", "version",
			  (json_int_t)source->entry.version, "learner", decision->router->predictor->learner,
			  "digest", source->digest, "models", models);
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : -1;
	putchar('\n');
	json_decref(json);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static void print_source(const struct deciding *deciding)
{
	const struct decide_router *source = &deciding->source;
	const char *learner = source->router->predictor->learner;
	if (source->entry.version > 0)
		printf("router    version %llu, %s, %.12s\n", (unsigned long long)source->entry.version,
		       learner, source->digest);
	else
		printf("router    %s, %s, %.12s%s\n", source->path, learner, source->digest,
		       source->is_signed ? "" : ", not signed");
	if (!isnan(deciding->options->budget))
		printf("budget    %.4g USD per 1,000 queries: lambda %.4g, at which the %zu queries of "
		       "the own log would cost %.4g\n",
		       deciding->options->budget, deciding->budget.lambda, deciding->budget.queries,
		       PER * deciding->budget.cost);
}

static void print_model(const struct deciding *deciding, size_t m)
{
	const struct decision *decision = &deciding->decision;
	const struct observation *row = logged_row(deciding, m);
	const char *note = m == decision->model           ? "  chosen" :
			   !decision->router->routable[m] ? "  too few rows to be chosen" :
							    "";
	printf("  %-32s %8.4f %14.6g %12.4f%s", decision->router->models[m], decision->score[m],
	       PER * decision->cost[m], decision->utility[m], note);
	if (row)
		printf("  (logged: score %.4g, cost %.4g)", row->score, PER * row->cost);
	putchar('\n');
}

/* Models by falling utility; those that may not be chosen come last. */
static bool goes_before(const struct decision *decision, size_t a, size_t b)
{
	bool may_a = decision->router->routable[a] != 0, may_b = decision->router->routable[b] != 0;
	if (may_a != may_b)
		return may_a;
	return decision->utility[a] > decision->utility[b];
}

static int print_models(const struct deciding *deciding)
{
	const struct decision *decision = &deciding->decision;
	size_t n = decision->router->n_models;
	cleanup(free_pointer) size_t *order = calloc(n, sizeof(*order));
	TRY_ALLOC(order);
	for (size_t m = 0; m < n; m++) {
		size_t at = m;
		for (; at > 0 && goes_before(decision, m, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = m;
	}
	printf("\n  %-32s %8s %14s %12s\n", "model", "score", "USD per 1,000", "utility");
	for (size_t i = 0; i < n; i++)
		print_model(deciding, order[i]);
	return 0;
}

static int print(const struct deciding *deciding)
{
	if (deciding->options->json)
		return print_json(deciding);
	printf("%s\n", deciding->decision.router->models[deciding->decision.model]);
	printf("reason    %s\n", deciding->reason);
	print_source(deciding);
	if (deciding->command != &explain_command)
		return COMMAND_DONE;
	return print_models(deciding) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

/* --- the commands --- */

static int check(const struct arguments_command *command, const struct route_options *options)
{
	if (!options->config)
		return arguments_wrong(command, "--config FILE is needed");
	if (!isnan(options->lambda) && !isnan(options->budget))
		return arguments_wrong(command, "give either --lambda or --budget");
	if ((options->query.n > 0) + (options->id != NULL) + (options->embedding != NULL) != 1)
		return arguments_wrong(command,
				       "give one query: its text, --id QUERY or --embedding FILE.npy");
	return ARGUMENTS_E_OK;
}

static int run(const struct arguments_command *command, int argc, char **argv)
{
	struct route_options options = { .lambda = NAN, .budget = NAN };
	cleanup(deciding_deinit) struct deciding deciding = { .command = command, .options = &options };
	int r = arguments_parse(command, argc, argv, &options);
	if (r == ARGUMENTS_E_HELP)
		return COMMAND_DONE;
	if (r != ARGUMENTS_E_OK || check(command, &options) != ARGUMENTS_E_OK)
		return COMMAND_USAGE;
	int result = command_store_open(options.config, &deciding.opened);
	if (result == COMMAND_DONE)
		result = decide(&deciding);
	return result == COMMAND_DONE ? print(&deciding) : result;
}

int command_route(int argc, char **argv)
{
	return run(&route_command, argc, argv);
}

int command_explain(int argc, char **argv)
{
	return run(&explain_command, argc, argv);
}
