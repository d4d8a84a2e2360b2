/* bench_kmeans.c: one client's clustering, timed.
 *
 * bench_kmeans FILE.f32 [REPEATS]: writes ROWS random unit vectors with weak topics into FILE for the
 * yardstick, clusters them REPEATS times from different starts; one JSON object on stdout.
 * (kind: conductor)
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/embed/encoder.h"
#include "common/learn/kmeans/kmeans_clusters.h"
#include "common/numerics/blas.h"

enum { ROWS = 27368, DIMENSION = 384, K = 20, TOPICS = 60 };

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

static double inertia_of(const float *x, const struct kmeans_clusters *clusters)
{
	double inertia = 0.0;
	for (size_t i = 0; i < ROWS; i++) {
		float distance;
		(void)lloyd_nearest(clusters->centres, clusters->k, DIMENSION, x + i * DIMENSION, &distance);
		inertia += distance;
	}
	return inertia;
}

static int run(const char *path, size_t repeats)
{
	cleanup(free_pointer) float *x = calloc((size_t)ROWS * DIMENSION, sizeof(*x));
	TRY_ALLOC(x);
	fill(x);
	TRY(write_rows(x, path));
	const struct lloyd_points points = { .x = x, .n = ROWS, .d = DIMENSION };
	printf("{\"rows\":%d,\"dimension\":%d,\"k\":%d,\"runs\":[", ROWS, DIMENSION, K);
	for (size_t i = 0; i < repeats; i++) {
		cleanup(kmeans_clusters_deinit) struct kmeans_clusters clusters = { 0 };
		struct rng rng;
		rng_init(&rng, 2, i);
		double start = now();
		TRY(kmeans_clusters_find(&points, K, false, &rng, &clusters));
		double seconds = now() - start;
		printf("%s{\"seconds\":%.4f,\"inertia\":%.3f}", i > 0 ? "," : "", seconds,
		       inertia_of(x, &clusters));
	}
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
