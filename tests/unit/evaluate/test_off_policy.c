/* Doubly robust values on logs whose truth is known. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>

#include "common/evaluate/area.h"
#include "common/evaluate/off_policy.h"
#include "common/numerics/rng.h"

enum { QUERIES = 40000, MODELS = 2 };

static const char *const models[] = { "big", "small" };

struct world {
	struct query *queries;
	struct observation *rows;
	double *score, *cost; /* estimates */
	uint16_t *policy, *other;
	struct dataset data;
};

/* Two tasks. The log sends hard queries to the big model nine times of ten and easy ones once in ten, so the
 * big model's mean score in the log is far too low. P(right): big .8 hard, 1 easy; small .3 hard, .9 easy. */
static struct world make_world(double bias, bool logged)
{
	static const double right[2][MODELS] = { { .8, .3 }, { 1, .9 } };
	struct world world = {
		.queries = calloc(QUERIES, sizeof(struct query)),
		.rows = calloc(QUERIES, sizeof(struct observation)),
		.score = calloc(QUERIES * MODELS, sizeof(double)),
		.cost = calloc(QUERIES * MODELS, sizeof(double)),
		.policy = calloc(QUERIES, sizeof(uint16_t)),
		.other = calloc(QUERIES, sizeof(uint16_t)),
	};
	struct rng rng;
	rng_init(&rng, 3, 1);
	for (uint32_t i = 0; i < QUERIES; i++) {
		size_t task = rng_below(&rng, 2);
		double to_big = task == 0 ? 0.9 : 0.1;
		uint32_t m = rng_uniform(&rng) < to_big ? 0 : 1;
		double score = rng_uniform(&rng) < right[task][m] ? 1.0 : 0.0,
		       p = m == 0 ? to_big : 1 - to_big;
		world.queries[i] = (struct query){ "q", NULL, task == 0 ? "hard" : "easy" };
		world.rows[i] = (struct observation){ i, m, score, m == 0 ? 0.01 : 0.001, logged ? p : NAN };
		for (size_t k = 0; k < MODELS; k++) {
			world.score[i * MODELS + k] = right[task][k] + bias;
			world.cost[i * MODELS + k] = (k == 0 ? 0.01 : 0.001) * (1 + bias);
		}
		world.other[i] = 1;
	}
	world.data = (struct dataset){ .n_models = MODELS,
				       .models = models,
				       .n_queries = QUERIES,
				       .queries = world.queries,
				       .n_rows = QUERIES,
				       .rows = world.rows };
	return world;
}

static void release(struct world *world)
{
	free(world->queries);
	free(world->rows);
	free(world->score);
	free(world->cost);
	free(world->policy);
	free(world->other);
}

/* Mean score of the rows in which the log happened to choose as the policy does. */
static double naive(const struct world *world)
{
	double sum = 0.0, n = 0.0;
	for (size_t i = 0; i < QUERIES; i++) {
		if (world->rows[i].model == world->policy[i])
			sum += world->rows[i].score, n += 1.0;
	}
	return sum / n;
}

static struct off_policy_value value_of(const struct world *world, bool difference)
{
	struct off_policy_log log;
	struct off_policy_value value;
	ck_assert_int_eq(off_policy_log_new(&world->data, world->score, world->cost, &log), 0);
	if (difference)
		off_policy_difference(&log, world->policy, world->other, &value);
	else
		off_policy_value(&log, world->policy, &value);
	off_policy_log_deinit(&log);
	return value;
}

START_TEST(the_value_is_right_where_the_naive_mean_is_not_though_the_estimates_are_biased)
{
	struct world world = make_world(-0.2, true);
	struct off_policy_value value = value_of(&world, false);
	/* Variance: hard .9·(.2/.9²) − .2² = .182, easy .1·(.04/.1²) − .2² = .36, between .01:
	 * √(.281/40,000). */
	ck_assert_double_eq_tol(value.score_error, 0.00265, 0.0001);
	ck_assert_double_eq_tol(value.score, 0.9, 4 * value.score_error);
	ck_assert_double_eq_tol(value.cost, 0.01, 4 * value.cost_error);
	ck_assert_double_gt(fabs(naive(&world) - 0.9), 0.05);
	ck_assert_uint_eq(value.queries, QUERIES);
	release(&world);
}
END_TEST

START_TEST(without_logged_propensities_the_share_within_the_task_serves)
{
	struct world world = make_world(-0.2, false);
	struct off_policy_value value = value_of(&world, false);
	ck_assert_double_eq_tol(value.score, 0.9, 4 * value.score_error);
	release(&world);
}
END_TEST

START_TEST(good_estimates_are_enough_where_the_propensities_are_wrong)
{
	struct world world = make_world(0, true);
	for (size_t i = 0; i < QUERIES; i++)
		world.rows[i].propensity = 0.5;
	struct off_policy_value value = value_of(&world, false);
	ck_assert_double_eq_tol(value.score, 0.9, 4 * value.score_error);
	release(&world);
}
END_TEST

