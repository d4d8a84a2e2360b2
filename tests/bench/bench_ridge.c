/* bench_ridge.c: the ridge's statistics of all clients on one core, then its solve.         (kind: conductor)
 *
 * bench_ridge DIR [ROWS MODELS DIMENSION THREADS]: random unit vectors. Writes the rows into DIR (x.f32,
 * rows.f64) for the yardstick, and what it measured and chose to stdout as JSON.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "common/learn/ridge/ridge.h"
#include "common/numerics/blas.h"
#include "common/numerics/rng.h"

enum { CLIENTS = 10 };

struct bench {
	size_t rows, models, dimension, threads;
	float *x;
	struct observation *observations;
	const char **names;
	struct encoder_identity encoder;
	struct plan plan;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void fill(struct bench *bench)
{
	struct rng rng;
	rng_init(&rng, 1, 0);
	for (size_t i = 0; i < bench->rows; i++) {
		float *x = bench->x + i * bench->dimension;
		for (size_t j = 0; j < bench->dimension; j++)
			x[j] = (float)rng_normal(&rng);
		embed_normalize(x, bench->dimension);
		uint32_t model = (uint32_t)rng_below(&rng, bench->models);
		double ability = 0.5 + 0.02 * model + 2.0 * (double)x[0] + (double)x[1 + model];
		bench->observations[i] =
			(struct observation){ (uint32_t)i, model, rng_uniform(&rng) < ability,
					      1e-4 * (1 + model) * exp((double)x[1] + 0.3 * rng_normal(&rng)),
					      NAN };
	}
}

static int make(struct bench *bench)
{
	bench->x = calloc(bench->rows * bench->dimension, sizeof(*bench->x));
	bench->observations = calloc(bench->rows, sizeof(*bench->observations));
	bench->names = calloc(bench->models, sizeof(*bench->names));
	TRY_ALLOC(bench->x && bench->observations && bench->names);
	TRY(encoder_identity_given("random", bench->dimension, &bench->encoder));
	for (size_t m = 0; m < bench->models; m++)
		bench->names[m] = "model";
	bench->plan = (struct plan){ .learner = "ridge",
				     .encoder = &bench->encoder,
				     .n_models = bench->models,
				     .models = bench->names,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&bench->plan.settings, ridge_learner.settings);
	fill(bench);
	return 0;
}

static int write_rows(const struct bench *bench, const char *directory)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/x.f32", directory);
	FILE *x = fopen(path, "wb");
	snprintf(path, sizeof(path), "%s/rows.f64", directory);
	FILE *rows = fopen(path, "wb");
	if (!x || !rows)
		return FAIL(-5);
	fwrite(bench->x, sizeof(float), bench->rows * bench->dimension, x);
	for (size_t i = 0; i < bench->rows; i++) {
		const struct observation *row = &bench->observations[i];
		const double values[3] = { row->model, row->score, row->cost };
		fwrite(values, sizeof(double), 3, rows);
	}
	return fclose(x) | fclose(rows);
}

/* All clients' contributions on this thread; the total. */
static int statistics(const struct bench *bench, const struct phase *phase, uint64_t *total)
{
	struct state state = { 0 };
	for (size_t c = 0; c < CLIENTS; c++) {
		size_t first = c * bench->rows / CLIENTS, last = (c + 1) * bench->rows / CLIENTS;
		struct dataset data = { .n_models = bench->models,
					.models = bench->names,
					.n_queries = bench->rows,
					.dimension = bench->dimension,
					.embeddings = bench->x,
					.n_rows = last - first,
					.rows = bench->observations + first };
		cleanup(answer_deinit) struct answer answer = { 0 };
		TRY(ridge_learner.contribute(&bench->plan, phase, &state, &data, "client", &answer));
		lanes_sum(total, answer.words, phase->lanes.words);
	}
	return 0;
}

static int run(struct bench *bench, const char *directory)
{
	cleanup(state_deinit) struct state state = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	cleanup(free_pointer) char *report = NULL;
	struct phase phase;
	struct rusage usage;
	TRY(make(bench));
	TRY(write_rows(bench, directory));
	TRY(ridge_learner.next(&bench->plan, &state, &phase));
	cleanup(free_pointer) uint64_t *total = calloc(phase.lanes.words, sizeof(*total));
	TRY_ALLOC(total);
	double start = now();
	TRY(statistics(bench, &phase, total));
	double statistics_s = now() - start;
	TRY(ridge_learner.fold(&bench->plan, &phase, &state,
			       &(struct answers){ .n = CLIENTS, .total = total }));
	start = now();
	TRY(ridge_learner.finish(&bench->plan, &state, bench->threads, &router, &report));
	double solve_s = now() - start;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"rows\":%zu,\"models\":%zu,\"dimension\":%zu,\"clients\":%d,\"threads\":%zu,", bench->rows,
	       bench->models, bench->dimension, CLIENTS, bench->threads);
	printf("\"statistics_s\":%.4f,\"solve_s\":%.4f,\"peak_rss_mib\":%.1f,\"report\":%s}\n", statistics_s,
	       solve_s, (double)usage.ru_maxrss / 1024.0, report);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .rows = 13623, .models = 18, .dimension = 384, .threads = 2 };
	size_t *const sizes[] = { &bench.rows, &bench.models, &bench.dimension, &bench.threads };
	blas_start(argv);
	if (argc < 2 || argc > 6) {
		fprintf(stderr, "usage: bench_ridge DIR [ROWS MODELS DIMENSION THREADS]\n");
		return 2;
	}
	for (int i = 2; i < argc; i++)
		*sizes[i - 2] = strtoul(argv[i], NULL, 10);
	int result = run(&bench, argv[1]);
	free(bench.x);
	free(bench.observations);
	free(bench.names);
	return result == 0 ? 0 : 1;
}
