/* Files become one dataset: duplicates, shares of bad rows, containers, order. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/support/scratch.h"

#define ROW(id, model, score, cost)                                                                \
	"{\"id\":\"" id "\",\"query\":\"text of " id "\",\"model\":\"" model "\",\"score\":" score \
	",\"cost\":" cost "}\n"
#define GOOD ROW("g", "a", "1", "0.5") ROW("g", "b", "0", "0.25")

static struct reading read_files(size_t n, const char *const *files, double most_bad)
{
	return reading_of((struct log_source){
		.n_files = n, .files = files, .encoder = "hash:8", .max_bad = most_bad });
}

static const char *gzip(const char *name, const char *text, size_t cut)
{
	static unsigned char packed[1 << 16];
	z_stream stream = { .next_in = (unsigned char *)text,
			    .avail_in = (unsigned)strlen(text),
			    .next_out = packed,
			    .avail_out = sizeof(packed) };
	ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size_t n = stream.total_out;
	deflateEnd(&stream);
	return scratch_file(name, packed, n - cut);
}

static const char *zstd(const char *name, const char *text, size_t cut)
{
	static unsigned char packed[1 << 16];
	size_t n = ZSTD_compress(packed, sizeof(packed), text, strlen(text), 3);
	ck_assert(!ZSTD_isError(n));
	return scratch_file(name, packed, n - cut);
}

START_TEST(several_files_are_one_log_whatever_their_containers_and_formats)
{
	const char *const files[] = {
		scratch_text("1.jsonl", GOOD),
		gzip("2.jsonl.gz", ROW("h", "a", "0.5", "1"), 0),
		zstd("3.csv", "sample_id,prompt,eval_name,b,b|total_cost\nh,text of h,t,0.25,2\n", 0),
	};
	struct reading reading = read_files(3, files, 0);
	ck_assert_uint_eq(reading.data->n_queries, 2);
	ck_assert_uint_eq(reading.data->n_rows, 4);
	ck_assert_double_eq(reading_row(&reading, "h", "a")->score, 0.5);
	ck_assert_double_eq(reading_row(&reading, "h", "b")->cost, 2);
	ck_assert_uint_eq(reading.findings.n, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(equal_rows_are_one_observation_and_counted)
{
	struct reading reading = reading_text("log.jsonl", GOOD GOOD ROW("g", "a", "1.0", "5e-1"), 0);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	ck_assert_uint_eq(log_report(reading.log)->duplicates, 3);
	ck_assert_uint_eq(log_report(reading.log)->replaced, 0);
	ck_assert_uint_eq(log_report(reading.log)->rows_read, 5);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(of_rows_with_one_key_and_other_values_the_later_wins)
{
	const char *const files[] = { scratch_text("1.jsonl", GOOD ROW("g", "a", "0", "3")),
				      scratch_text("2.jsonl", ROW("g", "a", "0.5", "4")) };
	struct reading reading = read_files(2, files, 0);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->score, 0.5);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->cost, 4);
	ck_assert_uint_eq(log_report(reading.log)->replaced, 2);
	ck_assert_uint_eq(log_report(reading.log)->duplicates, 0);
	reading_close(&reading);
	const char *const turned[] = { files[1], files[0] };
	reading = read_files(2, turned, 0);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->cost, 3);
	reading_close(&reading);
}
END_TEST

START_TEST(a_bad_later_row_replaces_nothing)
{
	struct reading reading = reading_text("log.jsonl", GOOD ROW("g", "a", "1.7", "3"), 0.5);
	ck_assert_double_eq(reading_row(&reading, "g", "a")->cost, 0.5);
	ck_assert_uint_eq(log_report(reading.log)->replaced, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(another_text_under_the_same_id_is_noted_and_the_first_kept)
{
	struct reading reading =
		reading_text("log.jsonl",
			     GOOD
			     "{\"id\":\"g\",\"query\":\"secret\",\"model\":\"c\",\"score\":1,\"cost\":1}\n",
			     0);
	ck_assert_str_eq(reading.data->queries[0].text, "text of g");
	reading_told(&reading, "log.jsonl", 3, "note: another text under the same id", "log.jsonl:1 is kept");
	ck_assert_ptr_null(strstr(reading.findings.items[0].detail, "secret"));
	ck_assert_uint_eq(reading.data->n_rows, 3);
	reading_close(&reading);
}
END_TEST

/* `n` good rows, each of a query of its own, and then `rest`; the caller frees it. */
static char *good_rows(int n, const char *rest)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	for (int i = 0; i < n; i++)
		fprintf(out, "{\"id\":\"q%d\",\"query\":\"x\",\"model\":\"%s\",\"score\":1,\"cost\":1}\n", i,
			i % 2 ? "a" : "b");
	fputs(rest, out);
	fclose(out);
	return text;
}

