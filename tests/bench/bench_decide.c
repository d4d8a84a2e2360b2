/* bench_decide.c: one decision from an embedding, timed.                                    (kind: conductor)
 *
 * bench_decide [LEARNER…] (default: all): median, 99th percentile and allocations. Routers are learned in
 * memory from random rows of M = 11 models, d = 384. One JSON object on stdout.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/learn/learners.h"
#include "common/numerics/blas.h"
#include "common/numerics/rng.h"
#include "tests/bench/allocations.h"

enum { MODELS = 11, DIMENSION = 384, ROWS = 2000, WARM = 1000, DECISIONS = 100000, THREADS = 2 };

static float embeddings[ROWS * DIMENSION];
static struct observation observations[ROWS];
static struct query queries[ROWS];
static const char *const models[MODELS] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k" };
static const char *const clients[] = { "client-00" };

static void make_rows(void)
{
	struct rng rng;
	rng_init(&rng, 1, 0);
	for (size_t i = 0; i < ROWS; i++) {
		float *x = embeddings + i * DIMENSION;
		for (size_t j = 0; j < DIMENSION; j++)
			x[j] = (float)rng_normal(&rng);
		embed_normalize(x, DIMENSION);
		uint32_t model = (uint32_t)rng_below(&rng, MODELS);
		double score = rng_uniform(&rng) < 0.5 + (double)x[model];
		observations[i] = (struct observation){ (uint32_t)i, model, score, 1e-4 * (1 + model), NAN };
	}
}

/* One phase whose cohort is the one client. */
static int run_phase(const struct learner *learner, const struct plan *plan, const struct phase *phase,
		     struct state *state)
{
	cleanup(answer_deinit) struct answer answer = { 0 };
	const struct dataset data = { .n_models = MODELS,
				      .models = models,
				      .n_queries = ROWS,
				      .queries = queries,
				      .dimension = DIMENSION,
				      .embeddings = embeddings,
				      .n_rows = ROWS,
				      .rows = observations };
	TRY(learner->contribute(plan, phase, state, &data, clients[0], &answer));
	struct answers answers = { .n = 1, .rows = answer.rows, .total = answer.words, .parts = &answer };
	TRY(learner->fold(plan, phase, state, &answers));
	state->phase++;
	return 0;
}

static int learn(const struct learner *learner, struct router **out)
{
	cleanup(encoder_identity_deinit) struct encoder_identity encoder = { 0 };
	cleanup(state_deinit) struct state state = { 0 };
	struct phase phase;
	int result;
	TRY(encoder_identity_given("random", DIMENSION, &encoder));
	struct plan plan = { .learner = learner->name,
			     .seed = 100,
			     .n_clients = 1,
			     .clients = clients,
			     .rounds = 1,
			     .participation = 1.0,
			     .quorum = 1.0,
			     .encoder = &encoder,
			     .n_models = MODELS,
			     .models = models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = PLAN_COHORT };
	settings_init(&plan.settings, learner->settings);
	TRY(learner->init(&plan, &state));
	while ((result = learner->next(&plan, &state, &phase)) == LEARNER_E_OK)
		TRY(run_phase(learner, &plan, &phase, &state));
	if (result != LEARNER_E_FINISHED)
		return FAIL(result);
	return learner->finish(&plan, &state, THREADS, out, NULL);
}

static double now_us(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return 1e6 * (double)time.tv_sec + 1e-3 * (double)time.tv_nsec;
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

/* times[i]: microseconds of decision i. */
static size_t decide(const struct router *router, void *workspace, double *times)
{
	double score[MODELS], cost[MODELS];
	volatile int chosen;
	size_t before = 0;
	for (size_t i = 0; i < WARM + DECISIONS; i++) {
		if (i == WARM)
			before = allocations_count();
		double start = now_us();
		router->predictor->predict(router, embeddings + i % ROWS * DIMENSION, 1, score, cost,
					   workspace);
		chosen = router_choose(score, cost, router->routable, MODELS, 1.0);
		times[i < WARM ? 0 : i - WARM] = now_us() - start;
	}
	(void)chosen;
	return allocations_count() - before;
}

static int measure(const struct learner *learner, const char *separator)
{
	cleanup(router_cleanup) struct router *router = NULL;
	cleanup(free_pointer) double *times = calloc(DECISIONS, sizeof(*times));
	TRY_ALLOC(times);
	TRY(learn(learner, &router));
	cleanup(free_pointer) void *workspace =
		aligned_alloc(64, (router->predictor->workspace(router, 1) + 64) / 64 * 64);
	TRY_ALLOC(workspace);
	size_t allocations = decide(router, workspace, times);
	qsort(times, DECISIONS, sizeof(*times), by_size);
	printf("%s\"%s\":{\"p50_us\":%.3f,\"p99_us\":%.3f,\"allocations\":%zu}", separator, learner->name,
	       times[DECISIONS / 2], times[DECISIONS / 100 * 99], allocations);
	return 0;
}

int main(int argc, char **argv)
{
	blas_start(argv);
	make_rows();
	printf("{\"models\":%d,\"dimension\":%d,\"decisions\":%d,\"learners\":{", MODELS, DIMENSION,
	       DECISIONS);
	for (size_t i = 0; argc > 1 ? i + 1 < (size_t)argc : learners[i] != NULL; i++) {
		const struct learner *learner = argc > 1 ? learners_find(argv[i + 1]) : learners[i];
		if (!learner) {
			fprintf(stderr, "bench_decide: no learner is called %s\n", argv[i + 1]);
			return 2;
		}
		if (measure(learner, i > 0 ? "," : "") != 0)
			return 1;
	}
	printf("}}\n");
	return 0;
}
