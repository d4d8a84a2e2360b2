/* A dataset as a canonical log, and read again. */
#include "tests/unit/data/reading.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"

static struct reading read_again(const struct reading *reading)
{
	const char *path = scratch_path("again.jsonl");
	ck_assert_int_eq(log_write(reading->data, path), 0);
	const char *const files[] = { path };
	return reading_of((struct log_source){ .n_files = 1, .files = files, .encoder = "hash:8" });
}

static void is_same(double a, double b)
{
	ck_assert_msg((isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b)), "%.17g became %.17g", a,
		      b);
}

static void is_same_data(const struct dataset *a, const struct dataset *b)
{
	ck_assert_uint_eq(a->n_models, b->n_models);
	ck_assert_uint_eq(a->n_queries, b->n_queries);
	ck_assert_uint_eq(a->n_rows, b->n_rows);
	for (size_t m = 0; m < a->n_models; m++)
		ck_assert_str_eq(a->models[m], b->models[m]);
	for (size_t q = 0; q < a->n_queries; q++) {
		ck_assert_str_eq(a->queries[q].id, b->queries[q].id);
		ck_assert_str_eq(a->queries[q].text, b->queries[q].text);
		ck_assert_str_eq(a->queries[q].task, b->queries[q].task);
	}
	for (size_t i = 0; i < a->n_rows; i++) {
		ck_assert_uint_eq(a->rows[i].query, b->rows[i].query);
		ck_assert_uint_eq(a->rows[i].model, b->rows[i].model);
		is_same(a->rows[i].score, b->rows[i].score);
		is_same(a->rows[i].cost, b->rows[i].cost);
		is_same(a->rows[i].propensity, b->rows[i].propensity);
	}
	ck_assert_mem_eq(a->embeddings, b->embeddings, a->n_queries * a->dimension * sizeof(float));
}

/* A double in (0, 1) with all its bits drawn. */
static double drawn(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) * 0x1p-53 + 0x1p-60;
}

START_TEST(random_numbers_come_back_with_every_bit)
{
	char *text = NULL;
	size_t n;
	uint64_t state = 7;
	FILE *out = open_memstream(&text, &n);
	for (int i = 0; i < 2000; i++)
		fprintf(out,
			"{\"id\":\"q%d\",\"query\":\"x\",\"model\":\"m%d\","
			"\"score\":%.17g,\"cost\":%.17g,\"propensity\":%.17g}\n",
			i / 2, i % 2, drawn(&state), ldexp(drawn(&state), i % 200 - 150), drawn(&state));
	fclose(out);
	struct reading reading = reading_text("log.jsonl", text, 0);
	free(text);
	struct reading again = read_again(&reading);
	is_same_data(reading.data, again.data);
	ck_assert_uint_eq(again.findings.n, 0);
	reading_close(&again);
	reading_close(&reading);
}
END_TEST

START_TEST(the_ends_of_the_range_and_missing_values_come_back)
{
	char text[2000];
	snprintf(
		text, sizeof(text),
		"{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":-0.0,\"cost\":%.17g}\n"
		"{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":1,\"cost\":%.17g,\"propensity\":1}\n"
		"{\"id\":\"r\",\"query\":\"x\",\"model\":\"a\",\"score\":0.1}\n"
		"{\"id\":\"r\",\"query\":\"x\",\"model\":\"b\",\"cost\":0}\n",
		DBL_MAX, DBL_TRUE_MIN);
	struct reading reading = reading_text("log.jsonl", text, 0);
	struct reading again = read_again(&reading);
	is_same_data(reading.data, again.data);
	reading_close(&again);
	reading_close(&reading);
}
END_TEST

START_TEST(texts_names_and_tasks_come_back_whatever_they_hold)
{
	struct reading reading = reading_text("log.jsonl",
					      "{\"id\":\"q \\\"1\\\"\\n\",\"task\":\"t\\\\1\","
					      "\"query\":\"line\\none\\t\\u0001\\u2028 \\ud83d\\ude00 /\","
					      "\"scores\":{\"org/model \\\"x\\\"\":1,\"\\u6a21\":0},"
					      "\"costs\":{\"org/model \\\"x\\\"\":1,\"\\u6a21\":1}}\n",
					      0);
	struct reading again = read_again(&reading);
	is_same_data(reading.data, again.data);
	reading_close(&again);
	reading_close(&reading);
}
END_TEST

START_TEST(rows_are_written_in_order_one_a_line_without_what_is_missing)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"id\":\"r\",\"task\":\"t\",\"query\":\"why\",\"model\":\"b\",\"score\":1,\"cost\":2}\n"
		"{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":0.1}\n"
		"{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":0.5,"
		"\"propensity\":0.5}\n",
		0);
	const char *path = scratch_path("written.jsonl");
	ck_assert_int_eq(log_write(reading.data, path), 0);
	char *text = scratch_read(path, NULL);
	ck_assert_str_eq(text,
			 "{\"id\":\"q\",\"query\":\"x\",\"model\":\"a\",\"score\":1.0,\"cost\":0.5,"
			 "\"propensity\":0.5}\n"
			 "{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":0.10000000000000001}\n"
			 "{\"id\":\"r\",\"query\":\"why\","
			 "\"model\":\"b\",\"score\":1.0,\"cost\":2.0,\"task\":\"t\"}\n");
	free(text);
	reading_close(&reading);
}
END_TEST

START_TEST(a_view_is_written_as_its_own_rows)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":0},\"costs\":{\"a\":1,\"b\":2}}\n"
		"{\"id\":\"r\",\"query\":\"why\",\"scores\":{\"a\":1,\"b\":0},\"costs\":{\"a\":3,\"b\":4}}\n",
		0);
	struct dataset view;
	ck_assert_int_eq(dataset_like(reading.data, 2, &view), 0);
	view.rows[view.n_rows++] = reading.data->rows[0];
	view.rows[view.n_rows++] = reading.data->rows[3];
	const char *path = scratch_path("view.jsonl");
	ck_assert_int_eq(log_write(&view, path), 0);
	const char *const files[] = { path };
	struct reading again =
		reading_of((struct log_source){ .n_files = 1, .files = files, .encoder = "hash:8" });
	ck_assert_uint_eq(again.data->n_rows, 2);
	ck_assert_double_eq(reading_row(&again, "r", "b")->cost, 4);
	reading_close(&again);
	dataset_deinit(&view);
	reading_close(&reading);
}
END_TEST

START_TEST(a_failure_leaves_nothing_behind)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":0},\"costs\":{\"a\":1,\"b\":2}}\n",
		0);
	struct dataset without_text = *reading.data;
	struct query query = { .id = "q", .text = NULL, .task = "unknown" };
	without_text.queries = &query;
	ck_assert_int_eq(log_write(&without_text, scratch_path("none.jsonl")), -EINVAL);
	ck_assert_int_eq(log_write(reading.data, scratch_path("no/such/folder.jsonl")), -ENOENT);
	ck_assert_uint_eq(scratch_count(), 1);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/log_write", random_numbers_come_back_with_every_bit,
	   the_ends_of_the_range_and_missing_values_come_back,
	   texts_names_and_tasks_come_back_whatever_they_hold,
	   rows_are_written_in_order_one_a_line_without_what_is_missing, a_view_is_written_as_its_own_rows,
	   a_failure_leaves_nothing_behind)
