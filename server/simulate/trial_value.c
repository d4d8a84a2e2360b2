/* trial_value.c: cross-fitted estimates, policies, values.                                 (kind: kernel) */
#include "server/simulate/trial_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/loop/parallel.h"
#include "common/evaluate/predictions.h"

enum { FOLDS = 5 };

/* λ = 10^−2 … 10^7, every eleventh of the curve's grid. */
static double price(size_t i)
{
	return judged_lambda(i * (JUDGED_LAMBDAS - 1) / (TRIAL_PRICES - 1));
}

struct valuing {
	const struct trial_world *world;
	const struct training_world *training_world;
	struct trial *trial;
	size_t n_rows;
	uint32_t *query;      /* of each test row */
	uint8_t *fold;        /* of each test row: queries go round */
	double *score, *cost; /* cross-fitted estimates: rows × K */
	uint16_t *policy;     /* trainings × TRIAL_PRICES × rows */
	bool *decides;        /* trainings: whether some model is routable */
	struct off_policy_log log;
};

static void valuing_deinit(struct valuing *valuing)
{
	free(valuing->query);
	free(valuing->fold);
	free(valuing->score);
	free(valuing->cost);
	free(valuing->policy);
	free(valuing->decides);
	off_policy_log_deinit(&valuing->log);
}

static int valuing_new(struct valuing *valuing)
{
	const struct dataset *test = &valuing->trial->test;
	size_t n = valuing->n_rows = test->n_rows, cells = n * test->n_models + 1;
	valuing->query = calloc(n + 1, sizeof(*valuing->query));
	valuing->fold = calloc(n + 1, sizeof(*valuing->fold));
	valuing->score = calloc(cells, sizeof(*valuing->score));
	valuing->cost = calloc(cells, sizeof(*valuing->cost));
	valuing->policy =
		calloc(valuing->trial->n_trainings * TRIAL_PRICES * n + 1, sizeof(*valuing->policy));
	valuing->decides = calloc(valuing->trial->n_trainings + 1, sizeof(*valuing->decides));
	TRY_ALLOC(valuing->query);
	TRY_ALLOC(valuing->fold);
	TRY_ALLOC(valuing->score);
	TRY_ALLOC(valuing->cost);
	TRY_ALLOC(valuing->policy);
	TRY_ALLOC(valuing->decides);
	for (size_t i = 0, queries = 0; i < n; i++) {
		valuing->query[i] = test->rows[i].query;
		queries += i > 0 && valuing->query[i] != valuing->query[i - 1];
		valuing->fold[i] = (uint8_t)(queries % FOLDS);
	}
	return 0;
}

/* --- estimates --- */

/* All training rows, and the test rows of the other folds. */
static int rows_without(const struct valuing *valuing, size_t fold, struct dataset *out)
{
	const struct dataset *train = &valuing->trial->train, *test = &valuing->trial->test;
	TRY(dataset_like(train, train->n_rows + test->n_rows, out));
	memcpy(out->rows, train->rows, train->n_rows * sizeof(*out->rows));
	out->n_rows = train->n_rows;
	for (size_t i = 0; i < test->n_rows; i++) {
		if (valuing->fold[i] != fold)
			out->rows[out->n_rows++] = test->rows[i];
	}
	dataset_sort(out);
	return 0;
}

/* Of the fold's rows alone: the router has seen the others. */
static int estimate_rows(const struct valuing *valuing, const struct router *router, size_t fold)
{
	size_t n = valuing->n_rows, k = router->n_models;
	cleanup(free_pointer) double *score = malloc((n * k + 1) * sizeof(*score));
	cleanup(free_pointer) double *cost = malloc((n * k + 1) * sizeof(*cost));
	TRY_ALLOC(score);
	TRY_ALLOC(cost);
	TRY(predictions_make(router, valuing->world->data, valuing->query, n, score, cost));
	for (size_t i = 0; i < n; i++) {
		if (valuing->fold[i] != fold)
			continue;
		memcpy(valuing->score + i * k, score + i * k, k * sizeof(*score));
		memcpy(valuing->cost + i * k, cost + i * k, k * sizeof(*cost));
	}
	return 0;
}

