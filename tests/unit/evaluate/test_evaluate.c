/* Curves and controls: the first fixture of algorithms.md §5, and tables small enough to do by hand. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/evaluate/evaluate.h"

static double fixture_score[] = { 1, 0, 1, 1, 0, 1 };
static double fixture_cost[] = { .012, .001, .009, .002, .011, .001 };
static double fixture_guess[] = { .9, .4, .6, .5, .2, .7 };
static double fixture_price[] = { .01, .001, .01, .001, .01, .001 };
static uint32_t fixture_query[] = { 0, 1, 2 };
static uint32_t fixture_task[] = { 0, 0, 1 };

static struct test_table fixture_table(void)
{
	return (struct test_table){ .n = 3,
				    .n_models = 2,
				    .score = fixture_score,
				    .cost = fixture_cost,
				    .query = fixture_query,
				    .task = fixture_task,
				    .n_tasks = 2 };
}

static struct judged judge(const struct test_table *table, const struct estimates *estimates)
{
	struct judged judged;
	ck_assert_int_eq(evaluate_router(table, estimates, &judged), 0);
	return judged;
}

START_TEST(the_grid_of_lambda_runs_from_a_hundredth_to_ten_million)
{
	ck_assert_double_eq_tol(evaluate_lambda(0), 0.01, 1e-17);
	ck_assert_double_eq_tol(evaluate_lambda(99), 1e7, 1e-8);
	ck_assert_double_eq_tol(evaluate_lambda(51) / evaluate_lambda(50), 1.2328467, 5e-8);
}
END_TEST

START_TEST(the_fixture_of_three_queries_has_its_printed_figures)
{
	struct test_table table = fixture_table();
	struct estimates estimates = { fixture_guess, fixture_price, NULL };
	struct judged judged = judge(&table, &estimates);
	struct controls controls;
	ck_assert_int_eq(controls_new(&table, &controls), 0);
	ck_assert_uint_eq(judged.n_distinct, 3);
	ck_assert_double_eq_tol(judged.at[0].cost, .00733333, 5e-9);
	ck_assert_double_eq(judged.at[0].score, 1);
	ck_assert_double_eq_tol(judged.at[1].cost, .005, 1e-15);
	ck_assert_double_eq(judged.at[1].score, 1);
	ck_assert_double_eq_tol(judged.at[2].cost, .00133333, 5e-9);
	ck_assert_double_eq_tol(judged.at[2].score, .66666667, 5e-9);
	ck_assert_double_eq_tol(judged.nauc, 0.898148148, 5e-10);
	ck_assert_double_eq_tol(judged.aiq, 0.934523788, 5e-10);
	ck_assert_double_eq(judged.max_accuracy, 1);
	ck_assert_double_eq_tol(controls.lo, .00133333, 5e-9);
	ck_assert_double_eq_tol(controls.hi, .01066667, 5e-9);
	ck_assert_double_eq_tol(controls.static_mix_aiq, 0.666666667, 5e-10);
	controls_deinit(&controls);
	judged_deinit(&judged);
}
END_TEST

START_TEST(the_controls_of_the_fixture_are_those_done_by_hand)
{
	struct test_table table = fixture_table();
	struct controls controls;
	ck_assert_int_eq(controls_new(&table, &controls), 0);
	/* Equal accuracy: the cheaper model is the best one. */
	ck_assert_uint_eq(controls.best_single, 1);
	ck_assert_uint_eq(controls.cheapest_single, 1);
	ck_assert_double_eq_tol(controls.random.accuracy, 2.0 / 3, 1e-15);
	ck_assert_double_eq_tol(controls.random.cost, .006, 1e-15);
	/* Oracle: (.012 + .002 + .001)/3 for accuracy 1, and both .002 and .001 rows at .00133333 for 2/3. */
	ck_assert_double_eq(controls.oracle_accuracy, 1);
	double lo = .004 / 3, hi = .032 / 3, top = .005;
	double closed = ((top - lo) * (1 + 2.0 / 3) / 2 + (hi - top)) / (hi - lo);
	ck_assert_double_eq_tol(controls.oracle_aiq, closed, 1e-7);
	/* Task 0 has model 0 for (.0105, 1) or model 1 for (.0015, .5), task 1 always model 1 for (.001,
	 * 1). */
	top = (.021 + .001) / 3;
	closed = ((top - lo) * (1 + 2.0 / 3) / 2 + (hi - top)) / (hi - lo);
	ck_assert_double_eq_tol(controls.task_oracle_aiq, closed, 1e-7);
	controls_deinit(&controls);
}
END_TEST

START_TEST(a_tie_goes_to_the_lowest_index)
{
	struct test_table table = fixture_table();
	double equal[] = { .5, .5, .5, .5, .5, .5 }, price[] = { .001, .001, .001, .001, .001, .001 };
	struct estimates estimates = { equal, price, NULL };
	struct judged judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.n_distinct, 1);
	ck_assert_uint_eq(judged.first[0], 0);
	ck_assert_double_eq_tol(judged.curve.point[99].cost, .032 / 3, 1e-15);
	judged_deinit(&judged);
}
END_TEST

START_TEST(a_model_that_is_not_routable_is_never_chosen)
{
	struct test_table table = fixture_table();
	const uint8_t routable[] = { 1, 0 };
	struct estimates estimates = { fixture_guess, fixture_price, routable };
	struct judged judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.n_distinct, 1);
	ck_assert_double_eq_tol(judged.curve.point[99].score, 2.0 / 3, 1e-15);
	ck_assert_double_eq_tol(judged.curve.point[99].cost, .032 / 3, 1e-15);
	judged_deinit(&judged);
}
END_TEST

