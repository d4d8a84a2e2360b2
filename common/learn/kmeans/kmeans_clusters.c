/* kmeans_clusters.c: Lloyd with this learner's constants; small clusters merge.             (kind: kernel) */
#include "common/learn/kmeans/kmeans_clusters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESTARTS = 3, ITERATIONS = 30 };

void kmeans_clusters_deinit(struct kmeans_clusters *clusters)
{
	free(clusters->centres);
	free(clusters->masses);
	*clusters = (struct kmeans_clusters){ 0 };
}

static void *aligned(size_t bytes)
{
	return aligned_alloc(64, (bytes + 64) / 64 * 64);
}

int kmeans_clusters_find(const struct lloyd_points *points, size_t k, bool stale, struct rng *rng,
			 struct kmeans_clusters *out)
{
	struct lloyd_rules rules = { .k = k < points->n ? k : points->n,
				     .restarts = RESTARTS,
				     .iterations = ITERATIONS,
				     .stale = stale };
	cleanup(free_pointer) void *workspace = aligned(lloyd_workspace(points, &rules));
	cleanup(free_pointer) uint32_t *labels = calloc(points->n, sizeof(*labels));
	cleanup(free_pointer) uint32_t *starts = calloc(RESTARTS * rules.k, sizeof(*starts));
	cleanup(kmeans_clusters_deinit) struct kmeans_clusters found = { .k = rules.k, .d = points->d };
	TRY_ALLOC(workspace);
	TRY_ALLOC(labels);
	TRY_ALLOC(starts);
	found.centres = calloc(found.k * found.d, sizeof(*found.centres));
	TRY_ALLOC(found.centres);
	found.masses = calloc(found.k, sizeof(*found.masses));
	TRY_ALLOC(found.masses);
	for (size_t r = 0; r < RESTARTS; r++)
		lloyd_draw(points, rules.k, rng, starts + r * rules.k);
	struct lloyd_result result = { .centres = found.centres, .labels = labels, .masses = found.masses };
	lloyd_cluster(points, &rules, starts, rng, &result, workspace);
	*out = found;
	found = (struct kmeans_clusters){ 0 };
	return 0;
}

static void take_out(struct kmeans_clusters *clusters, size_t j)
{
	size_t behind = clusters->k - j - 1, d = clusters->d;
	memmove(clusters->centres + j * d, clusters->centres + (j + 1) * d, behind * d * sizeof(float));
	memmove(clusters->masses + j, clusters->masses + j + 1, behind * sizeof(double));
	clusters->k--;
}

void kmeans_clusters_drop_empty(struct kmeans_clusters *clusters)
{
	for (size_t j = clusters->k; j-- > 0;) {
		if (clusters->masses[j] <= 0.0)
			take_out(clusters, j);
	}
}

static size_t smallest(const struct kmeans_clusters *clusters)
{
	size_t least = 0;
	for (size_t j = 1; j < clusters->k; j++) {
		if (clusters->masses[j] < clusters->masses[least])
			least = j;
	}
	return least;
}

static size_t nearest_other(const struct kmeans_clusters *clusters, size_t from)
{
	const float *x = clusters->centres + from * clusters->d;
	size_t nearest = from;
	float least = INFINITY, distance;
	for (size_t j = 0; j < clusters->k; j++) {
		if (j == from)
			continue;
		(void)lloyd_nearest(clusters->centres + j * clusters->d, 1, clusters->d, x, &distance);
		if (distance < least) {
			least = distance;
			nearest = j;
		}
	}
	return nearest;
}

void kmeans_clusters_merge_small(struct kmeans_clusters *clusters)
{
	while (clusters->k > 1) {
		size_t from = smallest(clusters), d = clusters->d;
		if (clusters->masses[from] >= KMEANS_CLUSTERS_LEAST)
			return;
		size_t into = nearest_other(clusters, from);
		double a = clusters->masses[into], b = clusters->masses[from];
		for (size_t i = 0; i < d; i++) {
			float *mean = &clusters->centres[into * d + i];
			*mean = (float)((a * *mean + b * clusters->centres[from * d + i]) / (a + b));
		}
		clusters->masses[into] = a + b;
		take_out(clusters, from);
	}
}
