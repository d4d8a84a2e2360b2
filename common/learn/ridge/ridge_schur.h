/* ridge_schur.h: the normal equations with the models eliminated, for one slope penalty l1.    (kind: kernel)
 *
 * Write A = (G + l1·I)⁻¹, p = A·s, u = A·b̄ for a model with Gram matrix G, Σx = s and centred right-hand
 * side (t̄, b̄). With the intercept eliminated last, δ = n + li − sᵀp and a = (t̄ − pᵀb̄)/δ,
 *     H⁻¹[t̄; b̄] = [a; u − a·p],   lower-right block of H⁻¹ = A + p·pᵀ/δ,   ln det H = −ln det A + ln δ,
 * so the cubic work (A) hangs on l1 alone, and li costs one rank-1 term per model. What is left for the
 * shared slope is
 *     S = l0·I + Σ_m (l1·I − l1²·(A + p·pᵀ/δ)),   r = l1·Σ_m (u − a·p).
 * Both targets share everything but t̄, b̄, u, a, r. A model without rows adds nothing to S and r.
 *                                                                                           algorithms.md §10
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/learn/ridge/ridge_sums.h"

struct ridge_schur {
	const struct ridge_sums *sums; /* centred; borrowed */
	double l1;
	/* Of l1 alone. */
	double *slopes;  /* d × d: Σ_m (l1·I − l1²·A) */
	double *solved;  /* [K, 1 + targets, d]: p, u of the score, u of the log cost */
	double *log_det; /* [K]: ln det(G + l1·I) */
	/* Of l1 and li. */
	double *matrix;                  /* d × d: S − l0·I; upper triangle */
	double *right;                   /* [targets, d]: r */
	double log_det_models;           /* Σ_m ln det H − d·ln l1 − ln li, over models with rows */
	double explained[RIDGE_TARGETS]; /* Σ_m cᵀH⁻¹c */
	/* Scratch. */
	double *factor; /* d × d */
	double *rows;   /* [K + targets, d] */
	double *block;
};

must_check int ridge_schur_init(struct ridge_schur *schur, const struct ridge_sums *sums);
void ridge_schur_deinit(struct ridge_schur *schur);

/* Eliminate the slopes: everything that hangs on l1 alone. -EDOM: a Gram matrix is not positive
 * semidefinite. */
must_check int ridge_schur_slopes(struct ridge_schur *schur, double l1);

/* Eliminate the intercepts: matrix, right, log_det_models, explained. */
void ridge_schur_intercepts(struct ridge_schur *schur, double li);

/* factor ← Cholesky factor of S = l0·I + matrix. -EDOM as above. */
must_check int ridge_schur_factor(struct ridge_schur *schur, double l0);

/* out (d × d, upper triangle) ← Cholesky factor of G_m + l1·I. -EDOM as above. */
must_check int ridge_schur_model(const struct ridge_sums *sums, size_t model, double l1, double *out);