START_TEST(a_share_of_bad_rows_is_skipped_and_one_more_fails)
{
	char *text = good_rows(97, ROW("x", "a", "2", "1") ROW("y", "a", "2", "1") ROW("z", "a", "2", "1"));

	struct reading reading = reading_text("log.jsonl", text, 0.03);
	ck_assert_int_eq(reading.result, LOG_E_OK);
	ck_assert_uint_eq(log_report(reading.log)->rows_read, 100);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 3);
	ck_assert_uint_eq(reading.data->n_queries, 97);
	reading_close(&reading);
	reading = reading_text("log.jsonl", text, 0.02);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	ck_assert_ptr_null(reading.log);
	reading_told(&reading, "log.jsonl", 0, "too many bad rows", "3 of 100, at most 2 % may be");
	reading_told(&reading, "log.jsonl", 98, "score outside [0,1]", NULL);
	reading_close(&reading);
	free(text);
}
END_TEST

START_TEST(no_bad_row_at_all_may_be_asked_for)
{
	const char *const files[] = { scratch_text("log.jsonl", GOOD ROW("x", "a", "2", "1")) };
	struct log_source source = { .n_files = 1, .files = files, .encoder = "hash:8", .max_bad = 0 };
	struct findings findings = { 0 };
	struct log *log = NULL;
	ck_assert_int_eq(log_read(&source, &findings, &log), LOG_E_BAD);
	findings_deinit(&findings);
}
END_TEST

START_TEST(why_a_log_failed_is_told_behind_any_number_of_bad_rows)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (int i = 0; i < 1000; i++)
		fprintf(out, "{\"id\":\"q%d\"}\n", i);
	fclose(out);
	struct reading reading = reading_text("log.jsonl", text, 0);
	free(text);
	reading_told(&reading, "log.jsonl", 0, "too many bad rows", "1000 of 1000");
	ck_assert_uint_eq(reading_count(&reading, "query text is empty"), 1000);
	reading_close(&reading);
}
END_TEST

/* Even when every row may be bad: half a file is not the file. */
START_TEST(a_truncated_or_corrupt_container_fails_whatever_may_be_bad)
{
	char corrupt[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03garbage garbage garbage";
	const char *const files[] = {
		gzip("cut.jsonl.gz", GOOD ROW("h", "a", "1", "1"), 12),
		zstd("cut.jsonl.zst", GOOD ROW("h", "a", "1", "1"), 5),
		scratch_file("corrupt.jsonl.gz", corrupt, sizeof(corrupt) - 1),
	};
	static const char *const reasons[] = { "truncated file", "truncated file", "corrupt file" };
	static const char *const details[] = { "gzip", "zstd", "gzip" };
	for (size_t i = 0; i < 3; i++) {
		const char *const both[] = { scratch_text("good.jsonl", GOOD), files[i] };
		struct reading reading = read_files(2, both, 1);
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		const struct finding *last = &reading.findings.items[reading.findings.n_items - 1];
		ck_assert_str_eq(last->file, files[i]);
		ck_assert_str_eq(last->reason, reasons[i]);
		ck_assert_uint_ge(last->line, 1);
		ck_assert_ptr_nonnull(strstr(last->detail, details[i]));
		ck_assert_ptr_nonnull(strstr(last->detail, "file again"));
		reading_close(&reading);
	}
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_named)
{
	const char *const missing[] = { scratch_path("missing.jsonl") };
	struct reading reading = read_files(1, missing, 0);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "missing.jsonl", 0, "cannot read the file", "No such file");
	reading_close(&reading);
	const char *const directory[] = { "/tmp" };
	reading = read_files(1, directory, 0);
	reading_told(&reading, "/tmp", 0, "cannot read the file", "Is a directory");
	reading_close(&reading);
}
END_TEST

