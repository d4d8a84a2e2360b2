/* RouterBench's wide CSV. */
#include "tests/unit/data/reading.h"

#include <string.h>

#include "tests/support/scratch.h"

#define HEADER \
	"sample_id,prompt,eval_name,a,b,a|model_response,a|total_cost,b|total_cost,oracle_model_to_route_to\n"
#define GOOD "g,good,mmlu,1.0,0.0,answer,0.5,0.25,a\n"

static struct reading read_csv(const char *rows, double most_bad)
{
	char text[8192];
	snprintf(text, sizeof(text), "%s%s", HEADER, rows);
	return reading_text("bench.csv", text, most_bad);
}

static const char *text_of(const struct reading *reading, const char *id)
{
	return reading->data->queries[reading_row(reading, id, "a")->query].text;
}

START_TEST(models_are_the_names_with_both_columns_and_each_cell_is_an_observation)
{
	struct reading reading = read_csv(GOOD, 0);
	ck_assert_uint_eq(reading.data->n_models, 2);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->score, 1);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->cost, 0.5);
	ck_assert_double_eq(reading_row(&reading, "g", "b")->cost, 0.25);
	ck_assert_str_eq(reading.data->queries[0].task, "mmlu");
	ck_assert_uint_eq(reading.findings.n, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(prompts_written_as_python_lists_are_read_as_their_text)
{
	struct reading reading =
		read_csv("p,\"['It\\'s \\\\ \"\"here\"\"\\n\\u00e9', 'second']\",t,1,1,,1,1,a\n"
			 "q,\"[\"\"one's\"\"]\",t,1,1,,1,1,a\n"
			 "r,[1] is a citation,t,1,1,,1,1,a\n",
			 0);
	ck_assert_str_eq(text_of(&reading, "p"), "It's \\ \"here\"\n\xc3\xa9\nsecond");
	ck_assert_str_eq(text_of(&reading, "q"), "one's");
	ck_assert_str_eq(text_of(&reading, "r"), "[1] is a citation");
	reading_close(&reading);
}
END_TEST

START_TEST(quoted_cells_hold_commas_quotes_and_line_ends)
{
	struct reading reading =
		read_csv("p,\"one, \"\"two\"\"\r\n\r\nthree\",t,1,1,\"an\nanswer, long\",1,1,a\r\n" GOOD
			 "q,x,t,2,1,,1,1,a\n",
			 0.5);
	ck_assert_str_eq(text_of(&reading, "p"), "one, \"two\"\n\nthree");
	reading_told(&reading, "bench.csv", 7, "score outside [0,1]", "model \"a\": 2");
	reading_close(&reading);
}
END_TEST

START_TEST(blank_cells_are_missing)
{
	struct reading reading = read_csv(GOOD "q,x,t,,1,,,nan,a\n\n  \nr,x,t,1,,,None,3,a\n", 0);
	ck_assert_ptr_null(reading_row(&reading, "q", "a"));
	ck_assert_double_eq(reading_row(&reading, "q", "b")->score, 1);
	ck_assert_double_nan(reading_row(&reading, "q", "b")->cost);
	ck_assert_double_nan(reading_row(&reading, "r", "a")->cost);
	ck_assert_double_nan(reading_row(&reading, "r", "b")->score);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(bad_cells_are_told_by_line_and_model)
{
	struct reading reading =
		read_csv(GOOD "q,x,t,1.7,right,,1,1,a\nr,x,t,1,1,,-2,inf,a\ns,,t,1,1,,1,1,a\n", 0.9);
	reading_told(&reading, "bench.csv", 3, "score outside [0,1]", "model \"a\": 1.7");
	reading_told(&reading, "bench.csv", 3, "score is not a number", "model \"b\"");
	reading_told(&reading, "bench.csv", 4, "cost is negative", "model \"a\": -2");
	reading_told(&reading, "bench.csv", 4, "cost is not a finite number", "model \"b\"");
	reading_told(&reading, "bench.csv", 5, "query text is empty", NULL);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_close(&reading);
}
END_TEST

static void refuses(const char *text, const char *reason, const char *detail)
{
	struct reading reading = reading_text("bench.csv", text, 1);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "bench.csv", 1, reason, detail);
	reading_close(&reading);
}

START_TEST(a_missing_column_is_named)
{
	refuses("prompt,eval_name,a,a|total_cost\nx,t,1,1\n", "column is missing", "\"sample_id\"");
	refuses("sample_id,eval_name,a,a|total_cost\nx,t,1,1\n", "column is missing", "\"prompt\"");
	refuses("sample_id,prompt,a,a|total_cost\nx,t,1,1\n", "column is missing", "\"eval_name\"");
	refuses("sample_id,prompt,eval_name,a\nx,t,u,1\n", "column is missing", "\"MODEL|total_cost\"");
}
END_TEST

START_TEST(a_column_without_its_partner_is_noted)
{
	struct reading reading =
		reading_text("bench.csv",
			     "sample_id,prompt,eval_name,,a,b,c,a|total_cost,b|total_cost,d|total_cost\n"
			     "q,x,t,0,1,1,1,1,1,1\n",
			     0);
	ck_assert_uint_eq(reading.data->n_models, 2);
	reading_told(&reading, "bench.csv", 1, "note: column is not read", "\"\": ");
	reading_told(&reading, "bench.csv", 1, "note: column is not read", "\"c\": a model needs");
	reading_told(&reading, "bench.csv", 1, "note: column is not read", "\"d|total_cost\": a model needs");
	ck_assert_uint_eq(reading.findings.n, 3);
	reading_close(&reading);
}
END_TEST

START_TEST(a_header_that_cannot_be_read_is_told_before_any_row)
{
	refuses("sample_id,\"prompt,eval_name,a,a|total_cost\nx,t,1,1\n", "header cannot be read",
		"quotes do not close");
	refuses("sample_id,prompt,eval_name,a\xff,a\xff|total_cost\nq,x,t,1,1\n", "header cannot be read",
		"not UTF-8");
	static char wide[5000] = "sample_id,prompt,eval_name";
	for (size_t n = strlen(wide); n < sizeof(wide) - 1; n++)
		wide[n] = ',';
	refuses(wide, "header cannot be read", "4096 columns");
	const char *const files[] = { scratch_file("nul.csv", "sample_id,prompt\0,eval_name\n", 27) };
	struct reading reading =
		reading_of((struct log_source){ .n_files = 1, .files = files, .encoder = "hash:8" });
	reading_told(&reading, "nul.csv", 1, "header cannot be read", "NUL bytes");
	reading_close(&reading);
}
END_TEST

START_TEST(a_name_that_no_model_can_have_is_noted)
{
	static char text[4096], name[300];
	for (size_t i = 0; i + 1 < sizeof(name); i++)
		name[i] = 'm';
	snprintf(text, sizeof(text),
		 "sample_id,prompt,eval_name,a,b,%s,\x1b[2J,"
		 "a|total_cost,b|total_cost,%s|total_cost,\x1b[2J|total_cost\n"
		 "q,x,t,1,1,1,1,1,1,1,1\n",
		 name, name);
	struct reading reading = reading_text("bench.csv", text, 0);
	ck_assert_uint_eq(reading.data->n_models, 2);
	reading_told(&reading, "bench.csv", 1, "note: column is not read", "model name is too long");
	reading_told(&reading, "bench.csv", 1, "note: column is not read",
		     "model name has control characters");
	reading_close(&reading);
}
END_TEST

START_TEST(a_row_of_another_length_is_torn)
{
	struct reading reading = read_csv(GOOD "q,x,t,1,1,,1,1\nr,x,y,t,1,1,,1,1,a\n", 0.9);
	reading_told(&reading, "bench.csv", 3, "row has another number of cells", "8, the header has 9");
	reading_told(&reading, "bench.csv", 4, "row has another number of cells", "10, the header has 9");
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_close(&reading);
}
END_TEST

START_TEST(quotes_that_never_close_are_told_where_they_open)
{
	struct reading reading = read_csv(GOOD "q,\"x,t,1,1,,1,1,a\nr,x,t,1,1,,1,1,a\n", 0.9);
	reading_told(&reading, "bench.csv", 3, "row is longer than 4 MiB or its quotes do not close",
		     "close the quotes");
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_close(&reading);
}
END_TEST

START_TEST(only_cells_that_are_read_must_be_text)
{
	struct reading reading = read_csv(GOOD "q,x\xff,t,1,1,,1,1,a\nr,x,t,1,1,\xff answer,1,1,a\n", 0.9);
	reading_told(&reading, "bench.csv", 3, "row is not UTF-8 text", NULL);
	ck_assert_ptr_nonnull(reading_row(&reading, "r", "a"));
	ck_assert_uint_eq(reading.findings.n, 1);
	reading_close(&reading);
	static const char nul[] = HEADER GOOD "q,x\0y,t,1,1,,1,1,a\n";
	const char *const files[] = { scratch_file("nul.csv", nul, sizeof(nul) - 1) };
	reading = reading_of(
		(struct log_source){ .n_files = 1, .files = files, .encoder = "hash:8", .max_bad = 0.9 });
	reading_told(&reading, "nul.csv", 3, "row is not UTF-8 text", "NUL");
	reading_close(&reading);
}
END_TEST

/* printf 'x' | sha256sum */
START_TEST(a_blank_id_is_the_digest_of_the_text_and_a_blank_task_unknown)
{
	struct reading reading = read_csv(",['x'],,1,1,,1,1,a\n", 0);
	ck_assert_str_eq(reading.data->queries[0].id,
			 "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
	ck_assert_str_eq(reading.data->queries[0].task, "unknown");
	reading_close(&reading);
}
END_TEST

START_TEST(a_json_line_that_speaks_of_sample_ids_is_still_json)
{
	struct reading reading =
		reading_text("log.jsonl",
			     " {\"id\":\"sample_id\",\"query\":\"x\",\"scores\":{\"a\":1,\"b|total_cost\":0},"
			     "\"costs\":{\"a\":1,\"b|total_cost\":1}}\n",
			     0);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/format_routerbench", models_are_the_names_with_both_columns_and_each_cell_is_an_observation,
	   prompts_written_as_python_lists_are_read_as_their_text,
	   quoted_cells_hold_commas_quotes_and_line_ends, blank_cells_are_missing,
	   bad_cells_are_told_by_line_and_model, a_missing_column_is_named,
	   a_column_without_its_partner_is_noted, a_header_that_cannot_be_read_is_told_before_any_row,
	   a_name_that_no_model_can_have_is_noted, a_row_of_another_length_is_torn,
	   quotes_that_never_close_are_told_where_they_open, only_cells_that_are_read_must_be_text,
	   a_blank_id_is_the_digest_of_the_text_and_a_blank_task_unknown,
	   a_json_line_that_speaks_of_sample_ids_is_still_json)
