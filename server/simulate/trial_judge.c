/* trial_judge.c: every router on everybody's test queries, and on each client's own.       (kind: kernel) */
#include "server/simulate/trial_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/loop/parallel.h"
#include "common/evaluate/predictions.h"

/* --- tables --- */

static int add_controls(struct trial_tests *tests)
{
	return tests->table.n > 0 ? controls_new(&tests->table, &tests->controls) : 0;
}

int trial_judge_tables(const struct trial_world *world, struct trial *trial)
{
	cleanup(test_table_deinit) struct test_table all = { 0 };
	(void)world;
	TRY(test_table_new(&trial->test, &all));
	TRY(test_table_comparable(&all, &trial->tests.table));
	TRY(add_controls(&trial->tests));
	trial->n_test_queries = all.n;
	trial->own = calloc(trial->partition.n + 1, sizeof(*trial->own));
	TRY_ALLOC(trial->own);
	for (size_t c = 0; c < trial->partition.n; c++) {
		const struct partition_client *client = &trial->partition.clients[c];
		TRY(test_table_select(&trial->tests.table, client->test, client->n_test,
				      &trial->own[c].table));
		TRY(add_controls(&trial->own[c]));
	}
	return 0;
}

/* --- figures --- */

static bool is_judged_on(const struct trial *trial, const struct training *training, int client)
{
	if (client == TRAINING_ALL)
		return true;
	if (trial->own[client].table.n == 0)
		return false;
	return training->scope == SIMULATE_FEDERATED ||
	       (training->scope == SIMULATE_LOCAL && training->client == client);
}

static int list_results(struct trial *trial)
{
	int n_clients = (int)trial->partition.n;
	trial->results = calloc(trial->n_trainings * (trial->partition.n + 1) + 1, sizeof(*trial->results));
	TRY_ALLOC(trial->results);
	for (size_t t = 0; t < trial->n_trainings; t++) {
		for (int client = TRAINING_ALL; client < n_clients; client++) {
			if (is_judged_on(trial, &trial->trainings[t], client))
				trial->results[trial->n_results++] =
					(struct trial_result){ .training = t, .client = client };
		}
	}
	return 0;
}

static const struct trial_tests *tests_of(const struct trial *trial, int client)
{
	return client == TRAINING_ALL ? &trial->tests : &trial->own[client];
}

static int judge(const struct trial_tests *tests, const struct estimates *estimates, struct trial_result *out)
{
	TRY(evaluate_router(&tests->table, estimates, &out->judged));
	if (tests->table.n > 0)
		evaluate_quality(&tests->table, estimates, &out->judged, &tests->controls, &out->quality);
	else
		out->quality = (struct quality){ NAN, NAN, NAN, NAN, NAN, NAN };
	return 0;
}

static int estimate(const struct trial_world *world, const struct router *router,
		    const struct test_table *table, struct estimates *out)
{
	size_t cells = table->n * table->n_models + 1;
	*out = (struct estimates){ .score = malloc(cells * sizeof(double)),
				   .cost = malloc(cells * sizeof(double)),
				   .routable = router->routable };
	TRY_ALLOC(out->score);
	TRY_ALLOC(out->cost);
	return predictions_make(router, world->data, table->query, table->n, out->score, out->cost);
}

struct judging {
	const struct trial_world *world;
	struct trial *trial;
};

/* All results of one training: its estimates are made once. */
static int judge_training(void *context, size_t index, size_t worker)
{
	const struct judging *judging = context;
	struct trial *trial = judging->trial;
	const struct test_table *table = &trial->tests.table;
	cleanup(estimates_deinit) struct estimates all = { 0 };
	(void)worker;
	TRY(estimate(judging->world, trial->trainings[index].router, table, &all));
	for (size_t i = 0; i < trial->n_results; i++) {
		cleanup(estimates_deinit) struct estimates own = { 0 };
		struct trial_result *result = &trial->results[i];
		const struct trial_tests *tests = tests_of(trial, result->client);
		if (result->training != index)
			continue;
		if (result->client == TRAINING_ALL) {
			TRY(judge(tests, &all, result));
			continue;
		}
		TRY(estimates_select(table, &all, &tests->table, &own));
		TRY(judge(tests, &own, result));
	}
	return 0;
}

/* --- intervals and lifts --- */

struct compared { /* the results on one test table */
	size_t n;
	size_t *result;
	const struct judged **judged;
	size_t *baseline;
	struct gains *gains;
};

static void compared_deinit(struct compared *compared)
{
	free(compared->result);
	free(compared->judged);
	free(compared->baseline);
	free(compared->gains);
}

static int compared_new(size_t n, struct compared *out)
{
	*out = (struct compared){ .result = calloc(n + 1, sizeof(*out->result)),
				  .judged = calloc(n + 1, sizeof(*out->judged)),
				  .baseline = calloc(n + 1, sizeof(*out->baseline)),
				  .gains = calloc(n + 1, sizeof(*out->gains)) };
	TRY_ALLOC(out->result);
	TRY_ALLOC(out->judged);
	TRY_ALLOC(out->baseline);
	TRY_ALLOC(out->gains);
	return 0;
}

static void find_baselines(const struct trial *trial, struct compared *compared)
{
	for (size_t i = 0; i < compared->n; i++) {
		const struct trial_result *result = &trial->results[compared->result[i]];
		compared->baseline[i] = compared->n;
		for (size_t j = 0; j < compared->n; j++) {
			const struct trial_result *other = &trial->results[compared->result[j]];
			if (training_is_baseline(&trial->trainings[other->training],
						 &trial->trainings[result->training]))
				compared->baseline[i] = j;
		}
	}
}

static int compare(const struct trial_world *world, struct trial *trial, int client)
{
	static const struct interval none = { NAN, NAN };
	cleanup(compared_deinit) struct compared compared = { 0 };
	const struct test_table *table = &tests_of(trial, client)->table;
	TRY(compared_new(trial->n_results, &compared));
	for (size_t i = 0; i < trial->n_results; i++) {
		if (trial->results[i].client != client)
			continue;
		compared.judged[compared.n] = &trial->results[i].judged;
		compared.result[compared.n++] = i;
	}
	find_baselines(trial, &compared);
	for (size_t i = 0; i < compared.n; i++)
		compared.gains[i] = (struct gains){ none, NAN, none, NAN, none };
	if (table->n > 0)
		TRY(bootstrap_gains(table, compared.judged, compared.n, compared.baseline, trial->seed,
				    world->options->threads, compared.gains));
	for (size_t i = 0; i < compared.n; i++)
		trial->results[compared.result[i]].gains = compared.gains[i];
	return 0;
}

int trial_judge_routers(const struct trial_world *world, struct trial *trial)
{
	struct judging judging = { world, trial };
	TRY(list_results(trial));
	TRY(parallel_run(world->options->threads, trial->n_trainings, judge_training, &judging));
	for (int client = TRAINING_ALL; client < (int)trial->partition.n; client++)
		TRY(compare(world, trial, client));
	return 0;
}