START_TEST(a_router_without_a_model_to_choose_has_no_curve)
{
	struct test_table table = fixture_table();
	const uint8_t routable[] = { 0, 0 };
	struct estimates estimates = { fixture_guess, fixture_price, routable };
	struct judged judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.curve.n, 0);
	ck_assert_uint_eq(judged.n_decided, 0);
	ck_assert_double_nan(judged.aiq);
	ck_assert_double_nan(judged.nauc);
	ck_assert_double_nan(judged.max_accuracy);
	judged_deinit(&judged);
}
END_TEST

START_TEST(missing_cells_are_not_chosen_and_rows_without_choice_enter_no_mean)
{
	double score[] = { 1, NAN, NAN, .5, .25, .75 }, cost[] = { .1, NAN, NAN, .2, .4, .3 };
	struct test_table table = fixture_table();
	table.score = score;
	table.cost = cost;
	const uint8_t routable[] = { 0, 1 };
	struct estimates estimates = { fixture_guess, fixture_price, NULL };
	struct judged judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.n_decided, 3);
	ck_assert_uint_eq(judged.first[0], 0);
	ck_assert_uint_eq(judged.first[1], 1);
	ck_assert_double_eq_tol(judged.curve.point[0].score, (1 + .5 + .75) / 3, 1e-15);
	judged_deinit(&judged);
	estimates.routable = routable;
	judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.n_decided, 2);
	ck_assert_uint_eq(judged.first[0], JUDGED_UNDECIDED);
	ck_assert_double_eq_tol(judged.curve.point[0].score, (.5 + .75) / 2, 1e-15);
	ck_assert_double_eq_tol(judged.curve.point[0].cost, (.2 + .3) / 2, 1e-15);
	judged_deinit(&judged);
}
END_TEST

START_TEST(singles_are_means_over_their_observed_rows_and_unseen_models_are_left_out)
{
	double score[] = { 1, NAN, NAN, .5, NAN, NAN, .5, .7, NAN };
	double cost[] = { .1, NAN, NAN, .2, NAN, NAN, .3, .3, NAN };
	struct test_table table = fixture_table();
	table.n_models = 3;
	table.score = score;
	table.cost = cost;
	struct controls controls;
	ck_assert_int_eq(controls_new(&table, &controls), 0);
	ck_assert_double_eq_tol(controls.singles[0].accuracy, 2.0 / 3, 1e-15);
	ck_assert_double_eq_tol(controls.singles[0].cost, .2, 1e-15);
	ck_assert_double_eq_tol(controls.singles[1].accuracy, .7, 1e-15);
	ck_assert_double_nan(controls.singles[2].cost);
	ck_assert_uint_eq(controls.best_single, 1);
	ck_assert_uint_eq(controls.cheapest_single, 0);
	ck_assert_double_eq_tol(controls.random.cost, .25, 1e-15);
	controls_deinit(&controls);
}
END_TEST

START_TEST(where_the_dearest_model_is_the_cheapest_aiq_is_undefined)
{
	double cost[] = { .1, .1, .1, .1, .1, .1 };
	struct test_table table = fixture_table();
	table.cost = cost;
	struct estimates estimates = { fixture_guess, fixture_price, NULL };
	struct judged judged = judge(&table, &estimates);
	struct controls controls;
	ck_assert_int_eq(controls_new(&table, &controls), 0);
	ck_assert_double_nan(judged.aiq);
	ck_assert_double_nan(controls.static_mix_aiq);
	ck_assert_double_nan(controls.oracle_aiq);
	ck_assert_double_eq(judged.nauc, 0.0);
	ck_assert_double_eq(judged.max_accuracy, 1.0);
	controls_deinit(&controls);
	judged_deinit(&judged);
}
END_TEST

START_TEST(replaying_the_turns_gives_every_decision_vector)
{
	struct test_table table = fixture_table();
	struct estimates estimates = { fixture_guess, fixture_price, NULL };
	struct judged judged = judge(&table, &estimates);
	ck_assert_uint_eq(judged.turns_end[0], 0);
	ck_assert_uint_eq(judged.turns_end[1], 1);
	ck_assert_uint_eq(judged.turns_end[2], 2);
	/* Row 1 turns where .1 < .009 λ, row 0 where .5 < .009 λ. */
	ck_assert_uint_eq(judged.turns[0].row, 1);
	ck_assert_uint_eq(judged.turns[1].row, 0);
	ck_assert_uint_eq(judged.turns[1].from, 0);
	ck_assert_uint_eq(judged.turns[1].to, 1);
	for (size_t k = 0; k < EVALUATE_LAMBDAS; k++) {
		double lambda = evaluate_lambda(k);
		ck_assert_uint_eq(judged.which[k], lambda * .009 > .5 ? 2 : lambda * .009 > .1);
	}
	judged_deinit(&judged);
}
END_TEST

SUITE_MAIN("Evaluate", the_grid_of_lambda_runs_from_a_hundredth_to_ten_million,
	   the_fixture_of_three_queries_has_its_printed_figures,
	   the_controls_of_the_fixture_are_those_done_by_hand, a_tie_goes_to_the_lowest_index,
	   a_model_that_is_not_routable_is_never_chosen, a_router_without_a_model_to_choose_has_no_curve,
	   missing_cells_are_not_chosen_and_rows_without_choice_enter_no_mean,
	   singles_are_means_over_their_observed_rows_and_unseen_models_are_left_out,
	   where_the_dearest_model_is_the_cheapest_aiq_is_undefined,
	   replaying_the_turns_gives_every_decision_vector)
