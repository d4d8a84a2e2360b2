/* The numbers that follow from a plan. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/plan/plan.h"

static size_t cohort(double participation, size_t n_clients)
{
	const struct plan plan = { .participation = participation, .n_clients = n_clients };
	return plan_cohort(&plan);
}

START_TEST(a_cohort_is_the_share_of_the_roster_and_half_rounds_to_even)
{
	ck_assert_uint_eq(cohort(0.6, 10), 6);
	ck_assert_uint_eq(cohort(1.0, 10), 10);
	ck_assert_uint_eq(cohort(0.25, 10), 2);
	ck_assert_uint_eq(cohort(0.35, 10), 4);
	ck_assert_uint_eq(cohort(0.5, 5), 2);
	ck_assert_uint_eq(cohort(0.5, 7), 4);
	ck_assert_uint_eq(cohort(0.5, 3), 2);
	ck_assert_uint_eq(cohort(0.6, 4), 2);
}
END_TEST

START_TEST(a_cohort_has_at_least_one_client_and_at_most_all)
{
	ck_assert_uint_eq(cohort(0.001, 10), 1);
	ck_assert_uint_eq(cohort(0.0, 10), 1);
	ck_assert_uint_eq(cohort(-3.0, 10), 1);
	ck_assert_uint_eq(cohort((double)NAN, 10), 1);
	ck_assert_uint_eq(cohort(1.7, 10), 10);
	ck_assert_uint_eq(cohort(INFINITY, 10), 10);
	ck_assert_uint_eq(cohort(0.5, 1), 1);
}
END_TEST

SUITE_MAIN("Plans", a_cohort_is_the_share_of_the_roster_and_half_rounds_to_even,
	   a_cohort_has_at_least_one_client_and_at_most_all)