START_TEST(a_difference_is_paired_and_the_same_policies_differ_by_nothing)
{
	struct world world = make_world(-0.2, true);
	struct off_policy_value value = value_of(&world, true);
	ck_assert_double_eq_tol(value.score, 0.3, 4 * value.score_error);
	ck_assert_double_eq_tol(value.cost, 0.009, 4 * value.cost_error);
	for (size_t i = 0; i < QUERIES; i++)
		world.other[i] = world.policy[i];
	value = value_of(&world, true);
	ck_assert_double_eq(value.score, 0.0);
	ck_assert_double_eq(value.score_error, 0.0);
	release(&world);
}
END_TEST

static const struct query few_queries[] = { { "a", NULL, "t" }, { "b", NULL, "t" }, { "c", NULL, "t" } };
static struct observation few_rows[] = {
	{ 0, 0, 1.0, 0.4, 0.01 }, { 0, 1, 0.5, 0.2, 0.5 }, { 1, 0, 0.5, NAN, NAN },
	{ 1, 1, 0.25, 0.1, NAN }, { 2, 0, 0.0, 0.3, NAN },
};

static struct dataset few(void)
{
	return (struct dataset){ .n_models = 2,
				 .models = models,
				 .n_queries = 3,
				 .queries = few_queries,
				 .n_rows = 5,
				 .rows = few_rows };
}

START_TEST(values_done_by_hand_weigh_at_most_twenty_and_count_a_query_once)
{
	struct dataset data = few();
	const double score[] = { .5, .5, .5, .5, 9, 9, .5, .5, .5, .5 },
		     cost[] = { .1, .1, .1, .1, 9, 9, .1, .1, .1, .1 };
	const uint16_t policy[] = { 0, 0, 0, 0, 0 };
	struct off_policy_log log;
	struct off_policy_value value;
	ck_assert_int_eq(off_policy_log_new(&data, score, cost, &log), 0);
	/* Four rows count; two of them are of model 0. */
	ck_assert_double_eq(log.propensity[4], 0.5);
	off_policy_value(&log, policy, &value);
	/* a: (.5 + 20·.5 + .5)/2 = 5.5; b: .5; c: .5 + 2·(0 − .5) = −.5 */
	ck_assert_uint_eq(value.queries, 3);
	ck_assert_double_eq_tol(value.score, 5.5 / 3, 1e-14);
	ck_assert_double_eq_tol(value.cost, ((.1 + 20 * .3 + .1) / 2 + .1 + .1 + 2 * .2) / 3, 1e-14);
	off_policy_log_deinit(&log);
}
END_TEST

START_TEST(queries_with_two_whole_observations_are_counted_as_comparable)
{
	struct dataset data = few();
	ck_assert_uint_eq(off_policy_comparable(&data), 1);
}
END_TEST

static struct point mean_of_cells(const struct test_table *table, const struct world *world,
				  const uint16_t *policy)
{
	struct point mean = { 0 };
	for (size_t r = 0, i = 0; r < table->n; r++) {
		while (world->rows[i].query != table->query[r] || isnan(world->rows[i].score))
			i++;
		mean.score += table->score[r * MODELS + policy[i]] / (double)table->n;
		mean.cost += table->cost[r * MODELS + policy[i]] / (double)table->n;
	}
	return mean;
}

START_TEST(the_mean_of_a_policys_cells_is_its_value)
{
	struct world world = make_world(0.1, false);
	struct off_policy_log log;
	struct off_policy_value value;
	struct test_table table;
	for (size_t i = 0; i < QUERIES; i++) {
		world.rows[i].query = (uint32_t)(i / 3); /* up to three rows a query, which are averaged */
		world.policy[i] = (uint16_t)(i / 3 % 2);
	}
	for (size_t i = 0; i < 12; i++)
		world.rows[i].score = NAN; /* queries without a row that counts */
	ck_assert_int_eq(off_policy_log_new(&world.data, world.score, world.cost, &log), 0);
	ck_assert_int_eq(off_policy_table(&log, &table), 0);
	off_policy_value(&log, world.policy, &value);
	struct point mean = mean_of_cells(&table, &world, world.policy);
	ck_assert_uint_eq(table.n, value.queries);
	ck_assert_uint_eq(table.n_tasks, 2);
	ck_assert_double_eq_tol(mean.score, value.score, 1e-10);
	ck_assert_double_eq_tol(mean.cost, value.cost, 1e-12);
	test_table_deinit(&table);
	off_policy_log_deinit(&log);
	release(&world);
}
END_TEST

SUITE_MAIN("Off-policy", the_mean_of_a_policys_cells_is_its_value,
	   the_value_is_right_where_the_naive_mean_is_not_though_the_estimates_are_biased,
	   without_logged_propensities_the_share_within_the_task_serves,
	   good_estimates_are_enough_where_the_propensities_are_wrong,
	   a_difference_is_paired_and_the_same_policies_differ_by_nothing,
	   values_done_by_hand_weigh_at_most_twenty_and_count_a_query_once,
	   queries_with_two_whole_observations_are_counted_as_comparable)
