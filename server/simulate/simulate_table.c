/* simulate_table.c: trials as the rows that common/evaluate prints.                       (kind: adapter) */
#include "server/simulate/simulate_table.h"

#include <stdlib.h>

#include "common/evaluate/table.h"

static struct table_router router_row(const struct trial *trial, const struct trial_result *result)
{
	const struct training *training = &trial->trainings[result->training];
	int client = result->client != TRAINING_ALL ? result->client : training->client;
	return (struct table_router){
		.learner = training->learner->name,
		.scope = simulate_scope_name(training->scope),
		.client = client == TRAINING_ALL ? NULL : trial->clients[client],
		.own = result->client != TRAINING_ALL,
		.aiq = result->judged.aiq,
		.nauc = result->judged.nauc,
		.max_accuracy = result->judged.max_accuracy,
		.gains = result->gains,
		.quality = result->quality,
		.bytes_up = training->bytes_up,
		.seconds = training->seconds,
	};
}

struct rows {
	struct table_seed *seeds;
	struct table_router **routers; /* by seed */
	size_t n;
};

static void rows_deinit(struct rows *rows)
{
	for (size_t i = 0; i < rows->n && rows->routers; i++)
		free(rows->routers[i]);
	free(rows->routers);
	free(rows->seeds);
}

static int add_seed(const struct trial *trial, struct rows *rows)
{
	struct table_router *routers = calloc(trial->n_results + 1, sizeof(*routers));
	size_t n = 0;
	TRY_ALLOC(routers);
	for (size_t i = 0; i < trial->n_results; i++) {
		if (trial->trainings[trial->results[i].training].wanted)
			routers[n++] = router_row(trial, &trial->results[i]);
	}
	rows->routers[rows->n] = routers;
	rows->seeds[rows->n++] = (struct table_seed){ .seed = trial->seed,
						      .n_queries = trial->tests.table.n,
						      .controls = &trial->tests.controls,
						      .routers = routers,
						      .n_routers = n };
	return 0;
}

static void print_split(const struct trial_world *world, const struct trial *trial, FILE *out)
{
	size_t least = SIZE_MAX, most = 0;
	for (size_t c = 0; c < trial->partition.n; c++) {
		size_t rows = trial->client_data[c].n_rows;
		least = rows < least ? rows : least;
		most = rows > most ? rows : most;
	}
	fprintf(out,
		"%s, encoder %s, seed %llu: %zu clients with %zu to %zu observations, %zu test queries\n",
		world->options->log, world->encoder->name, (unsigned long long)trial->seed,
		trial->partition.n, least, most, trial->n_test_queries);
	if (trial->tests.table.n == 0)
		fprintf(out, "  None of them has two observed models: there is no AIQ\n");
	else if (trial->tests.table.n < trial->n_test_queries)
		fprintf(out, "  AIQ is about the %zu of them on which two or more models were observed\n",
			trial->tests.table.n);
}

/* Where most queries have one observed model, their values at the price that asks for quality first. */
static void print_values(const struct trial *trial, FILE *out)
{
	bool first = true;
	for (size_t i = 0; i < trial->n_results; i++) {
		const struct trial_result *result = &trial->results[i];
		const struct training *training = &trial->trainings[result->training];
		if (!result->values || !training->wanted || training->client != TRAINING_ALL)
			continue;
		const struct off_policy_value *value = &result->values->value, *gain = &result->values->gain;
		if (first)
			fprintf(out,
				"\n  Doubly robust, seed %llu, %zu queries, lambda %g; +- standard error\n"
				"  %-24s %-17s %-21s %s\n",
				(unsigned long long)trial->seed, value->queries, result->values->lambda,
				"router", "accuracy", "USD/1,000 queries", "accuracy over static");
		first = false;
		fprintf(out, "  %-8s %-15s %.3f +- %.3f    %8.4f +- %.4f    %+.3f +- %.3f\n",
			training->learner->name, simulate_scope_name(training->scope), value->score,
			value->score_error, 1000.0 * value->cost, 1000.0 * value->cost_error, gain->score,
			gain->score_error);
	}
}

int simulate_table(const struct trial_world *world, const struct trial *trials, size_t n, FILE *out)
{
	cleanup(rows_deinit) struct rows rows = { .seeds = calloc(n + 1, sizeof(*rows.seeds)),
						  .routers = calloc(n + 1, sizeof(*rows.routers)) };
	TRY_ALLOC(rows.seeds);
	TRY_ALLOC(rows.routers);
	for (size_t i = 0; i < n; i++) {
		print_split(world, &trials[i], out);
		if (trials[i].tests.table.n > 0)
			TRY(add_seed(&trials[i], &rows));
	}
	fprintf(out, "\n");
	struct table table = { .n_models = world->data->n_models,
			       .models = world->data->models,
			       .n_seeds = rows.n,
			       .seeds = rows.seeds };
	table_print(&table, out);
	for (size_t i = 0; i < n; i++)
		print_values(&trials[i], out);
	return 0;
}
