/* Lines of JSON, whole and torn. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>

#define ROW(id, model, score)                                                                      \
	"{\"id\":\"" id "\",\"query\":\"text of " id "\",\"model\":\"" model "\",\"score\":" score \
	",\"cost\":1}\n"
#define GOOD ROW("g", "a", "1") ROW("g", "b", "0")

enum { MEGABYTE = 1 << 20 };

static void third_is_torn(const char *line, const char *reason, const char *detail)
{
	char text[4096];
	snprintf(text, sizeof(text), "%s%s\n%s", GOOD, line, ROW("h", "a", "1"));
	struct reading reading = reading_text("torn.jsonl", text, 0.5);
	reading_told(&reading, "torn.jsonl", 3, reason, detail);
	ck_assert_int_eq(reading.result, LOG_E_OK);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 1);
	ck_assert_uint_eq(reading.data->n_rows, 3);
	reading_close(&reading);
}

START_TEST(a_line_that_is_not_an_object_is_told_with_its_place_and_never_quoted)
{
	third_is_torn("{\"query\":\"secret words\" \"model\":1}", "line is not JSON", "at byte ");
	third_is_torn("{\"query\":\"secret words", "line is not JSON", "whole object per line");
	third_is_torn("[1,2]", "line is not a JSON object", "one object per line");
	third_is_torn("secret words", "line is not JSON", "at byte ");
	third_is_torn("{\"query\":\"secret\\u0000\"}", "line is not JSON", "remove the character \\u0000");
	third_is_torn("{\"query\":\"\xff\xfe\"}", "line is not JSON", "not UTF-8, convert the file");
	third_is_torn("{\"id\":1.5,\"query\":\"secret\"}", "id is not a string", NULL);
	third_is_torn("{\"id\":{},\"query\":\"secret\"}", "id is not a string", NULL);
	struct reading reading = reading_text("torn.jsonl", GOOD "{\"query\":\"secret words\" 1}\n", 0.5);
	for (size_t i = 0; i < reading.findings.n_items; i++)
		ck_assert_ptr_null(strstr(reading.findings.items[i].detail, "secret"));
	reading_close(&reading);
}
END_TEST

START_TEST(a_hundred_thousand_nested_brackets_are_one_bad_row)
{
	enum { DEPTH = 100000 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fputs(GOOD "{\"id\":\"q\",\"query\":\"x\",\"meta\":", out);
	for (size_t i = 0; i < 2 * (size_t)DEPTH; i++)
		fputc(i < DEPTH ? '[' : ']', out);
	fputs("}\n" ROW("h", "a", "1"), out);
	fclose(out);

	struct reading reading = reading_text("deep.jsonl", text, 0.5);
	free(text);
	reading_told(&reading, "deep.jsonl", 3, "line is not JSON", "nested too deeply");
	ck_assert_uint_eq(reading.data->n_rows, 3);
	reading_close(&reading);
}
END_TEST

/* GOOD, and a third line whose text has that many megabytes; the caller frees it. */
static char *with_text_of(size_t megabytes)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	fputs(GOOD "{\"id\":\"q\",\"query\":\"", out);
	for (size_t i = 0; i < megabytes * MEGABYTE; i++)
		fputc((int)('a' + i % 26), out);
	fputs("\",\"model\":\"a\",\"score\":1,\"cost\":1}\n" ROW("h", "a", "1"), out);
	fclose(out);
	return text;
}

START_TEST(a_line_of_five_megabytes_is_one_bad_row)
{
	char *text = with_text_of(5);
	struct reading reading = reading_text("long.jsonl", text, 0.5);
	free(text);
	reading_told(&reading, "long.jsonl", 3, "line is longer than 4 MiB", "shorten");
	ck_assert_uint_eq(reading.data->n_rows, 3);
	ck_assert_ptr_null(reading_row(&reading, "q", "a"));
	reading_close(&reading);
}
END_TEST

START_TEST(a_text_of_three_megabytes_is_kept_as_a_whole)
{
	char *text = with_text_of(3);
	struct reading reading = reading_text("large.jsonl", text, 0);
	free(text);
	const struct observation *row = reading_row(&reading, "q", "a");
	ck_assert_uint_eq(strlen(reading.data->queries[row->query].text), 3 * MEGABYTE);
	reading_close(&reading);
}
END_TEST

