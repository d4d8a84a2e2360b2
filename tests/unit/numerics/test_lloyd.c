/* K-means: its rules at the edges. The numbers are checked against numpy in tests/golden/kmeans. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/numerics/lloyd.h"

enum { MOST_N = 600, MOST_D = 40, MOST_K = 16 };

struct outcome {
	float centres[MOST_K * MOST_D];
	uint32_t labels[MOST_N];
	double masses[MOST_K];
	struct lloyd_result result;
};

static void cluster(const struct lloyd_points *points, const struct lloyd_rules *rules,
		    const uint32_t *starts, struct outcome *out)
{
	struct rng rng;
	size_t bytes = (lloyd_workspace(points, rules) + 63) / 64 * 64;
	void *workspace = aligned_alloc(64, bytes);
	memset(workspace, 0x5a, bytes);
	rng_init(&rng, 100, 200);
	out->result = (struct lloyd_result){ .centres = out->centres,
					     .labels = out->labels,
					     .masses = out->masses };
	lloyd_cluster(points, rules, starts, &rng, &out->result, workspace);
	free(workspace);
}

static void fill_unit_vectors(float *x, size_t n, size_t d)
{
	struct rng rng;
	rng_init(&rng, 1, 1);
	for (size_t i = 0; i < n; i++) {
		double square = 0.0;
		for (size_t j = 0; j < d; j++) {
			x[i * d + j] = (float)rng_normal(&rng);
			square += (double)x[i * d + j] * x[i * d + j];
		}
		for (size_t j = 0; j < d; j++)
			x[i * d + j] = (float)(x[i * d + j] / sqrt(square));
	}
}

START_TEST(the_first_centre_wins_a_tie)
{
	const float centres[] = { 5, 5, 1, 0, -1, 0, 1, 0 }, x[] = { 0, 3 };
	float distance;
	ck_assert_uint_eq(lloyd_nearest(centres, 4, 2, x, &distance), 1);
	ck_assert_float_eq(distance, 10.0f);
}
END_TEST

START_TEST(two_pairs_on_a_line_become_their_midpoints)
{
	const float x[] = { 0, 1, 10, 11 };
	const struct lloyd_points points = { .x = x, .n = 4, .d = 1 };
	const struct lloyd_rules rules = { .k = 2, .restarts = 1, .iterations = 30 };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 0, 1 }, &out);
	ck_assert_float_eq(out.centres[0], 0.5f);
	ck_assert_float_eq(out.centres[1], 10.5f);
	ck_assert_double_eq(out.result.inertia, 1.0);
	ck_assert_mem_eq(out.labels, ((uint32_t[]){ 0, 0, 1, 1 }), 4 * sizeof(uint32_t));
}
END_TEST

START_TEST(stale_labels_are_those_from_before_the_last_update)
{
	/* From 0 and 1 the first pass gives {0}, {1, 10, 11}; its centres 0 and 22/3 would take 1 back to the
	 * first. */
	const float x[] = { 0, 1, 10, 11 };
	const struct lloyd_points points = { .x = x, .n = 4, .d = 1 };
	struct lloyd_rules rules = { .k = 2, .restarts = 1, .iterations = 1, .stale = true };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 0, 1 }, &out);
	ck_assert_uint_eq(out.labels[1], 1);
	ck_assert_double_eq(out.masses[1], 3.0);
	ck_assert_double_eq_tol(out.result.inertia, 182.0 / 3.0, 1e-5);
	rules.stale = false;
	cluster(&points, &rules, (uint32_t[]){ 0, 1 }, &out);
	ck_assert_uint_eq(out.labels[1], 0);
	ck_assert_double_eq(out.masses[1], 2.0);
	ck_assert_double_eq_tol(out.result.inertia, 1.0 + 64.0 / 9.0 + 121.0 / 9.0, 1e-5);
}
END_TEST

