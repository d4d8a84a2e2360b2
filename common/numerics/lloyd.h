/* lloyd.h: K-means by Lloyd's iterations, several restarts at once.                            (kind: kernel)
 *
 * Squared Euclidean distance, plain means, the first index on ties. All restarts share each pass over the
 * points: their centres stand in one matrix, so a block of points is read once and multiplied once.
 * algorithms.md §4
 *
 * Labels do not depend on where a point stands, nor on how a product rounds: it only proposes; a
 * point whose two best centres are closer than its rounding could tell apart is decided by lloyd_nearest.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/numerics/rng.h"

struct lloyd_points {
	const float *x;       /* n × d, finite; n ≥ 1 */
	const double *weight; /* n whole numbers ≥ 0 (so that masses are exact); NULL: 1 each */
	size_t n, d;
};

struct lloyd_rules {
	size_t k;          /* 1 … n */
	size_t restarts;   /* ≥ 1; the one with the lowest inertia wins, the first on ties */
	size_t iterations; /* at most so many updates of the centres */
	/* As published: inertia, labels and masses from before the last update. Otherwise the points are
	 * assigned once more to the final centres (algorithms.md §9 row 10). */
	bool stale;
};

struct lloyd_result {      /* the arrays are the caller's */
	float *centres;    /* k × d */
	uint32_t *labels;  /* n */
	double *masses;    /* k: total weight of a centre's points; 0 where two centres coincide */
	double inertia;    /* Σ w·‖x − c_label‖² */
	size_t iterations; /* of all restarts together */
};

/* Draw k different points to start from: uniformly, or with weights one after another with probability ∝
 * weight among those not yet drawn. k = n takes all points in their order and draws nothing. */
void lloyd_draw(const struct lloyd_points *points, size_t k, struct rng *rng, uint32_t *chosen);

/* Bytes of workspace (64-byte aligned) for lloyd_cluster. */
size_t lloyd_workspace(const struct lloyd_points *points, const struct lloyd_rules *rules);

/* Cluster from `starts` (restarts × k indices of points). A centre left without weight is put on a point
 * drawn uniformly from `rng`. Stops when ‖C_new − C_old‖_F < 1e-4·(‖C_old‖_F + 1e-8). */
void lloyd_cluster(const struct lloyd_points *points, const struct lloyd_rules *rules, const uint32_t *starts,
		   struct rng *rng, struct lloyd_result *result, void *workspace);

/* The centre (k × d) nearest to x, the first one on ties; `distance` (may be NULL) is squared. The sum runs
 * in sixteen fixed lanes, the same bits on every processor. */
size_t lloyd_nearest(const float *centres, size_t k, size_t d, const float *x, float *distance);
