/* dense.c: panels of the linear layer.                                                      (kind: kernel) */
#include "common/numerics/dense.h"

#include "common/numerics/gemm.h"
#include "common/numerics/vec.h"

void dense_forward(const float *x, size_t ldx, const float *w, const float *bias, float *y, size_t ldy,
		   struct dense_shape shape)
{
	for (size_t o = 0; o < shape.out; o += GEMM_PANEL)
		gemm_panel((struct gemm_left){ x, ldx, 1 }, w + o * shape.in, GEMM_PANEL,
			   bias ? bias + o : NULL, y + o, ldy, shape.rows, shape.in);
}

void dense_gradient(const float *x, size_t ldx, const float *dy, size_t ldy, float *dw, size_t panel,
		    struct dense_shape shape)
{
	gemm_panel((struct gemm_left){ x, 1, ldx }, dy + panel * GEMM_PANEL, ldy, NULL, dw, GEMM_PANEL,
		   shape.in, shape.rows);
}

#define MERGE_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define MERGE_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

/* Merging row i with row i + 4 rotates the six bits of an element's place (row, column) by one; three times,
 * and rows are columns. */
VEC_INLINE void merge(const vec from[VEC_WIDTH], vec to[VEC_WIDTH])
{
#pragma GCC unroll 8
	for (size_t i = 0; i < VEC_WIDTH / 2; i++) {
		to[2 * i] = MERGE_LOW(from[i], from[i + VEC_WIDTH / 2]);
		to[2 * i + 1] = MERGE_HIGH(from[i], from[i + VEC_WIDTH / 2]);
	}
}

/* `to` is `from` turned, 8 × 8; the rows of both are a panel's. */
VEC_INLINE void turn(const float *from, float *to)
{
	vec a[VEC_WIDTH], b[VEC_WIDTH];
#pragma GCC unroll 8
	for (size_t i = 0; i < VEC_WIDTH; i++)
		a[i] = vec_load(from + i * GEMM_PANEL);
	merge(a, b);
	merge(b, a);
	merge(a, b);
#pragma GCC unroll 8
	for (size_t i = 0; i < VEC_WIDTH; i++)
		vec_store(to + i * GEMM_PANEL, b[i]);
}

VEC_INLINE void dense_transpose_any(const float *w, float *transposed, size_t in, size_t out)
{
	for (size_t o = 0; o < out; o += VEC_WIDTH) {
		const float *from = w + o / GEMM_PANEL * GEMM_PANEL * in + o % GEMM_PANEL;
		for (size_t i = 0; i < in; i += VEC_WIDTH)
			turn(from + i * GEMM_PANEL, transposed + i / GEMM_PANEL * GEMM_PANEL * out +
							    o * GEMM_PANEL + i % GEMM_PANEL);
	}
}

KERNEL_VARIANTS(dense_transpose, (const float *w, float *transposed, size_t in, size_t out),
		(w, transposed, in, out))

VEC_INLINE void dot_any(const float *a, const float *b, size_t n, float *out)
{
	vec even = { 0 }, odd = { 0 };
	for (size_t i = 0; i < n; i += 2 * VEC_WIDTH) {
		even += vec_load(a + i) * vec_load(b + i);
		odd += vec_load(a + i + VEC_WIDTH) * vec_load(b + i + VEC_WIDTH);
	}
	*out = vec_sum(even + odd);
}

static void dot(const float *a, const float *b, size_t n, float *out);
KERNEL_VARIANTS(dot, (const float *a, const float *b, size_t n, float *out), (a, b, n, out))

float dense_dot(const float *a, const float *b, size_t n)
{
	float out;
	dot(a, b, n, &out);
	return out;
}

VEC_INLINE void dense_add_any(float s, const float *x, float *y, size_t n)
{
	for (size_t i = 0; i < n; i += VEC_WIDTH)
		vec_store(y + i, vec_load(y + i) + s * vec_load(x + i));
}

KERNEL_VARIANTS(dense_add, (float s, const float *x, float *y, size_t n), (s, x, y, n))
