/* gemm.h: single-precision matrix product, one panel of 32 columns at a time.                  (kind: kernel)
 *
 * The right-hand matrix is stored as panels (dense.h), so nothing is packed. An element of C is one chain of
 * fused multiply-adds in order of k, whatever m is: one row alone gives the bits that it gives within a
 * batch.
 */
#pragma once

#include <stddef.h>

enum { GEMM_PANEL = 32 };

/* The left-hand matrix: element (i, k) is at[i·row + k·col], so a transposed one is the same with both
 * exchanged. */
struct gemm_left {
	const float *at;
	size_t row, col;
};

/* C[m × 32] = A[m × k]·B[k × 32], plus `bias` [32] in every row (NULL: none). ldb, ldc: floats from row to
 * row. Fastest where b and c are 64-byte aligned. */
void gemm_panel(struct gemm_left a, const float *b, size_t ldb, const float *bias, float *c, size_t ldc,
		size_t m, size_t k);
