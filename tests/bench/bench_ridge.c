/* bench_ridge.c: the ridge's statistics of all clients on one core, then its solve.         (kind: conductor)
 *
 * bench_ridge DIR THREADS REPEATS: reads the rows that ridge_rows.py wrote into DIR (x.f32, rows.f64,
 * shape.json) and prints the medians and the report as one JSON object.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "common/learn/ridge/ridge.h"
#include "common/numerics/blas.h"

enum { COLUMNS = 4, PATH = 4096 }; /* client, model, score, cost */

struct bench {
	size_t rows, models, dimension, clients;
	float *x;
	struct observation *observations;
	size_t *first; /* clients + 1: where each one's rows begin */
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

static int read_numbers(const char *directory, const char *name, void *out, size_t size, size_t n)
{
	char path[PATH];
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		return FAIL(-ENOENT);
	size_t got = fread(out, size, n, file);
	fclose(file);
	return got == n ? 0 : FAIL(-EIO);
}

static int read_shape(struct bench *bench, const char *directory)
{
	char path[PATH];
	json_int_t rows, models, dimension, clients;
	snprintf(path, sizeof(path), "%s/shape.json", directory);
	json_t *shape = json_load_file(path, 0, NULL);
	int result = json_unpack(shape, "{s:I, s:I, s:I, s:I}", "rows", &rows, "models", &models, "dimension",
				 &dimension, "clients", &clients);
	json_decref(shape);
	if (result != 0)
		return FAIL(-EINVAL);
	bench->rows = (size_t)rows;
	bench->models = (size_t)models;
	bench->dimension = (size_t)dimension;
	bench->clients = (size_t)clients;
	return 0;
}

static int read_rows(struct bench *bench, const char *directory)
{
	cleanup(free_pointer) double *rows = calloc(COLUMNS * bench->rows, sizeof(*rows));
	bench->x = calloc(bench->rows * bench->dimension, sizeof(*bench->x));
	bench->observations = calloc(bench->rows, sizeof(*bench->observations));
	bench->first = calloc(bench->clients + 1, sizeof(*bench->first));
	TRY_ALLOC(rows && bench->x && bench->observations && bench->first);
	TRY(read_numbers(directory, "x.f32", bench->x, sizeof(*bench->x), bench->rows * bench->dimension));
	TRY(read_numbers(directory, "rows.f64", rows, COLUMNS * sizeof(*rows), bench->rows));
	for (size_t i = 0; i < bench->rows; i++) {
		const double *row = rows + COLUMNS * i;
		bench->observations[i] =
			(struct observation){ (uint32_t)i, (uint32_t)row[1], row[2], row[3], NAN };
		bench->first[(size_t)row[0] + 1] = i + 1;
	}
	for (size_t c = 0; c < bench->clients; c++) {
		if (bench->first[c + 1] < bench->first[c]) /* without rows */
			bench->first[c + 1] = bench->first[c];
	}
	return 0;
}

static int make_plan(struct bench *bench)
{
	bench->names = calloc(bench->models, sizeof(*bench->names));
	TRY_ALLOC(bench->names);
	for (size_t m = 0; m < bench->models; m++)
		bench->names[m] = "model";
	TRY(encoder_identity_given("given", bench->dimension, &bench->encoder));
	bench->plan = (struct plan){ .learner = "ridge",
				     .encoder = &bench->encoder,
				     .n_models = bench->models,
				     .models = bench->names,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&bench->plan.settings, ridge_learner.settings);
	return 0;
}

/* All clients' contributions on this thread; the total. */
static int statistics(const struct bench *bench, const struct phase *phase, uint64_t *total)
{
	struct state state = { 0 };
	memset(total, 0, phase->lanes.words * sizeof(*total));
	for (size_t c = 0; c < bench->clients; c++) {
		struct dataset data = { .n_models = bench->models,
					.models = bench->names,
					.n_queries = bench->rows,
					.dimension = bench->dimension,
					.embeddings = bench->x,
					.n_rows = bench->first[c + 1] - bench->first[c],
					.rows = bench->observations + bench->first[c] };
		cleanup(answer_deinit) struct answer answer = { 0 };
		TRY(ridge_learner.contribute(&bench->plan, phase, &state, &data, "client", &answer));
		lanes_sum(total, answer.words, phase->lanes.words);
	}
	return 0;
}

/* One run: seconds of the statistics and of the solve. */
static int run_once(const struct bench *bench, size_t threads, double seconds[2], char **report)
{
	cleanup(state_deinit) struct state state = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	struct phase phase;
	TRY(ridge_learner.next(&bench->plan, &state, &phase));
	cleanup(free_pointer) uint64_t *total = calloc(phase.lanes.words, sizeof(*total));
	TRY_ALLOC(total);
	double start = now();
	TRY(statistics(bench, &phase, total));
	seconds[0] = now() - start;
	const struct answers answers = { .n = bench->clients, .rows = bench->rows, .total = total };
	TRY(ridge_learner.fold(&bench->plan, &phase, &state, &answers));
	start = now();
	TRY(ridge_learner.finish(&bench->plan, &state, threads, &router, report));
	seconds[1] = now() - start;
	return 0;
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static int run(struct bench *bench, const char *directory, size_t threads, size_t repeats)
{
	cleanup(free_pointer) double *seconds = calloc(2 * repeats, sizeof(*seconds));
	cleanup(free_pointer) char *report = NULL;
	struct rusage usage;
	TRY_ALLOC(seconds);
	TRY(read_shape(bench, directory));
	TRY(read_rows(bench, directory));
	TRY(make_plan(bench));
	for (size_t i = 0; i < repeats; i++) {
		double both[2];
		free_pointer(&report);
		TRY(run_once(bench, threads, both, &report));
		seconds[i] = both[0];
		seconds[repeats + i] = both[1];
	}
	qsort(seconds, repeats, sizeof(*seconds), by_size);
	qsort(seconds + repeats, repeats, sizeof(*seconds), by_size);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"statistics_s\":%.4f,\"solve_s\":%.4f,\"solve_threads\":%zu,", seconds[repeats / 2],
	       seconds[repeats + repeats / 2], threads);
	printf("\"peak_rss_mib\":%.1f,\"report\":%s}\n", (double)usage.ru_maxrss / 1024.0, report);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	blas_start(argv);
	size_t threads = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	size_t repeats = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	if (threads == 0 || repeats == 0) {
		fprintf(stderr, "usage: bench_ridge DIR THREADS REPEATS\n");
		return 2;
	}
	int result = run(&bench, argv[1], threads, repeats);
	free(bench.x);
	free(bench.observations);
	free(bench.first);
	free(bench.names);
	encoder_identity_deinit(&bench.encoder);
	return result == 0 ? 0 : 1;
}
