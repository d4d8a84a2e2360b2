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

/* `to` [32][32] is `from` [32][32] turned; both are contiguous. */
static void turn(const float *from, float *to)
{
	for (size_t i = 0; i < GEMM_PANEL; i++) {
		for (size_t j = 0; j < GEMM_PANEL; j++)
			to[i * GEMM_PANEL + j] = from[j * GEMM_PANEL + i];
	}
}

void dense_transpose(const float *w, float *transposed, size_t in, size_t out)
{
	for (size_t o = 0; o < out; o += GEMM_PANEL) {
		for (size_t i = 0; i < in; i += GEMM_PANEL)
			turn(w + o * in + i * GEMM_PANEL, transposed + i * out + o * GEMM_PANEL);
	}
}

VEC_INLINE void dot_any(const float *a, const float *b, size_t n, float *out)
{
	vec sum = { 0 };
	for (size_t i = 0; i < n; i += VEC_WIDTH)
		sum += vec_load(a + i) * vec_load(b + i);
	*out = vec_sum(sum);
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
