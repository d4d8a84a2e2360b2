/* One observation per line. */
#include "tests/unit/data/reading.h"

#include <string.h>

/* Two good rows of two models, so that the log can be used. */
#define GOOD                                                                           \
	"{\"id\":\"g\",\"query\":\"good\",\"model\":\"a\",\"score\":1,\"cost\":0.5}\n" \
	"{\"id\":\"g\",\"query\":\"good\",\"model\":\"b\",\"score\":0,\"cost\":0.25}\n"

/* A third line that must be bad for `reason`, without harm to the others. */
static void third_is_bad(const char *line, const char *reason, const char *detail)
{
	char text[4096];
	snprintf(text, sizeof(text), "%s%s\n", GOOD, line);
	struct reading reading = reading_text("bad.jsonl", text, 0.5);
	reading_told(&reading, "bad.jsonl", 3, reason, detail);
	ck_assert_int_eq(reading.result, LOG_E_OK);
	ck_assert_uint_eq(log_report(reading.log)->rows_read, 3);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 1);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_close(&reading);
}

START_TEST(rows_become_observations_with_their_values)
{
	struct reading reading = reading_text("log.jsonl", GOOD, 0);
	const struct observation *row = reading_row(&reading, "g", "b");
	ck_assert_uint_eq(reading.data->n_rows, 2);
	ck_assert_double_eq(row->score, 0.0);
	ck_assert_double_eq(row->cost, 0.25);
	ck_assert_double_nan(row->propensity);
	ck_assert_str_eq(reading.data->queries[row->query].text, "good");
	ck_assert_str_eq(reading.data->queries[row->query].task, "unknown");
	reading_close(&reading);
}
END_TEST

START_TEST(the_optional_fields_are_read_or_passed_over)
{
	struct reading reading =
		reading_text("log.jsonl",
			     GOOD "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1,"
				  "\"task\":\"math\",\"propensity\":0.25,"
				  "\"time\":\"2026-01-01T00:00:00Z\",\"tokens_in\":3,\"tokens_out\":4,"
				  "\"latency_ms\":9.5,\"meta\":{\"x\":[1]}}\n",
			     0);
	const struct observation *row = reading_row(&reading, "q", "a");
	ck_assert_double_eq(row->propensity, 0.25);
	ck_assert_str_eq(reading.data->queries[row->query].task, "math");
	reading_close(&reading);
}
END_TEST

/* Nothing is learned from the time, so a strange one spoils no row. */
START_TEST(a_malformed_time_does_no_harm)
{
	struct reading reading = reading_text(
		"log.jsonl",
		GOOD "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1,"
		     "\"time\":\"yesterday\"}\n"
		     "{\"id\":\"r\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1,\"time\":-17}\n",
		0);
	ck_assert_uint_eq(reading.data->n_rows, 4);
	ck_assert_uint_eq(reading.findings.n, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(each_kind_of_bad_row_has_its_reason)
{
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1.7,\"cost\":1}",
		     "score outside [0,1]", "model \"a\": 1.7: ");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":-2}",
		     "cost is negative", "model \"a\": -2: ");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":\"free\"}",
		     "cost is not a finite number", "model \"a\": write");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1,\"propensity\":0}",
		     "propensity outside (0,1]", "model \"a\": 0: ");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\"}", "neither score nor cost",
		     "model \"a\": ");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"\",\"score\":1,\"cost\":1}",
		     "model name is empty", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"score\":1,\"cost\":1}", "model name is missing",
		     "\"model\"");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":7,\"score\":1,\"cost\":1}",
		     "model name is missing", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\\u001b[2J\",\"score\":1,\"cost\":1}",
		     "model name has control characters", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":\"\",\"model\":\"a\",\"score\":1,\"cost\":1}",
		     "query text is empty", NULL);
	third_is_bad("{\"id\":\"q\",\"model\":\"a\",\"score\":1,\"cost\":1}", "query text is empty", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":[\"x\"],\"model\":\"a\",\"score\":1,\"cost\":1}",
		     "query text is empty", NULL);
	third_is_bad("{\"query\":\"\",\"model\":\"a\",\"score\":1,\"cost\":1}", "neither query text nor id",
		     NULL);
}
END_TEST

