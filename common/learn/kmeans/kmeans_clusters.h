/* kmeans_clusters.h: centroids with their weights, on either side.                          (kind: kernel) */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/numerics/lloyd.h"

/* Clusters below so many rows are merged before they leave a client (algorithms.md §9 row 15). */
enum { KMEANS_CLUSTERS_LEAST = 5 };

struct kmeans_clusters {
	size_t k, d;
	float *centres; /* k × d, owned */
	double *masses; /* k whole numbers, owned */
};

void kmeans_clusters_deinit(struct kmeans_clusters *clusters);

/* Lloyd with the restarts and iterations of algorithms.md §4 into at most `k` clusters (fewer points: as many
 * as there are). points->n ≥ 1. `stale`: as published. */
must_check int kmeans_clusters_find(const struct lloyd_points *points, size_t k, bool stale, struct rng *rng,
				    struct kmeans_clusters *out);

/* Leave out clusters without weight. */
void kmeans_clusters_drop_empty(struct kmeans_clusters *clusters);

/* While the smallest cluster (the first on ties) has fewer than KMEANS_CLUSTERS_LEAST rows and others are
 * left: merge it into the nearest of them. */
void kmeans_clusters_merge_small(struct kmeans_clusters *clusters);
