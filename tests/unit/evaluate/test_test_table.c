/* Test tables out of rows, and selections of them. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/evaluate/estimates.h"
#include "common/evaluate/test_table.h"

static const struct query queries[] = {
	{ "a", NULL, "maths" }, { "b", NULL, "law" }, { "c", NULL, "maths" }, { "d", NULL, "art" }
};
static const char *const models[] = { "m0", "m1" };

static struct observation rows[] = {
	{ 0, 0, 1.0, 0.1, NAN }, { 0, 1, 0.5, 0.2, NAN }, { 1, 0, 1.0, NAN, NAN },
	{ 2, 0, NAN, 0.4, NAN }, { 2, 1, 0.7, 0.3, NAN }, { 3, 1, 0.0, 0.0, NAN },
};

static struct test_table table_of_four_queries(void)
{
	struct dataset data = {
		.n_models = 2, .models = models, .n_queries = 4, .queries = queries, .n_rows = 6, .rows = rows
	};
	struct test_table table;
	ck_assert_int_eq(test_table_new(&data, &table), 0);
	return table;
}

START_TEST(rows_are_grouped_by_query_and_half_observed_cells_are_missing)
{
	struct test_table table = table_of_four_queries();
	ck_assert_uint_eq(table.n, 3);
	ck_assert_uint_eq(table.query[0], 0);
	ck_assert_uint_eq(table.query[1], 2);
	ck_assert_uint_eq(table.query[2], 3);
	ck_assert_double_eq(table.score[1], 0.5);
	ck_assert_double_nan(table.score[2]);
	ck_assert_double_nan(table.cost[2]);
	ck_assert_double_eq(table.cost[3], 0.3);
	ck_assert_double_nan(table.cost[4]);
	ck_assert_double_eq(table.score[5], 0.0);
	test_table_deinit(&table);
}
END_TEST

START_TEST(tasks_are_numbered_by_their_sorted_labels)
{
	struct test_table table = table_of_four_queries();
	ck_assert_uint_eq(table.n_tasks, 2);
	ck_assert_uint_eq(table.task[0], 1);
	ck_assert_uint_eq(table.task[1], 1);
	ck_assert_uint_eq(table.task[2], 0);
	test_table_deinit(&table);
}
END_TEST

START_TEST(a_selection_keeps_the_listed_rows_and_their_estimates)
{
	struct test_table table = table_of_four_queries(), own;
	double score[] = { 1, 2, 3, 4, 5, 6 }, cost[] = { 10, 20, 30, 40, 50, 60 };
	const uint8_t routable[] = { 1, 0 };
	struct estimates all = { score, cost, routable }, kept;
	const uint32_t wanted[] = { 1, 2, 3, 7 };
	ck_assert_int_eq(test_table_select(&table, wanted, 4, &own), 0);
	ck_assert_uint_eq(own.n, 2);
	ck_assert_uint_eq(own.query[1], 3);
	ck_assert_uint_eq(own.task[0], 1);
	ck_assert_double_eq(own.score[1], 0.7);
	ck_assert_int_eq(estimates_select(&table, &all, &own, &kept), 0);
	ck_assert_double_eq(kept.score[0], 3);
	ck_assert_double_eq(kept.cost[3], 60);
	ck_assert_ptr_eq(kept.routable, routable);
	estimates_deinit(&kept);
	test_table_deinit(&own);
	test_table_deinit(&table);
}
END_TEST

START_TEST(comparable_rows_have_two_observed_models)
{
	struct test_table table = table_of_four_queries(), comparable;
	ck_assert_int_eq(test_table_comparable(&table, &comparable), 0);
	ck_assert_uint_eq(comparable.n, 1);
	ck_assert(comparable.query[0] == 0 && comparable.score[1] == 0.5 && comparable.n_tasks == 2);
	test_table_deinit(&comparable);
	test_table_deinit(&table);
}
END_TEST

SUITE_MAIN("Test table", comparable_rows_have_two_observed_models,
	   rows_are_grouped_by_query_and_half_observed_cells_are_missing,
	   tasks_are_numbered_by_their_sorted_labels, a_selection_keeps_the_listed_rows_and_their_estimates)