START_TEST(a_mark_of_byte_order_and_carriage_returns_and_blank_lines_are_passed_over)
{
	struct reading reading =
		reading_text("crlf.jsonl",
			     "\xef\xbb\xbf\r\n"
			     "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}\r\n"
			     "   \r\n\n"
			     "{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":7,\"cost\":1}\r\n"
			     "  {\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":0,\"cost\":1}  \r",
			     0.5);
	ck_assert_int_eq(reading.result, LOG_E_OK);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_told(&reading, "crlf.jsonl", 5, "score outside [0,1]", NULL);
	ck_assert_uint_eq(reading.findings.n, 1);
	reading_close(&reading);
}
END_TEST

START_TEST(ids_and_tasks_may_be_whole_numbers)
{
	struct reading reading = reading_text(
		"log.jsonl",
		GOOD "{\"id\":17,\"task\":3,\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}\n"
		     "{\"id\":\"17\",\"query\":\"x\",\"model\":\"b\",\"score\":1,\"cost\":1}\n"
		     "{\"id\":-9223372036854775808,\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}\n",
		0);
	ck_assert_str_eq(reading.data->queries[reading_row(&reading, "17", "b")->query].task, "3");
	ck_assert_ptr_nonnull(reading_row(&reading, "-9223372036854775808", "a"));
	reading_close(&reading);
	third_is_torn("{\"id\":18446744073709551616,\"query\":\"x\"}", "id is not a string", "64 bits");
}
END_TEST

START_TEST(a_task_that_is_no_text_spoils_its_row_but_not_the_query)
{
	third_is_torn("{\"id\":\"q\",\"task\":[1],\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}",
		      "task is not a string", NULL);
	struct reading reading =
		reading_text("log.jsonl",
			     GOOD "{\"id\":\"q\",\"task\":null,\"query\":\"x\",\"model\":\"a\",\"score\":1,"
				  "\"cost\":1}\n",
			     0);
	ck_assert_str_eq(reading.data->queries[reading_row(&reading, "q", "a")->query].task, "unknown");
	reading_close(&reading);
}
END_TEST

/* printf 'What is 2 + 2?' | sha256sum */
START_TEST(a_query_without_an_id_is_called_by_the_digest_of_its_text)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"query\":\"What is 2 + 2?\",\"model\":\"a\",\"score\":1,\"cost\":1}\n"
		"{\"id\":\"\",\"query\":\"What is 2 + 2?\",\"model\":\"b\",\"score\":1,\"cost\":1}\n"
		"{\"id\":null,\"query\":\"What is 2 + 2?\",\"model\":\"c\",\"score\":1,\"cost\":1}\n",
		0);
	ck_assert_uint_eq(reading.data->n_queries, 1);
	ck_assert_uint_eq(reading.data->n_rows, 3);
	ck_assert_str_eq(reading.data->queries[0].id,
			 "38d46ad3618826cf660df542bcf13a3b92b61df92854e2723efcba659af53f4b");
	reading_close(&reading);
}
END_TEST

START_TEST(canonical_and_wide_lines_may_stand_in_one_file)
{
	struct reading reading = reading_text(
		"log.jsonl",
		GOOD "{\"id\":\"w\",\"query\":\"x\",\"scores\":{\"a\":1,\"c\":0.5},\"costs\":{\"a\":1,"
		     "\"c\":2}}\n",
		0);
	ck_assert_uint_eq(reading.data->n_rows, 4);
	ck_assert_double_eq(reading_row(&reading, "w", "c")->cost, 2);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/format_jsonl", a_line_that_is_not_an_object_is_told_with_its_place_and_never_quoted,
	   a_hundred_thousand_nested_brackets_are_one_bad_row, a_line_of_five_megabytes_is_one_bad_row,
	   a_text_of_three_megabytes_is_kept_as_a_whole,
	   a_mark_of_byte_order_and_carriage_returns_and_blank_lines_are_passed_over,
	   ids_and_tasks_may_be_whole_numbers, a_task_that_is_no_text_spoils_its_row_but_not_the_query,
	   a_query_without_an_id_is_called_by_the_digest_of_its_text,
	   canonical_and_wide_lines_may_stand_in_one_file)
