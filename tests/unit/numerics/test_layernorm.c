/* Layer normalization against double precision, and its gradients as slopes. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/layernorm.h"
#include "tests/unit/numerics/numbers.h"

enum { N = 64 };

static float x[N], gamma_of[N], beta[N], y[N], c[N], scale;

static void fill(void)
{
	numbers(x, N, 2.0f, 1);
	numbers(gamma_of, N, 1.5f, 2);
	numbers(beta, N, 1.0f, 3);
	numbers(c, N, 1.0f, 4);
}

/* Σ c·(γ·x̂ + β) in double precision. */
static double sum(void)
{
	double mean = 0.0, variance = 0.0, total = 0.0;
	for (size_t i = 0; i < N; i++)
		mean += (double)x[i] / N;
	for (size_t i = 0; i < N; i++)
		variance += ((double)x[i] - mean) * ((double)x[i] - mean) / N;
	for (size_t i = 0; i < N; i++) {
		double normal = ((double)x[i] - mean) / sqrt(variance + 1e-5);
		total += (double)c[i] * ((double)gamma_of[i] * normal + (double)beta[i]);
	}
	return total;
}

static double slope_at(float *where)
{
	float before = *where, h = 0x1p-10f;
	*where = before + h;
	double above = sum();
	*where = before - h;
	double below = sum();
	*where = before;
	return (above - below) / (2.0 * (double)h);
}

START_TEST(a_row_gets_mean_0_and_variance_1_then_gamma_and_beta)
{
	double mean = 0.0, squares = 0.0, total = 0.0;
	fill();
	double expected = sum();
	layernorm_forward(x, gamma_of, beta, y, &scale, N);
	for (size_t i = 0; i < N; i++) {
		mean += (double)x[i] / N;
		squares += (double)x[i] * (double)x[i] / N;
		total += (double)c[i] * (double)y[i];
		ck_assert_double_eq_tol((double)y[i], (double)gamma_of[i] * (double)x[i] + (double)beta[i],
					1e-6);
	}
	ck_assert_double_eq_tol(mean, 0.0, 1e-7);
	ck_assert_double_eq_tol(squares, 1.0, 1e-4);
	ck_assert_double_eq_tol(total, expected, 1e-5);
}
END_TEST

START_TEST(a_row_without_variance_becomes_beta)
{
	fill();
	for (size_t i = 0; i < N; i++)
		x[i] = -3.0f;
	layernorm_forward(x, gamma_of, beta, y, &scale, N);
	ck_assert_mem_eq(y, beta, sizeof(y));
	ck_assert_float_eq_tol(scale, 316.22777f, 1e-3f);
}
END_TEST

START_TEST(all_three_gradients_are_slopes)
{
	float normal[N], out[N], d[N], dgamma[N], dbeta[N];
	fill();
	memcpy(normal, x, sizeof(x));
	memcpy(d, c, sizeof(c));
	for (size_t i = 0; i < N; i++)
		dgamma[i] = dbeta[i] = 10.0f;
	layernorm_forward(normal, gamma_of, beta, out, &scale, N);
	layernorm_backward(d, normal, scale, gamma_of, dgamma, dbeta, N);
	for (size_t i = 0; i < N; i++) {
		ck_assert_double_eq_tol((double)d[i], slope_at(x + i), 2e-6);
		ck_assert_double_eq_tol((double)dgamma[i] - 10.0, slope_at(gamma_of + i), 2e-6);
		ck_assert_double_eq_tol((double)dbeta[i] - 10.0, slope_at(beta + i), 2e-6);
	}
}
END_TEST

START_TEST(both_ways_have_the_same_bits_on_every_processor)
{
	float dgamma[N] = { 0 }, dbeta[N] = { 0 };
	fill();
	layernorm_forward(x, gamma_of, beta, y, &scale, N);
	layernorm_backward(c, x, scale, gamma_of, dgamma, dbeta, N);
	ck_assert_uint_eq(bits_of(y, N), UINT64_C(0x7784842e70afdae9));
	ck_assert_uint_eq(bits_of(c, N) ^ bits_of(dgamma, N), UINT64_C(0xaa344a791d4949d1));
}
END_TEST

SUITE_MAIN("Layer normalization", a_row_gets_mean_0_and_variance_1_then_gamma_and_beta,
	   a_row_without_variance_becomes_beta, all_three_gradients_are_slopes,
	   both_ways_have_the_same_bits_on_every_processor)
