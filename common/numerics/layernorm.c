/* layernorm.c: two passes over a row that stays in the first-level cache.                   (kind: kernel) */
#include "common/numerics/layernorm.h"

#include <math.h>

#include "common/numerics/vec.h"

VEC_INLINE void layernorm_forward_any(float *x, const float *gamma, const float *beta, float *y, float *scale,
				      size_t n)
{
	vec even = { 0 }, odd = { 0 };
	for (size_t i = 0; i < n; i += 2 * VEC_WIDTH) {
		even += vec_load(x + i);
		odd += vec_load(x + i + VEC_WIDTH);
	}
	float mean = vec_sum(even + odd) / (float)n;
	even = odd = (vec){ 0 };
	for (size_t i = 0; i < n; i += 2 * VEC_WIDTH) {
		vec a = vec_load(x + i) - mean, b = vec_load(x + i + VEC_WIDTH) - mean;
		even += a * a;
		odd += b * b;
	}
	float inverse = 1.0f / sqrtf(vec_sum(even + odd) / (float)n + LAYERNORM_EPSILON);
	for (size_t i = 0; i < n; i += VEC_WIDTH) {
		vec normal = (vec_load(x + i) - mean) * inverse;
		vec_store(x + i, normal);
		vec_store(y + i, vec_load(gamma + i) * normal + vec_load(beta + i));
	}
	*scale = inverse;
}

KERNEL_VARIANTS(layernorm_forward,
		(float *x, const float *gamma, const float *beta, float *y, float *scale, size_t n),
		(x, gamma, beta, y, scale, n))

/* With g = γ·dy:  dx = scale·(g − mean(g) − x̂·mean(g·x̂)). */
VEC_INLINE void layernorm_backward_any(float *dy, const float *normal, float scale, const float *gamma,
				       float *dgamma, float *dbeta, size_t n)
{
	vec sum = { 0 }, along = { 0 };
	for (size_t i = 0; i < n; i += VEC_WIDTH) {
		vec d = vec_load(dy + i), x = vec_load(normal + i), g = vec_load(gamma + i) * d;
		vec_store(dgamma + i, vec_load(dgamma + i) + d * x);
		vec_store(dbeta + i, vec_load(dbeta + i) + d);
		sum += g;
		along += g * x;
	}
	float mean = vec_sum(sum) / (float)n, slope = vec_sum(along) / (float)n;
	for (size_t i = 0; i < n; i += VEC_WIDTH) {
		vec g = vec_load(gamma + i) * vec_load(dy + i);
		vec_store(dy + i, scale * (g - mean - vec_load(normal + i) * slope));
	}
}

KERNEL_VARIANTS(layernorm_backward,
		(float *dy, const float *normal, float scale, const float *gamma, float *dgamma, float *dbeta,
		 size_t n),
		(dy, normal, scale, gamma, dgamma, dbeta, n))