/* As Python's json writes them. */
START_TEST(nan_and_infinity_spoil_their_row_only)
{
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":NaN}",
		     "cost is not a finite number", "model \"a\": write");
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":-Infinity}",
		     "cost is not a finite number", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":Infinity,\"cost\":1}",
		     "score is not a number", NULL);
}
END_TEST

START_TEST(numbers_beyond_float64_spoil_their_row_only)
{
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1e400}",
		     "cost is not a finite number", NULL);
	third_is_bad("{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":-1e999,\"cost\":1}",
		     "score is not a number", NULL);
}
END_TEST

START_TEST(a_number_beyond_64_bits_in_a_field_that_nobody_reads_does_no_harm)
{
	struct reading reading = reading_text("log.jsonl",
					      GOOD "{\"id\":\"q\",\"query\":\"NaN \\\"-1e400\\\" Infinity\","
						   "\"hash\":184467440737095516160,\"x\":[-1e999, NaN],"
						   "\"model\":\"a\",\"score\":1,\"cost\":1}\n",
					      0);
	const struct observation *row = reading_row(&reading, "q", "a");
	ck_assert_ptr_nonnull(row);
	ck_assert_str_eq(reading.data->queries[row->query].text, "NaN \"-1e400\" Infinity");
	ck_assert_uint_eq(reading.findings.n, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(a_row_with_one_of_both_values_counts)
{
	struct reading reading =
		reading_text("log.jsonl",
			     GOOD
			     "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"cost\":1}\n"
			     "{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":0.5,\"cost\":null}\n",
			     0);
	ck_assert_double_nan(reading_row(&reading, "q", "a")->score);
	ck_assert_double_eq(reading_row(&reading, "q", "a")->cost, 1);
	ck_assert_double_eq(reading_row(&reading, "q", "b")->score, 0.5);
	ck_assert_double_nan(reading_row(&reading, "q", "b")->cost);
	reading_close(&reading);
}
END_TEST

START_TEST(of_a_key_that_an_object_has_twice_the_last_one_counts)
{
	struct reading reading = reading_text(
		"log.jsonl",
		GOOD "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":0,\"cost\":1,\"score\":1}\n",
		0);
	ck_assert_double_eq(reading_row(&reading, "q", "a")->score, 1);
	reading_close(&reading);
}
END_TEST

START_TEST(long_names_of_models_are_refused_without_being_repeated)
{
	static char text[8192], name[4000];
	for (size_t i = 0; i + 1 < sizeof(name); i++)
		name[i] = 'm';
	snprintf(text, sizeof(text),
		 "%s{\"id\":\"q\",\"query\":\"x\",\"model\":\"%s\",\"score\":1,\"cost\":1}\n", GOOD, name);
	struct reading reading = reading_text("long.jsonl", text, 0.5);
	reading_told(&reading, "long.jsonl", 3, "model name is too long", NULL);
	ck_assert_uint_lt(strlen(reading.findings.items[0].detail), 100);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/format_canonical", rows_become_observations_with_their_values,
	   the_optional_fields_are_read_or_passed_over, a_malformed_time_does_no_harm,
	   each_kind_of_bad_row_has_its_reason, nan_and_infinity_spoil_their_row_only,
	   numbers_beyond_float64_spoil_their_row_only,
	   a_number_beyond_64_bits_in_a_field_that_nobody_reads_does_no_harm,
	   a_row_with_one_of_both_values_counts, of_a_key_that_an_object_has_twice_the_last_one_counts,
	   long_names_of_models_are_refused_without_being_repeated)
