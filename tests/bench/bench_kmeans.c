/* bench_kmeans.c: clustering, timed.                                                        (kind: conductor)
 *
 * bench_kmeans FILE.f32 [REPEATS]: writes ROWS random unit vectors with weak topics into FILE for the
 * yardstick, clusters them REPEATS times from different starts; one JSON object on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/embed/encoder.h"
#include "common/numerics/blas.h"
#include "common/numerics/lloyd.h"

enum { ROWS = 27368, DIMENSION = 384, K = 20, RESTARTS = 3, ITERATIONS = 30, TOPICS = 60 };

static const struct lloyd_rules rules = { .k = K, .restarts = RESTARTS, .iterations = ITERATIONS };

#define TOPIC_WEIGHT 0.2f /* weak enough that all restarts use their 30 iterations, as real embeddings do */

static void fill(float *x)
{
	struct rng rng;
	rng_init(&rng, 1, 0);
	float *topics = x + (size_t)(ROWS - TOPICS) * DIMENSION; /* become the last rows */
	for (size_t i = 0; i < (size_t)ROWS * DIMENSION; i++)
		x[i] = (float)rng_normal(&rng);
	for (size_t i = 0; i < ROWS - TOPICS; i++) {
		const float *topic = topics + rng_below(&rng, TOPICS) * DIMENSION;
		for (size_t j = 0; j < DIMENSION; j++)
			x[i * DIMENSION + j] += TOPIC_WEIGHT * topic[j];
	}
	for (size_t i = 0; i < ROWS; i++)
		embed_normalize(x + i * DIMENSION, DIMENSION);
}

static int write_rows(const float *x, const char *path)
{
	FILE *out = fopen(path, "wb");
	if (!out)
		return FAIL(-5);
	size_t written = fwrite(x, sizeof(*x) * DIMENSION, ROWS, out);
	if (fclose(out) != 0 || written != ROWS)
		return FAIL(-5);
	return 0;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Everything that clustering needs, for one run after the other. */
struct arrays {
	float *centres;
	uint32_t *labels, *starts;
	double *masses;
	void *workspace;
};

static void arrays_deinit(struct arrays *arrays)
{
	free(arrays->centres);
	free(arrays->labels);
	free(arrays->starts);
	free(arrays->masses);
	free(arrays->workspace);
}

static int arrays_init(struct arrays *arrays, const struct lloyd_points *points)
{
	arrays->centres = calloc((size_t)K * DIMENSION, sizeof(*arrays->centres));
	arrays->labels = calloc(ROWS, sizeof(*arrays->labels));
	arrays->starts = calloc((size_t)RESTARTS * K, sizeof(*arrays->starts));
	arrays->masses = calloc(K, sizeof(*arrays->masses));
	arrays->workspace = aligned_alloc(64, (lloyd_workspace(points, &rules) + 64) / 64 * 64);
	TRY_ALLOC(arrays->centres && arrays->labels && arrays->starts && arrays->masses && arrays->workspace);
	return 0;
}

static void run_once(const struct lloyd_points *points, struct arrays *arrays, size_t number)
{
	struct lloyd_result result = { .centres = arrays->centres,
				       .labels = arrays->labels,
				       .masses = arrays->masses };
	struct rng rng;
	rng_init(&rng, 2, number);
	double start = now();
	for (size_t r = 0; r < RESTARTS; r++)
		lloyd_draw(points, K, &rng, arrays->starts + r * K);
	lloyd_cluster(points, &rules, arrays->starts, &rng, &result, arrays->workspace);
	double seconds = now() - start;
	printf("%s{\"seconds\":%.4f,\"inertia\":%.3f,\"iterations\":%zu}", number > 0 ? "," : "", seconds,
	       result.inertia, result.iterations);
}

static int run(const char *path, size_t repeats)
{
	cleanup(free_pointer) float *x = calloc((size_t)ROWS * DIMENSION, sizeof(*x));
	cleanup(arrays_deinit) struct arrays arrays = { 0 };
	TRY_ALLOC(x);
	fill(x);
	TRY(write_rows(x, path));
	const struct lloyd_points points = { .x = x, .n = ROWS, .d = DIMENSION };
	TRY(arrays_init(&arrays, &points));
	printf("{\"rows\":%d,\"dimension\":%d,\"k\":%d,\"restarts\":%d,\"runs\":[", ROWS, DIMENSION, K,
	       RESTARTS);
	for (size_t i = 0; i < repeats; i++)
		run_once(&points, &arrays, i);
	printf("]}\n");
	return 0;
}

int main(int argc, char **argv)
{
	blas_start(argv);
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: bench_kmeans FILE.f32 [REPEATS]\n");
		return 2;
	}
	return run(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 5) == 0 ? 0 : 1;
}