START_TEST(weights_count_like_repeated_points)
{
	const float once[] = { 0, 1, 10, 13 }, repeated[] = { 0, 0, 0, 1, 10, 13, 13 };
	const double weight[] = { 3, 1, 1, 2 };
	const struct lloyd_points a = { .x = once, .weight = weight, .n = 4, .d = 1 };
	const struct lloyd_points b = { .x = repeated, .n = 7, .d = 1 };
	const struct lloyd_rules rules = { .k = 2, .restarts = 1, .iterations = 30 };
	struct outcome weighted, plain;
	cluster(&a, &rules, (uint32_t[]){ 0, 2 }, &weighted);
	cluster(&b, &rules, (uint32_t[]){ 0, 4 }, &plain);
	ck_assert_float_eq(weighted.centres[0], 0.25f);
	ck_assert_float_eq(weighted.centres[1], 12.0f);
	ck_assert_mem_eq(weighted.centres, plain.centres, 2 * sizeof(float));
	ck_assert_mem_eq(weighted.masses, plain.masses, 2 * sizeof(double));
	ck_assert_double_eq_tol(weighted.result.inertia, 6.75, 1e-12);
}
END_TEST

START_TEST(the_restart_with_the_lowest_inertia_wins)
{
	/* Three starts inside one group leave the other two groups together; only the second restart finds
	 * all three. */
	const float x[] = { 0, 1, 2, 50, 51, 52, 100, 101, 102 };
	const struct lloyd_points points = { .x = x, .n = 9, .d = 1 };
	const struct lloyd_rules rules = { .k = 3, .restarts = 3, .iterations = 30 };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 0, 1, 2, 0, 3, 6, 6, 7, 8 }, &out);
	ck_assert_double_eq_tol(out.result.inertia, 6.0, 1e-9);
	ck_assert_float_eq(out.centres[0], 1.0f);
	ck_assert_float_eq(out.centres[1], 51.0f);
	ck_assert_float_eq(out.centres[2], 101.0f);
}
END_TEST

START_TEST(equal_points_end_in_the_first_of_equal_centres)
{
	float x[300 * 20];
	for (size_t i = 0; i < 300 * 20; i++)
		x[i] = 0.25f;
	const struct lloyd_points points = { .x = x, .n = 300, .d = 20 };
	const struct lloyd_rules rules = { .k = 3, .restarts = 2, .iterations = 30 };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 4, 8, 9, 0, 1, 2 }, &out);
	ck_assert_double_eq(out.masses[0], 300.0);
	ck_assert_double_eq(out.masses[1] + out.masses[2], 0.0);
	ck_assert_double_eq(out.result.inertia, 0.0);
	ck_assert_float_eq(out.centres[0], 0.25f);
}
END_TEST

START_TEST(more_centres_than_distinct_points_leaves_the_rest_without_mass)
{
	float x[40];
	for (size_t i = 0; i < 40; i++)
		x[i] = (float)(i % 2);
	const struct lloyd_points points = { .x = x, .n = 40, .d = 1 };
	const struct lloyd_rules rules = { .k = 6, .restarts = 1, .iterations = 30 };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 0, 2, 4, 1, 6, 8 }, &out);
	double zeros = 0.0, ones = 0.0;
	for (size_t j = 0; j < 6; j++) {
		ck_assert(out.masses[j] == 0.0 || out.masses[j] == 20.0);
		zeros += out.centres[j] == 0.0f ? out.masses[j] : 0.0;
		ones += out.centres[j] == 1.0f ? out.masses[j] : 0.0;
	}
	ck_assert_double_eq(zeros, 20.0);
	ck_assert_double_eq(ones, 20.0);
}
END_TEST

START_TEST(an_empty_centre_is_put_on_a_point)
{
	/* Two starts on equal points: the second has no members until it is put elsewhere. */
	const float x[] = { 0, 0, 0, 0, 7, 7, 7, 7 };
	const struct lloyd_points points = { .x = x, .n = 8, .d = 1 };
	const struct lloyd_rules rules = { .k = 2, .restarts = 1, .iterations = 30 };
	struct outcome out;
	cluster(&points, &rules, (uint32_t[]){ 0, 1 }, &out);
	ck_assert_double_eq(out.result.inertia, 0.0);
	ck_assert_double_eq(out.masses[0], 4.0);
	ck_assert_double_eq(out.masses[1], 4.0);
}
END_TEST