static int estimate_fold(void *context, size_t fold, size_t worker)
{
	struct valuing *valuing = context;
	cleanup(dataset_deinit) struct dataset rows = { 0 };
	cleanup(training_deinit) struct training training = { .learner = learners_find("ridge"),
							      .scope = SIMULATE_CENTRAL,
							      .client = TRAINING_ALL };
	struct training_world world = *valuing->training_world;
	(void)worker;
	TRY(rows_without(valuing, fold, &rows));
	world.pooled = &rows;
	if (!training_plan(&world, &training))
		return FAIL(-EINVAL);
	TRY(training_run(&world, 1, &training));
	return estimate_rows(valuing, training.router, fold);
}

/* --- policies --- */

static uint16_t *policy_of(const struct valuing *valuing, size_t training, size_t at)
{
	return valuing->policy + (training * TRIAL_PRICES + at) * valuing->n_rows;
}

static int decide(void *context, size_t index, size_t worker)
{
	struct valuing *valuing = context;
	const struct router *router = valuing->trial->trainings[index].router;
	size_t n = valuing->n_rows, k = router->n_models;
	cleanup(free_pointer) double *score = malloc((n * k + 1) * sizeof(*score));
	cleanup(free_pointer) double *cost = malloc((n * k + 1) * sizeof(*cost));
	(void)worker;
	TRY_ALLOC(score);
	TRY_ALLOC(cost);
	TRY(predictions_make(router, valuing->world->data, valuing->query, n, score, cost));
	valuing->decides[index] = memchr(router->routable, 1, k) != NULL;
	for (size_t at = 0; at < TRIAL_PRICES && valuing->decides[index]; at++) {
		uint16_t *policy = policy_of(valuing, index, at);
		for (size_t i = 0; i < n; i++)
			policy[i] = (uint16_t)router_choose(score + i * k, cost + i * k, router->routable, k,
							    price(at));
	}
	return 0;
}

/* --- values --- */

static size_t baseline_of(const struct trial *trial, size_t training)
{
	size_t i = 0;
	while (i < trial->n_trainings &&
	       !training_is_baseline(&trial->trainings[i], &trial->trainings[training]))
		i++;
	return i;
}

static int value(const struct valuing *valuing, struct trial_result *result)
{
	static const struct off_policy_value none = { NAN, NAN, NAN, NAN, 0 };
	size_t training = result->training, baseline = baseline_of(valuing->trial, training);
	bool comparable = baseline < valuing->trial->n_trainings && valuing->decides[baseline];
	result->values = calloc(TRIAL_PRICES, sizeof(*result->values));
	TRY_ALLOC(result->values);
	for (size_t at = 0; at < TRIAL_PRICES; at++) {
		struct trial_value *out = &result->values[at];
		*out = (struct trial_value){ price(at), none, none };
		if (!valuing->decides[training])
			continue;
		off_policy_value(&valuing->log, policy_of(valuing, training, at), &out->value);
		if (comparable)
			off_policy_difference(&valuing->log, policy_of(valuing, training, at),
					      policy_of(valuing, baseline, at), &out->gain);
	}
	return 0;
}

int trial_value_add(const struct trial_world *world, const struct training_world *training_world,
		    struct trial *trial)
{
	cleanup(valuing_deinit) struct valuing valuing = { .world = world,
							   .training_world = training_world,
							   .trial = trial };
	if (trial->tests.table.n == trial->n_test_queries)
		return 0;
	TRY(valuing_new(&valuing));
	TRY(parallel_run(world->options->threads, FOLDS, estimate_fold, &valuing));
	TRY(parallel_run(world->options->threads, trial->n_trainings, decide, &valuing));
	TRY(off_policy_log_new(&trial->test, valuing.score, valuing.cost, &valuing.log));
	for (size_t i = 0; i < trial->n_results; i++) {
		if (trial->results[i].client == TRAINING_ALL)
			TRY(value(&valuing, &trial->results[i]));
	}
	return 0;
}