START_TEST(an_empty_log_is_no_log)
{
	static const char *const texts[] = { "", "\n\n  \n", "\xef\xbb\xbf",
					     "sample_id,prompt,eval_name,a,a|total_cost\n",
					     "{\"id\":\"q\",\"query\":\"x\",\"scores\":{},\"costs\":{}}\n" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct reading reading = reading_text("empty.jsonl", texts[i], 0);
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		reading_told(&reading, "empty.jsonl", 0, "log is empty", "right file");
		reading_close(&reading);
	}
	struct reading none = read_files(0, NULL, 0);
	ck_assert_int_eq(none.result, LOG_E_BAD);
	reading_close(&none);
}
END_TEST

START_TEST(an_empty_file_among_others_is_noted)
{
	const char *const files[] = { scratch_text("1.jsonl", GOOD), scratch_text("2.jsonl", "\n") };
	struct reading reading = read_files(2, files, 0);
	ck_assert_int_eq(reading.result, LOG_E_OK);
	reading_told(&reading, "2.jsonl", 0, "note: file has no observation", NULL);
	reading_close(&reading);
}
END_TEST

START_TEST(one_model_is_not_enough)
{
	struct reading reading =
		reading_text("log.jsonl", ROW("g", "a", "1", "1") ROW("h", "a", "1", "1"), 0);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "log.jsonl", 0, "routing needs two models", "\"a\" only: add");
	reading_close(&reading);
}
END_TEST

START_TEST(a_model_without_any_score_or_any_cost_leaves_with_its_rows_and_queries)
{
	struct reading reading = reading_text("log.jsonl",
					      GOOD ROW("h", "aa", "1", "null") ROW("h", "b", "1", "1")
						      ROW("i", "c", "null", "1"),
					      0);
	ck_assert_uint_eq(reading.data->n_models, 2);
	ck_assert_str_eq(reading.data->models[1], "b");
	ck_assert_uint_eq(reading.data->n_queries, 2);
	ck_assert_double_eq(reading_row(&reading, "h", "b")->cost, 1);
	reading_told(&reading, "log.jsonl", 0, "note: model is left out", "\"aa\" has 1 scores and 0 costs");
	reading_told(&reading, "log.jsonl", 0, "note: model is left out", "\"c\" has 0 scores and 1 costs");
	reading_close(&reading);
	reading = reading_text("log.jsonl", ROW("h", "a", "1", "1") ROW("h", "b", "1", "null"), 0);
	reading_told(&reading, "log.jsonl", 0, "routing needs two models", "\"a\" only");
	reading_close(&reading);
}
END_TEST

START_TEST(a_model_with_one_row_stays)
{
	struct reading reading =
		reading_text("log.jsonl",
			     ROW("g", "a", "1", "1") ROW("h", "a", "1", "1") ROW("h", "b", "0", "1"), 0);
	ck_assert_uint_eq(reading.data->n_models, 2);
	ck_assert_uint_eq(reading.data->n_rows, 3);
	reading_close(&reading);
}
END_TEST

