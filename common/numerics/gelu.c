/* gelu.c: the normal distribution function by polynomials.                                  (kind: kernel) */
#include "common/numerics/gelu.h"

#include "common/numerics/vec.h"

/* c[0] + c[1]·x + … + c[n−1]·x^(n−1) */
VEC_INLINE vec polynomial(const float *c, size_t n, vec x)
{
	vec sum = (vec){ 0 } + c[n - 1];
#pragma GCC unroll 8
	for (size_t i = n - 1; i > 0; i--)
		sum = sum * x + c[i - 1];
	return sum;
}

/* e^(−x²/2) for 0 ≤ x ≤ 13, as 2^whole · 2^part; the polynomial of 2^part is off by 2e-9. */
VEC_INLINE vec bell(vec x)
{
	static const float two_to[] = { 1.0f,         0.693147206f, 0.240226513f, 0.055503278f,
					0.009618004f, 0.001340027f, 0.000154763f };
	const float to_integer =
		12582912.0f; /* 1.5·2^23: adding it rounds to an integer, kept in the low bits */
	vec power = x * x * -0.721347520f; /* −½·log2(e) */
	vec shifted = power + to_integer;
	vec part = power - (shifted - to_integer);
	vec_bits exponent = (vec_bits)shifted << 23;
	return (vec)((vec_bits)polynomial(two_to, 7, part) + exponent);
}

/* Near zero Φ = ½ + t·P(t²); from 1 on Φ(−|t|) = e^(−t²/2)·Q(1/(1 + 0.4|t|)), so that the tail keeps digits
 * of its own (5 at −4, 3 at −12). Coefficients: weighted minimax fits, off by 3e-10 and 2e-9. */
VEC_INLINE void gelu_forward_any(float *t, float *slope, size_t n)
{
	static const float near[] = { 0.398942280f,  -0.066490361f, 0.009973332f,
				      -0.001186353f, 0.000113513f,  -0.000007665f };
	static const float far[] = { 0.0f,         0.158109563f,  0.176876169f, 0.052767645f,
				     0.273963028f, -0.200459981f, 0.038606491f };
	for (size_t i = 0; i < n; i += VEC_WIDTH) {
		vec x = vec_load(t + i), size = vec_abs(x);
		size = vec_choose(size < 13.0f, size, (vec){ 0 } + 13.0f);
		vec density = bell(size);
		vec tail = density * polynomial(far, 7, 1.0f / (1.0f + 0.4f * size));
		vec middle = 0.5f + x * polynomial(near, 6, x * x);
		vec phi = vec_choose(size < 1.0f, middle, vec_choose(x < 0.0f, tail, 1.0f - tail));
		vec_store(t + i, x * phi);
		vec_store(slope + i, phi + x * (density * 0.398942280f));
	}
}

KERNEL_VARIANTS(gelu_forward, (float *t, float *slope, size_t n), (t, slope, n))

VEC_INLINE void gelu_backward_any(float *dy, const float *slope, size_t n)
{
	for (size_t i = 0; i < n; i += VEC_WIDTH)
		vec_store(dy + i, vec_load(dy + i) * vec_load(slope + i));
}

KERNEL_VARIANTS(gelu_backward, (float *dy, const float *slope, size_t n), (dy, slope, n))