START_TEST(labels_are_those_of_the_nearest_centre_wherever_a_point_stands)
{
	static float x[MOST_N * MOST_D];
	static struct outcome out;
	fill_unit_vectors(x, 500, 37);
	const struct lloyd_points points = { .x = x, .n = 500, .d = 37 };
	const struct lloyd_rules rules = { .k = 13, .restarts = 3, .iterations = 30 };
	uint32_t starts[39]; /* the last restart's centres stand across two panels */
	for (uint32_t i = 0; i < 39; i++)
		starts[i] = 11 * i;
	cluster(&points, &rules, starts, &out);
	double mass = 0.0, inertia = 0.0;
	for (size_t i = 0; i < 500; i++) {
		float distance;
		ck_assert_uint_eq(out.labels[i], lloyd_nearest(out.centres, 13, 37, x + i * 37, &distance));
		inertia += distance;
	}
	for (size_t j = 0; j < 13; j++)
		mass += out.masses[j];
	ck_assert_double_eq(mass, 500.0);
	ck_assert_double_eq_tol(out.result.inertia, inertia, 1e-3);
}
END_TEST

START_TEST(as_many_centres_as_points_takes_all_points_in_order)
{
	struct rng rng, untouched;
	const float x[] = { 3, 1, 2 };
	const struct lloyd_points points = { .x = x, .n = 3, .d = 1 };
	uint32_t chosen[3];
	rng_init(&rng, 1, 2);
	untouched = rng;
	lloyd_draw(&points, 3, &rng, chosen);
	ck_assert_mem_eq(chosen, ((uint32_t[]){ 0, 1, 2 }), sizeof(chosen));
	ck_assert_uint_eq(rng.counter, untouched.counter);
}
END_TEST

START_TEST(uniform_starts_are_different_points_each_equally_often)
{
	struct rng rng;
	const float x[5] = { 0 };
	const struct lloyd_points points = { .x = x, .n = 5, .d = 1 };
	size_t counts[5] = { 0 };
	rng_init(&rng, 5, 5);
	for (int i = 0; i < 20000; i++) {
		uint32_t chosen[3];
		lloyd_draw(&points, 3, &rng, chosen);
		ck_assert(chosen[0] != chosen[1] && chosen[0] != chosen[2] && chosen[1] != chosen[2]);
		for (int j = 0; j < 3; j++)
			counts[chosen[j]]++;
	}
	for (int i = 0; i < 5; i++)
		ck_assert_double_eq_tol((double)counts[i], 12000.0, 350.0);
}
END_TEST

START_TEST(weighted_starts_are_drawn_one_after_another_by_weight)
{
	struct rng rng;
	const float x[4] = { 0 };
	const double weight[] = { 1, 0, 2, 5 };
	const struct lloyd_points points = { .x = x, .weight = weight, .n = 4, .d = 1 };
	size_t first[4] = { 0 }, second_after_last[4] = { 0 };
	rng_init(&rng, 6, 6);
	for (int i = 0; i < 40000; i++) {
		uint32_t chosen[2];
		lloyd_draw(&points, 2, &rng, chosen);
		first[chosen[0]]++;
		if (chosen[0] == 3)
			second_after_last[chosen[1]]++;
	}
	ck_assert_uint_eq(first[1], 0);
	ck_assert_double_eq_tol((double)first[0], 5000.0, 335.0);
	ck_assert_double_eq_tol((double)first[3], 25000.0, 490.0);
	ck_assert_double_eq_tol((double)second_after_last[0] / (double)first[3], 1.0 / 3.0, 0.015);
	ck_assert_uint_eq(second_after_last[3], 0);
}
END_TEST

SUITE_MAIN("Lloyd", the_first_centre_wins_a_tie, two_pairs_on_a_line_become_their_midpoints,
	   stale_labels_are_those_from_before_the_last_update, weights_count_like_repeated_points,
	   the_restart_with_the_lowest_inertia_wins, equal_points_end_in_the_first_of_equal_centres,
	   more_centres_than_distinct_points_leaves_the_rest_without_mass, an_empty_centre_is_put_on_a_point,
	   labels_are_those_of_the_nearest_centre_wherever_a_point_stands,
	   as_many_centres_as_points_takes_all_points_in_order,
	   uniform_starts_are_different_points_each_equally_often,
	   weighted_starts_are_drawn_one_after_another_by_weight)
