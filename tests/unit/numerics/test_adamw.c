/* AdamW against its formula in double precision. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/adamw.h"
#include "tests/unit/numerics/numbers.h"

enum { N = 4096 + 48, STEPS = 5 };

static const double lr = 1e-2, decay = 0.3;
static float p[N], g[N], m[N], v[N];
static double exact_p[N], exact_m[N], exact_v[N];

static void exact_step(double t, double squares)
{
	double clip = fmin(1.0, 1.0 / (sqrt(squares) + 1e-6));
	for (size_t i = 0; i < N; i++) {
		double slope = clip * (double)g[i];
		exact_m[i] = 0.9 * exact_m[i] + 0.1 * slope;
		exact_v[i] = 0.999 * exact_v[i] + 0.001 * slope * slope;
		exact_p[i] = exact_p[i] * (1.0 - lr * decay) -
			     lr * exact_m[i] / (1.0 - pow(0.9, t)) /
				     (sqrt(exact_v[i] / (1.0 - pow(0.999, t))) + 1e-8);
	}
}

/* Steps with gradients of norm far above or far below 1; unit 7 never has one. */
static void expect_steps(float size)
{
	numbers(p, N, 1.0f, 1);
	for (size_t i = 0; i < N; i++) {
		exact_p[i] = (double)p[i];
		m[i] = v[i] = 0.0f;
		exact_m[i] = exact_v[i] = 0.0;
	}
	for (uint64_t t = 1; t <= STEPS; t++) {
		double squares = 0.0;
		numbers(g, N, size, 10 + t);
		g[7] = 0.0f;
		for (size_t i = 0; i < N; i++)
			squares += (double)g[i] * (double)g[i];
		ck_assert_double_eq_tol(adamw_squares(g, N) / squares, 1.0, 1e-6);
		struct adamw at = adamw_at(lr, decay, t, squares);
		adamw_step(&at, p, g, m, v, N);
		exact_step((double)t, squares);
	}
	for (size_t i = 0; i < N; i++)
		ck_assert_double_eq_tol((double)p[i], exact_p[i], 2e-6);
}

START_TEST(steps_follow_the_formula_where_the_gradient_is_clipped)
{
	expect_steps(1.0f);
}
END_TEST

START_TEST(and_where_it_is_not)
{
	expect_steps(1e-3f);
}
END_TEST

START_TEST(a_parameter_without_a_gradient_decays_and_drifts_with_what_momentum_is_left)
{
	float still[16] = { 2.0f, 2.0f }, none[16] = { 0 }, momentum[16] = { 0.0f, 0.5f },
	      size[16] = { 0.0f, 1.0f };
	struct adamw at = adamw_at(0.1, 0.2, 3, 0.0);
	adamw_step(&at, still, none, momentum, size, 16);
	ck_assert_float_eq_tol(still[0], 2.0f * (1.0f - 0.1f * 0.2f), 1e-6f);
	double drift = 0.1 * 0.45 / (1.0 - pow(0.9, 3.0)) / sqrt(0.999 / (1.0 - pow(0.999, 3.0)));
	ck_assert_double_eq_tol((double)still[1], 2.0 * 0.98 - drift, 1e-6);
	ck_assert_float_eq_tol(momentum[1], 0.45f, 1e-7f);
}
END_TEST

START_TEST(the_norm_is_clipped_to_one_and_left_alone_below)
{
	ck_assert_float_eq_tol(adamw_at(lr, decay, 1, 100.0).clip, 0.1f, 1e-7f);
	ck_assert_float_eq(adamw_at(lr, decay, 1, 0.25).clip, 1.0f);
	ck_assert_float_eq(adamw_at(lr, decay, 1, 0.0).clip, 1.0f);
}
END_TEST

START_TEST(a_step_has_the_same_bits_on_every_processor)
{
	expect_steps(1.0f);
	float squares = (float)adamw_squares(g, N);
	ck_assert_uint_eq(bits_of(p, N), UINT64_C(0x59cecebe428e2efd));
	ck_assert_uint_eq(bits_of(&squares, 1), UINT64_C(0x1bfce5b33289f6d7));
}
END_TEST

SUITE_MAIN("AdamW", steps_follow_the_formula_where_the_gradient_is_clipped, and_where_it_is_not,
	   a_parameter_without_a_gradient_decays_and_drifts_with_what_momentum_is_left,
	   the_norm_is_clipped_to_one_and_left_alone_below, a_step_has_the_same_bits_on_every_processor)
