/* The bootstrap against resampled tables that are judged from scratch. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/evaluate/bootstrap.h"
#include "common/evaluate/evaluate.h"
#include "common/numerics/rng.h"

enum { ROWS = 40, MODELS = 3, CELLS = ROWS * MODELS, ROUTERS = 2 };

struct world {
	struct test_table table;
	struct estimates estimates[ROUTERS];
	double score[CELLS], cost[CELLS], guess[ROUTERS][CELLS], price[ROUTERS][CELLS];
	uint32_t query[ROWS], task[ROWS];
};

static void point_to_itself(struct world *world)
{
	world->table =
		(struct test_table){ ROWS, MODELS, world->score, world->cost, world->query, world->task, 1 };
	for (size_t i = 0; i < ROUTERS; i++)
		world->estimates[i] = (struct estimates){ world->guess[i], world->price[i], NULL };
}

/* Some cells are missing, and the second router knows more than the first. */
static void make_world(struct world *world)
{
	static const double level[MODELS] = { 0.001, 0.004, 0.02 }, skill[MODELS] = { 0.4, 0.6, 0.7 };
	struct rng rng;
	rng_init(&rng, 11, 0);
	*world = (struct world){ 0 };
	for (size_t cell = 0; cell < CELLS; cell++) {
		size_t m = cell % MODELS;
		world->score[cell] = rng_uniform(&rng) < skill[m] ? 1.0 : 0.25;
		world->cost[cell] = level[m] * exp(0.4 * rng_normal(&rng));
		for (size_t i = 0; i < ROUTERS; i++) {
			double truth = 0.4 * (double)i * (world->score[cell] - skill[m]);
			world->guess[i][cell] = skill[m] + truth + 0.1 * rng_normal(&rng);
			world->price[i][cell] = level[m] * exp(0.2 * rng_normal(&rng));
		}
		if (m == cell / MODELS % 7)
			world->score[cell] = world->cost[cell] = NAN;
	}
	point_to_itself(world);
}

/* Replicate `replicate` of `world`, drawn as bootstrap.h says. */
static void resample(const struct world *world, uint64_t seed, uint64_t replicate, struct world *out)
{
	struct rng rng;
	size_t count[ROWS] = { 0 };
	rng_init(&rng, seed, replicate);
	for (size_t i = 0; i < ROWS; i++)
		count[rng_below(&rng, ROWS)]++;
	*out = (struct world){ 0 };
	for (size_t row = 0, to = 0; row < ROWS; row++) {
		for (size_t i = 0; i < count[row]; i++, to++) {
			size_t bytes = MODELS * sizeof(double), a = to * MODELS, b = row * MODELS;
			memcpy(out->score + a, world->score + b, bytes);
			memcpy(out->cost + a, world->cost + b, bytes);
			for (size_t r = 0; r < ROUTERS; r++) {
				memcpy(out->guess[r] + a, world->guess[r] + b, bytes);
				memcpy(out->price[r] + a, world->price[r] + b, bytes);
			}
		}
	}
	point_to_itself(out);
}

