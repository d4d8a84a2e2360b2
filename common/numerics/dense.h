/* dense.h: the linear layer y = x·W + b and its gradients.                                     (kind: kernel)
 *
 * W (in × out) is stored in panels of 32 outputs, [out/32][in][32]: element (i, o) at [o/32][i][o mod 32].
 * This is the order in which gemm.h reads it, so parameters are kept, sent, trained and served in it and are
 * never repacked. `out` is a multiple of 32. Matrices of activations have rows `ldx`, `ldy` floats apart (an
 * odd multiple of 16 is fastest: cache lines of a column then do not exclude each other).
 */
#pragma once

#include <stddef.h>

struct dense_shape {
	size_t rows, in, out;
};

/* y = x·W + bias (bias NULL: without). */
void dense_forward(const float *x, size_t ldx, const float *w, const float *bias, float *y, size_t ldy,
		   struct dense_shape shape);

/* Gradient of W's panel `panel`: dw [in][32] = xᵀ·dy. */
void dense_gradient(const float *x, size_t ldx, const float *dy, size_t ldy, float *dw, size_t panel,
		    struct dense_shape shape);

/* Wᵀ (out × in) in panels of 32 inputs, for dx = dy·Wᵀ by dense_forward. `in` and `out` are multiples of
 * 32. */
void dense_transpose(const float *w, float *transposed, size_t in, size_t out);

/* Σ a[i]·b[i] and y += s·x; n is a multiple of 16. */
float dense_dot(const float *a, const float *b, size_t n);
void dense_add(float s, const float *x, float *y, size_t n);
