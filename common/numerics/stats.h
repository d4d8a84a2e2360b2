/* stats.h: sums over rows of embeddings.                                                       (kind: kernel)
 *
 * Accumulated in float64 from float32 rows, in blocks of STATS_BLOCK rows whatever the number of threads, so
 * that equal rows give equal bits.                                                          algorithms.md §10
 */
#pragma once

#include <stddef.h>

enum { STATS_BLOCK = 256 };

/* gram += Σ x xᵀ over `n` ≤ STATS_BLOCK rows (row i is x[i], d floats); upper triangle of a d × d
 * row-major matrix. wide: STATS_BLOCK × d doubles; holds the rows as float64 afterwards. */
void stats_gram(const float *const *x, double *gram, double *wide, size_t n, size_t d);

/* sum += Σ_i weight[i] · wide[i] over n rows of d doubles; weight NULL: 1. */
void stats_weighted(const double *wide, const double *weight, double *sum, size_t n, size_t d);

/* Upper triangle, row by row without gaps (d(d+1)/2 values), from a d × d matrix and back. */
size_t stats_packed(size_t d);
void stats_pack(const double *matrix, double *packed, size_t d);
void stats_unpack(const double *packed, double *matrix, size_t d);

/* matrix −= Σ row rowᵀ over n rows of d doubles; upper triangle. */
void stats_downdate(const double *rows, double *matrix, size_t n, size_t d);

/* Σ a[i]·b[i], summed in eight lanes which are then added pairwise, on any processor. */
double stats_dot(const double *a, const double *b, size_t n);
