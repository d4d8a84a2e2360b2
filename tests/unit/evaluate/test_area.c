/* Areas and hulls: the second fixture of algorithms.md §5, and the corner cases. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/evaluate/area.h"

static const struct point fixture[] = { { 2, .5 }, { 3, .7 }, { 4, .72 }, { 5, .9 }, { 7, .85 } };

START_TEST(the_fixture_of_five_points_has_its_printed_area)
{
	ck_assert_double_eq_tol(area_aiq(fixture, 5, 1, 8), 0.700053575, 5e-10);
}
END_TEST

START_TEST(order_and_repetition_of_points_do_not_matter)
{
	const struct point shuffled[] = { { 7, .85 }, { 3, .7 },  { 5, .9 }, { 2, .5 },
					  { 3, .7 },  { 4, .72 }, { 2, .5 } };
	ck_assert(area_aiq(shuffled, 7, 1, 8) == area_aiq(fixture, 5, 1, 8));
}
END_TEST

START_TEST(the_hull_keeps_the_rising_corners_only)
{
	struct point corners[5];
	ck_assert_uint_eq(area_hull(fixture, 5, corners), 3);
	ck_assert_double_eq(corners[0].cost, 2);
	ck_assert_double_eq(corners[1].cost, 3);
	ck_assert_double_eq(corners[2].cost, 5);
	ck_assert_double_eq_tol(area_hull_at(fixture, 5, 4), .8, 1e-15);
	ck_assert_double_eq(area_hull_at(fixture, 5, 1), .5);
	ck_assert_double_eq(area_hull_at(fixture, 5, 100), .9);
}
END_TEST

START_TEST(of_two_first_points_of_equal_cost_the_upper_one_counts)
{
	const struct point tie[] = { { 1, .2 }, { 1, .6 }, { 2, .6 } };
	ck_assert_double_eq_tol(area_aiq(tie, 3, 1, 2), .6, 1e-15);
	ck_assert_double_eq(area_hull_at(tie, 3, 1), .6);
}
END_TEST

START_TEST(nothing_counts_left_of_the_first_point)
{
	const struct point one = { 1.5, .8 };
	ck_assert_double_eq_tol(area_aiq(&one, 1, 1, 2), .8 * (0.5 + 0.5 / 2000), 1e-12);
}
END_TEST

START_TEST(a_first_point_a_rounding_error_above_lo_counts_from_lo)
{
	const struct point one = { 0.1 + 0.2, 1.0 };
	ck_assert_double_gt(one.cost, 0.3);
	ck_assert_double_eq_tol(area_aiq(&one, 1, 0.3, 1), 1.0, 1e-12);
}
END_TEST

START_TEST(no_axis_or_no_point_is_undefined)
{
	ck_assert_double_nan(area_aiq(fixture, 5, 3, 3));
	ck_assert_double_nan(area_aiq(fixture, 5, NAN, NAN));
	ck_assert_double_nan(area_aiq(fixture, 0, 1, 2));
	ck_assert_double_nan(area_hull_at(fixture, 0, 1));
	ck_assert_uint_eq(area_hull(fixture, 0, NULL), 0);
}
END_TEST

START_TEST(nauc_is_the_trapezoid_over_the_routers_own_width)
{
	ck_assert_double_eq_tol(area_nauc(fixture, 5), (.6 + .71 + .81 + 1.75) / 5, 1e-12);
	ck_assert_double_eq(area_nauc(fixture, 1), 0.0);
	const struct point narrow[] = { { 2, .1 }, { 2, .9 } };
	ck_assert_double_eq(area_nauc(narrow, 2), 0.0);
}
END_TEST

START_TEST(nauc_sorts_by_cost_and_keeps_the_order_of_equal_costs)
{
	const struct point up[] = { { 3, 1 }, { 1, 0 }, { 2, 0 }, { 2, 1 } };
	const struct point down[] = { { 3, 1 }, { 1, 0 }, { 2, 1 }, { 2, 0 } };
	ck_assert_double_eq_tol(area_nauc(up, 4), 0.5, 1e-11);
	ck_assert_double_eq_tol(area_nauc(down, 4), 0.5, 1e-11);
}
END_TEST

SUITE_MAIN("Area", the_fixture_of_five_points_has_its_printed_area,
	   order_and_repetition_of_points_do_not_matter, the_hull_keeps_the_rising_corners_only,
	   of_two_first_points_of_equal_cost_the_upper_one_counts, nothing_counts_left_of_the_first_point,
	   a_first_point_a_rounding_error_above_lo_counts_from_lo, no_axis_or_no_point_is_undefined,
	   nauc_is_the_trapezoid_over_the_routers_own_width,
	   nauc_sorts_by_cost_and_keeps_the_order_of_equal_costs)