static double gain_over_mix(const struct world *world, struct point at)
{
	struct controls controls;
	struct point singles[MODELS];
	ck_assert_int_eq(controls_new(&world->table, &controls), 0);
	for (size_t m = 0; m < MODELS; m++)
		singles[m] = (struct point){ controls.singles[m].cost, controls.singles[m].accuracy };
	controls_deinit(&controls);
	return at.score - area_hull_at(singles, MODELS, at.cost);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* NumPy's percentile of 1,000 values: places 24.975 and 974.025. */
static void check_interval(double *values, struct interval interval)
{
	qsort(values, BOOTSTRAP_RESAMPLES, sizeof(double), by_value);
	ck_assert_double_eq_tol(interval.low, values[24] + 0.975 * (values[25] - values[24]), 1e-10);
	ck_assert_double_eq_tol(interval.high, values[974] + 0.025 * (values[975] - values[974]), 1e-10);
}

static void judge(const struct world *world, struct judged *out)
{
	for (size_t i = 0; i < ROUTERS; i++)
		ck_assert_int_eq(evaluate_router(&world->table, &world->estimates[i], &out[i]), 0);
}

static void release(struct judged *judged)
{
	for (size_t i = 0; i < ROUTERS; i++)
		judged_deinit(&judged[i]);
}

START_TEST(every_interval_is_that_of_tables_resampled_and_judged_from_scratch)
{
	static struct world world, other;
	static double aiq[BOOTSTRAP_RESAMPLES], lift[BOOTSTRAP_RESAMPLES], mix[BOOTSTRAP_RESAMPLES];
	struct judged judged[ROUTERS], again[ROUTERS];
	struct gains gains[ROUTERS];
	make_world(&world);
	judge(&world, judged);
	ck_assert_int_eq(bootstrap_gains(&world.table, (const struct judged *[]){ &judged[0], &judged[1] },
					 ROUTERS, (const size_t[]){ 0, 0 }, 77, 1, gains),
			 0);
	size_t operating = 0;
	for (size_t k = 0; k < JUDGED_LAMBDAS; k++) {
		if (gain_over_mix(&world, judged[1].curve.point[k]) >
		    gain_over_mix(&world, judged[1].curve.point[operating]))
			operating = k;
	}
	for (size_t r = 0; r < BOOTSTRAP_RESAMPLES; r++) {
		resample(&world, 77, r, &other);
		judge(&other, again);
		aiq[r] = again[1].aiq;
		lift[r] = again[1].aiq - again[0].aiq;
		mix[r] = gain_over_mix(&other, again[1].curve.point[operating]);
		release(again);
	}
	check_interval(aiq, gains[1].aiq);
	check_interval(lift, gains[1].lift_interval);
	check_interval(mix, gains[1].mix_gain_interval);
	ck_assert_double_eq(gains[1].lift, judged[1].aiq - judged[0].aiq);
	ck_assert_double_eq_tol(gains[1].mix_gain, gain_over_mix(&world, judged[1].curve.point[operating]),
				1e-14);
	ck_assert_double_lt(gains[1].aiq.low, judged[1].aiq);
	ck_assert_double_gt(gains[1].aiq.high, judged[1].aiq);
	release(judged);
}
END_TEST

START_TEST(threads_do_not_change_a_bit_and_seeds_do)
{
	static struct world world;
	struct judged judged[ROUTERS];
	struct gains one[ROUTERS], two[ROUTERS], other[ROUTERS];
	make_world(&world);
	judge(&world, judged);
	const struct judged *routers[] = { &judged[0], &judged[1] };
	const size_t baseline[] = { 0, 0 };
	ck_assert_int_eq(bootstrap_gains(&world.table, routers, ROUTERS, baseline, 5, 1, one), 0);
	ck_assert_int_eq(bootstrap_gains(&world.table, routers, ROUTERS, baseline, 5, 2, two), 0);
	ck_assert_int_eq(bootstrap_gains(&world.table, routers, ROUTERS, baseline, 6, 1, other), 0);
	ck_assert_mem_eq(one, two, sizeof(one));
	ck_assert_double_ne(one[1].aiq.low, other[1].aiq.low);
	release(judged);
}
END_TEST

START_TEST(a_router_compared_with_itself_has_no_lift_and_one_without_baseline_none_defined)
{
	static struct world world;
	struct judged judged[ROUTERS];
	struct gains gains[ROUTERS];
	make_world(&world);
	judge(&world, judged);
	ck_assert_int_eq(bootstrap_gains(&world.table, (const struct judged *[]){ &judged[0], &judged[1] },
					 ROUTERS, (const size_t[]){ 0, ROUTERS }, 5, 1, gains),
			 0);
	ck_assert_double_eq(gains[0].lift, 0.0);
	ck_assert_double_eq(gains[0].lift_interval.low, 0.0);
	ck_assert_double_eq(gains[0].lift_interval.high, 0.0);
	ck_assert_double_nan(gains[1].lift);
	ck_assert_double_nan(gains[1].lift_interval.low);
	release(judged);
}
END_TEST

START_TEST(a_router_without_a_curve_has_no_interval)
{
	static struct world world;
	static const uint8_t routable[MODELS] = { 0 };
	struct judged judged[ROUTERS];
	struct gains gains[ROUTERS];
	make_world(&world);
	world.estimates[1].routable = routable;
	judge(&world, judged);
	ck_assert_int_eq(bootstrap_gains(&world.table, (const struct judged *[]){ &judged[0], &judged[1] },
					 ROUTERS, (const size_t[]){ 0, 0 }, 5, 2, gains),
			 0);
	ck_assert_double_nan(gains[1].aiq.low);
	ck_assert_double_nan(gains[1].lift_interval.high);
	ck_assert_double_nan(gains[1].mix_gain);
	ck_assert(isfinite(gains[0].aiq.low));
	release(judged);
}
END_TEST

SUITE_MAIN("Bootstrap", every_interval_is_that_of_tables_resampled_and_judged_from_scratch,
	   threads_do_not_change_a_bit_and_seeds_do,
	   a_router_compared_with_itself_has_no_lift_and_one_without_baseline_none_defined,
	   a_router_without_a_curve_has_no_interval)
