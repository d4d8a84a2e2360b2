/* One query per line, its models beside each other. */
#include "tests/unit/data/reading.h"

#include <string.h>

#define GOOD "{\"id\":\"g\",\"query\":\"good\",\"scores\":{\"a\":1,\"b\":0},\"costs\":{\"a\":2,\"b\":1}}\n"

static struct reading second(const char *line)
{
	char text[4096];
	snprintf(text, sizeof(text), "%s%s\n", GOOD, line);
	return reading_text("wide.jsonl", text, 0.6);
}

START_TEST(every_cell_with_a_value_is_an_observation)
{
	struct reading reading =
		second("{\"id\":\"q\",\"query\":\"x\",\"task\":\"t\",\"scores\":{\"b\":0.25,\"a\":\"0.5\"},"
		       "\"costs\":{\"a\":0.1,\"b\":{\"total_cost\":0.2}}}");
	ck_assert_uint_eq(reading.data->n_rows, 4);
	ck_assert_double_eq(reading_row(&reading, "q", "a")->score, 0.5);
	ck_assert_double_eq(reading_row(&reading, "q", "b")->cost, 0.2);
	ck_assert_double_nan(reading_row(&reading, "q", "b")->propensity);
	ck_assert(!log_report(reading.log)->derived_costs);
	reading_close(&reading);
}
END_TEST

START_TEST(derived_costs_count_only_where_costs_are_absent)
{
	struct reading reading =
		second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":1},\"costs\":{\"a\":3},"
		       "\"derived_costs\":{\"a\":9,\"b\":9}}");
	ck_assert_double_eq(reading_row(&reading, "q", "a")->cost, 3);
	ck_assert_double_nan(reading_row(&reading, "q", "b")->cost);
	ck_assert(!log_report(reading.log)->derived_costs);
	reading_close(&reading);
	reading = second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1},\"derived_costs\":{\"a\":9}}");
	ck_assert_double_eq(reading_row(&reading, "q", "a")->cost, 9);
	ck_assert(log_report(reading.log)->derived_costs);
	reading_close(&reading);
	reading = second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1},\"costs\":null,"
			 "\"derived_costs\":{\"a\":8}}");
	ck_assert_double_eq(reading_row(&reading, "q", "a")->cost, 8);
	reading_close(&reading);
}
END_TEST

START_TEST(a_cell_with_neither_value_is_missing_and_no_bad_row)
{
	struct reading reading = second(
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":null,\"b\":1},\"costs\":{\"a\":\"\"}}");
	ck_assert_ptr_null(reading_row(&reading, "q", "a"));
	ck_assert_double_nan(reading_row(&reading, "q", "b")->cost);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 0);
	ck_assert_uint_eq(log_report(reading.log)->rows_read, 3);
	reading_close(&reading);
}
END_TEST

START_TEST(a_model_with_a_cost_only_is_a_row_with_a_cost_only)
{
	struct reading reading =
		second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1},\"costs\":{\"a\":1,\"b\":0.5}}");
	ck_assert_double_nan(reading_row(&reading, "q", "b")->score);
	ck_assert_double_eq(reading_row(&reading, "q", "b")->cost, 0.5);
	reading_close(&reading);
}
END_TEST

START_TEST(a_bad_cell_is_a_bad_row_of_its_own_and_the_others_count)
{
	struct reading reading = second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1.7,\"b\":1,\"\":1},"
					"\"costs\":{\"a\":1,\"b\":1,\"c\":-3}}");
	ck_assert_ptr_nonnull(reading_row(&reading, "q", "b"));
	ck_assert_uint_eq(log_report(reading.log)->rows_read, 6);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 3);
	reading_told(&reading, "wide.jsonl", 2, "score outside [0,1]", "model \"a\": 1.7");
	reading_told(&reading, "wide.jsonl", 2, "model name is empty", NULL);
	reading_told(&reading, "wide.jsonl", 2, "cost is negative", "model \"c\": -3");
	reading_close(&reading);
}
END_TEST

START_TEST(scores_and_costs_that_are_no_objects_spoil_the_line)
{
	static const char *const lines[] = {
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":[1,2],\"costs\":{}}",
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":null,\"costs\":{}}",
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1},\"costs\":3}",
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct reading reading = second(lines[i]);
		reading_told(&reading, "wide.jsonl", 2, "scores and costs are not objects by model", "MODEL");
		ck_assert_uint_eq(reading.data->n_rows, 2);
		reading_close(&reading);
	}
}
END_TEST

START_TEST(of_a_model_that_stands_twice_in_a_line_the_last_cell_counts)
{
	struct reading reading =
		second("{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":0,\"a\":1},\"costs\":{\"a\":1}}");
	ck_assert_double_eq(reading_row(&reading, "q", "a")->score, 1);
	ck_assert_uint_eq(reading.data->n_rows, 3);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/format_wide", every_cell_with_a_value_is_an_observation,
	   derived_costs_count_only_where_costs_are_absent,
	   a_cell_with_neither_value_is_missing_and_no_bad_row,
	   a_model_with_a_cost_only_is_a_row_with_a_cost_only,
	   a_bad_cell_is_a_bad_row_of_its_own_and_the_others_count,
	   scores_and_costs_that_are_no_objects_spoil_the_line,
	   of_a_model_that_stands_twice_in_a_line_the_last_cell_counts)
