/* Which format a file has. */
#include "tests/unit/data/reading.h"

#include "common/data/log_format.h"
#include "tests/support/scratch.h"

/* How many rows of `text` are read and how many are bad. */
static void reads(const char *text, size_t rows, size_t bad)
{
	struct findings findings = { 0 };
	struct log_build build = { .findings = &findings };
	ck_assert_int_eq(log_format_read(scratch_text("log", text), NULL, &build), LOG_E_OK);
	ck_assert_msg(build.report.rows_read == rows && build.report.rows_bad == bad,
		      "%zu rows, %zu of them bad, in: %s", build.report.rows_read, build.report.rows_bad,
		      text);
	log_build_deinit(&build);
	findings_deinit(&findings);
}

#define JSON "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}\n"
#define CSV "sample_id,prompt,eval_name,a,a|total_cost\nq,x,t,1,1\n"

START_TEST(json_lines_are_known_by_their_brace_and_csv_by_its_header)
{
	reads(JSON JSON, 2, 0);
	reads(CSV, 1, 0);
	reads("\"prompt\",\"sample_id\",\"a\",\"eval_name\",\"a|total_cost\"\nx,q,1,t,1\n", 1, 0);
}
END_TEST

START_TEST(blank_lines_in_front_do_not_count)
{
	reads("\n \t\r\n" JSON, 1, 0);
	reads("\n\n" CSV, 1, 0);
	reads("\xef\xbb\xbf" CSV, 1, 0);
}
END_TEST

START_TEST(a_torn_first_line_is_still_json_lines)
{
	reads("e\":1}\n" JSON, 2, 1);
	reads("\xff\xfe\n" JSON, 2, 1);
}
END_TEST

START_TEST(an_empty_file_has_no_rows)
{
	reads("", 0, 0);
	reads("\n\n", 0, 0);
}
END_TEST

/* The name is no reason to read a file otherwise. */
START_TEST(the_content_decides_and_not_the_name)
{
	struct findings findings = { 0 };
	struct log_build build = { .findings = &findings };
	ck_assert_int_eq(log_format_read(scratch_text("really.csv", JSON), NULL, &build), LOG_E_OK);
	ck_assert_int_eq(log_format_read(scratch_text("really.jsonl", CSV), NULL, &build), LOG_E_OK);
	ck_assert_uint_eq(build.report.rows_read, 2);
	ck_assert_uint_eq(build.report.rows_bad, 0);
	log_build_deinit(&build);
	findings_deinit(&findings);
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_is_bad)
{
	struct findings findings = { 0 };
	struct log_build build = { .findings = &findings };
	ck_assert_int_eq(log_format_read(scratch_path("missing"), NULL, &build), LOG_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	log_build_deinit(&build);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("data/log_format", json_lines_are_known_by_their_brace_and_csv_by_its_header,
	   blank_lines_in_front_do_not_count, a_torn_first_line_is_still_json_lines,
	   an_empty_file_has_no_rows, the_content_decides_and_not_the_name,
	   a_file_that_cannot_be_opened_is_bad)
