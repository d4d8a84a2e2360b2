/* adamw.c: one pass over parameters, gradients and both moments.                            (kind: kernel) */
#include "common/numerics/adamw.h"

#include <math.h>

#include "common/numerics/vec.h"

#define BETA_1 0.9f
#define BETA_2 0.999f
#define EPSILON 1e-8f

struct adamw adamw_at(double lr, double weight_decay, uint64_t t, double squares)
{
	return (struct adamw){
		.clip = (float)fmin(1.0, 1.0 / (sqrt(squares) + 1e-6)),
		.keep = (float)(1.0 - lr * weight_decay),
		.rate = (float)(lr / (1.0 - pow(0.9, (double)t))),
		.unbias = (float)(1.0 / (1.0 - pow(0.999, (double)t))),
	};
}

VEC_INLINE void squares_any(const float *g, size_t n, float *out)
{
	vec even = { 0 }, odd = { 0 };
	for (size_t i = 0; i < n; i += 2 * VEC_WIDTH) {
		vec a = vec_load(g + i), b = vec_load(g + i + VEC_WIDTH);
		even += a * a;
		odd += b * b;
	}
	*out = vec_sum(even + odd);
}

static void squares(const float *g, size_t n, float *out);
KERNEL_VARIANTS(squares, (const float *g, size_t n, float *out), (g, n, out))

double adamw_squares(const float *g, size_t n)
{
	enum { BLOCK = 4096 }; /* float sums stay short, the rest is added in double */
	double total = 0.0;
	for (size_t i = 0; i < n; i += BLOCK) {
		float part;
		squares(g + i, n - i < BLOCK ? n - i : BLOCK, &part);
		total += (double)part;
	}
	return total;
}

VEC_INLINE void adamw_step_any(const struct adamw *at, float *restrict p, const float *restrict g,
			       float *restrict m, float *restrict v, size_t n)
{
	const struct adamw a = *at;
	for (size_t i = 0; i < n; i++) {
		float slope = g[i] * a.clip;
		m[i] = BETA_1 * m[i] + (1.0f - BETA_1) * slope;
		v[i] = BETA_2 * v[i] + (1.0f - BETA_2) * slope * slope;
		p[i] = p[i] * a.keep - a.rate * m[i] / (sqrtf(v[i] * a.unbias) + EPSILON);
	}
}

KERNEL_VARIANTS(adamw_step, (const struct adamw *at, float *p, const float *g, float *m, float *v, size_t n),
		(at, p, g, m, v, n))