START_TEST(rows_are_ordered_by_the_raw_bytes_of_id_and_model)
{
	struct reading reading =
		reading_text("log.jsonl",
			     ROW("q9", "b", "1", "1") ROW("q10", "b", "1", "1") ROW("q10", "B", "1", "1")
				     ROW("\xc3\xa4", "a", "1", "1") ROW("Q", "\xe4\xb8\x80", "1", "1")
					     ROW("q10", "a", "1", "1") ROW("q1", "a", "1", "1"),
			     0);
	static const char *const models[] = { "B", "a", "b", "\xe4\xb8\x80" };
	static const char *const ids[] = { "Q", "q1", "q10", "q9", "\xc3\xa4" };
	static const uint32_t rows[][2] = { { 0, 3 }, { 1, 1 }, { 2, 0 }, { 2, 1 },
					    { 2, 2 }, { 3, 2 }, { 4, 1 } };
	const struct dataset *data = reading.data;
	ck_assert_uint_eq(data->n_models, 4);
	ck_assert_uint_eq(data->n_queries, 5);
	ck_assert_uint_eq(data->n_rows, 7);
	for (size_t m = 0; m < 4; m++)
		ck_assert_str_eq(data->models[m], models[m]);
	for (size_t q = 0; q < 5; q++)
		ck_assert_str_eq(data->queries[q].id, ids[q]);
	for (size_t i = 0; i < 7; i++) {
		ck_assert_uint_eq(data->rows[i].query, rows[i][0]);
		ck_assert_uint_eq(data->rows[i].model, rows[i][1]);
	}
	reading_close(&reading);
}
END_TEST

START_TEST(the_report_counts_what_is_there)
{
	struct reading reading =
		reading_text("log.jsonl",
			     "{\"id\":\"p\",\"task\":\"t\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":0},"
			     "\"derived_costs\":{\"a\":1,\"b\":1}}\n" GOOD GOOD,
			     0);
	const struct log_report *report = log_report(reading.log);
	ck_assert_uint_eq(report->rows_read, 6);
	ck_assert_uint_eq(report->queries, 2);
	ck_assert_uint_eq(report->models, 2);
	ck_assert_uint_eq(report->tasks, 2);
	ck_assert_uint_eq(report->observations, 4);
	ck_assert(report->derived_costs);
	ck_assert_str_eq(log_encoder(reading.log)->name, "hash");
	ck_assert_uint_eq(log_encoder(reading.log)->dimension, 8);
	reading_close(&reading);
}
END_TEST

static void count_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
	size_t *calls = context;
	ck_assert_ptr_nonnull(what);
	ck_assert_uint_le(done, total);
	++*calls;
}

START_TEST(progress_is_told_along_a_long_file)
{
	char *text = good_rows(3000, "");
	const char *const files[] = { scratch_text("log.jsonl", text) };
	free(text);
	size_t calls = 0;
	struct reading reading = reading_of((struct log_source){ .n_files = 1,
								 .files = files,
								 .encoder = "hash:8",
								 .progress = count_progress,
								 .progress_context = &calls });
	ck_assert_uint_ge(calls, 3);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/log", several_files_are_one_log_whatever_their_containers_and_formats,
	   equal_rows_are_one_observation_and_counted, of_rows_with_one_key_and_other_values_the_later_wins,
	   a_bad_later_row_replaces_nothing, another_text_under_the_same_id_is_noted_and_the_first_kept,
	   a_share_of_bad_rows_is_skipped_and_one_more_fails, no_bad_row_at_all_may_be_asked_for,
	   why_a_log_failed_is_told_behind_any_number_of_bad_rows,
	   a_truncated_or_corrupt_container_fails_whatever_may_be_bad, a_file_that_cannot_be_read_is_named,
	   an_empty_log_is_no_log, an_empty_file_among_others_is_noted, one_model_is_not_enough,
	   a_model_without_any_score_or_any_cost_leaves_with_its_rows_and_queries, a_model_with_one_row_stays,
	   rows_are_ordered_by_the_raw_bytes_of_id_and_model, the_report_counts_what_is_there,
	   progress_is_told_along_a_long_file)
