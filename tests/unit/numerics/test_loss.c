/* The losses of the heads and their slopes. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/loss.h"

static double score_loss(double logit, double y)
{
	double a = 1.0 / (1.0 + exp(-logit));
	return (a - y) * (a - y);
}

static double cost_loss(double z, double target)
{
	double e = fabs(z - target);
	return e < 1.0 ? 0.5 * e * e : e - 0.5;
}

START_TEST(a_score_is_charged_the_squared_error_of_its_probability)
{
	const double h = 1e-5;
	float slope;
	for (double logit = -9.0; logit <= 9.0; logit += 0.375) {
		for (double y = 0.0; y <= 1.0; y += 0.25) {
			double difference = (score_loss(logit + h, y) - score_loss(logit - h, y)) / (2.0 * h);
			ck_assert_double_eq_tol((double)loss_score((float)logit, (float)y, &slope),
						score_loss(logit, y), 3e-7);
			ck_assert_double_eq_tol((double)slope, difference, 3e-7);
		}
	}
}
END_TEST

START_TEST(extreme_logits_stay_finite)
{
	float slope;
	ck_assert_float_eq(loss_sigmoid(-200.0f), 0.0f);
	ck_assert_float_eq(loss_sigmoid(200.0f), 1.0f);
	ck_assert_float_eq(loss_score(200.0f, 0.0f, &slope), 1.0f);
	ck_assert_float_eq(slope, 0.0f);
	ck_assert_float_eq(loss_score(-200.0f, 1.0f, &slope), 1.0f);
	ck_assert_float_eq(slope, 0.0f);
}
END_TEST

START_TEST(a_cost_is_charged_quadratically_up_to_one_then_linearly)
{
	const double h = 1e-4;
	float slope;
	for (double z = -4.0; z <= 4.0; z += 0.0625) {
		double difference = (cost_loss(z + h, 0.5) - cost_loss(z - h, 0.5)) / (2.0 * h);
		ck_assert_double_eq_tol((double)loss_cost((float)z, 0.5f, &slope), cost_loss(z, 0.5), 1e-6);
		ck_assert_double_eq_tol((double)slope, difference, 1e-4);
	}
	ck_assert_float_eq(loss_cost(2.0f, 1.0f, &slope), 0.5f);
	ck_assert_float_eq(slope, 1.0f);
	loss_cost(-5.0f, 1.0f, &slope);
	ck_assert_float_eq(slope, -1.0f);
}
END_TEST

SUITE_MAIN("Losses", a_score_is_charged_the_squared_error_of_its_probability, extreme_logits_stay_finite,
	   a_cost_is_charged_quadratically_up_to_one_then_linearly)
