/* GELU against libm's erfc in double precision. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/gelu.h"
#include "tests/unit/numerics/numbers.h"

enum { N = 4096 };

static float t[N], slope[N];

/* −16 … 16 in steps of 1/128; more than what ever comes out of a LayerNorm. */
static double point(size_t i)
{
	return ((double)i - N / 2) / 128.0;
}

static void fill(void)
{
	for (size_t i = 0; i < N; i++)
		t[i] = (float)point(i);
}

static double phi(double x)
{
	return 0.5 * erfc(-x / sqrt(2.0));
}

START_TEST(values_are_exact_up_to_float_and_keep_their_digits_in_the_tail)
{
	fill();
	gelu_forward(t, slope, N);
	for (size_t i = 0; i < N; i++) {
		double x = point(i), expected = x * phi(x);
		ck_assert_double_eq_tol((double)t[i], expected, 1e-7 * fabs(x) + 1e-30);
		if (x < -0.1 && x > -12.0)
			ck_assert_double_eq_tol((double)t[i] / expected, 1.0, x > -6.0 ? 3e-5 : 1e-3);
	}
}
END_TEST

START_TEST(the_slope_is_the_slope)
{
	const double h = 1e-5;
	fill();
	gelu_forward(t, slope, N);
	for (size_t i = 0; i < N; i++) {
		double x = point(i), difference = (x + h) * phi(x + h) - (x - h) * phi(x - h);
		ck_assert_double_eq_tol((double)slope[i], difference / (2.0 * h), 3e-7);
	}
}
END_TEST

START_TEST(far_outside_it_is_zero_or_the_identity)
{
	float x[16] = { -1e30f, -1e4f, -50.0f, 50.0f, 1e4f, 1e30f }, d[16];
	const float expected[16] = { 0.0f, 0.0f, 0.0f, 1.0f, 1.0f, 1.0f, 0.5f, 0.5f,
				     0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f };
	gelu_forward(x, d, 16);
	ck_assert_float_eq(x[3], 50.0f);
	ck_assert_float_eq(x[5], 1e30f);
	ck_assert_float_eq_tol(x[2], 0.0f, 1e-30f);
	for (size_t i = 0; i < 16; i++)
		ck_assert_float_eq_tol(d[i], expected[i], 1e-6f);
}
END_TEST

START_TEST(backward_multiplies_by_the_slope)
{
	float d[16], by[16];
	numbers(d, 16, 1.0f, 1);
	numbers(by, 16, 1.0f, 2);
	float expected = d[5] * by[5];
	gelu_backward(d, by, 16);
	ck_assert_float_eq(d[5], expected);
}
END_TEST

START_TEST(it_has_the_same_bits_on_every_processor)
{
	fill();
	gelu_forward(t, slope, N);
	ck_assert_uint_eq(bits_of(t, N), UINT64_C(0x04b5f500f3b1f48a));
	ck_assert_uint_eq(bits_of(slope, N), UINT64_C(0xb19eea0b7848f975));
}
END_TEST

SUITE_MAIN("GELU", values_are_exact_up_to_float_and_keep_their_digits_in_the_tail, the_slope_is_the_slope,
	   far_outside_it_is_zero_or_the_identity, backward_multiplies_by_the_slope,
	   it_has_the_same_bits_on_every_processor)
