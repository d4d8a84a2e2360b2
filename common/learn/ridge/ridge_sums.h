/* ridge_sums.h: the sufficient statistics: what a client adds up, what is read from the total. (kind: kernel)
 *
 * Per model, over its rows that have both values: n, Σx, Σxxᵀ, and per target (score y, log cost ℓ) Σy, Σy²,
 * Σxy. Sums over rows, so federation is exact in one round.                                 algorithms.md §10
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/learn/learner.h"

enum ridge_target { RIDGE_SCORE, RIDGE_LOG_COST, RIDGE_TARGETS };

struct ridge_sums {
	size_t k, d;
	double *n;  /* [K] */
	double *x;  /* [K, d] */
	double *xx; /* [K, d(d+1)/2]: upper triangles, row by row */
	struct {
		double *y;   /* [K] */
		double *yy;  /* [K] */
		double *xy;  /* [K, d] */
		double mean; /* over all rows; 0 until the sums are centred */
	} target[RIDGE_TARGETS];
	double *block; /* owns all of the above */
};

/* The table of lanes: n, Σx, Σxxᵀ, Σy, Σy², Σxy per model. */
must_check int ridge_sums_lanes(const struct plan *plan, struct lanes *lanes);

/* Client half: the answer's rows, words and clipped values. */
must_check int ridge_sums_add(const struct lanes *lanes, const struct dataset *data, struct answer *out);

/* Zeroed sums for k models and d dimensions; `ridge_sums_deinit` frees them. */
must_check int ridge_sums_init(struct ridge_sums *sums, size_t k, size_t d);
void ridge_sums_deinit(struct ridge_sums *sums);

/* The values of a contribution or total, raw. */
void ridge_sums_read(const struct lanes *lanes, const uint64_t *words, struct ridge_sums *sums);

/* out (order d + 1, upper triangle) ← [[n + li, Σxᵀ], [Σx, Σxxᵀ + l1·I]] of one model. */
void ridge_sums_whole(const struct ridge_sums *sums, size_t model, double l1, double li, double *out);

/* Replace y by y − mean in every sum (step 1 of the solve). All that follows takes centred sums. */
void ridge_sums_centre(struct ridge_sums *sums);
double ridge_sums_rows(const struct ridge_sums *sums); /* N = Σ n */
