/* Embeddings from a file, from an encoder, from the rows. */
#include "tests/unit/data/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"

#define ROW(id, model) \
	"{\"id\":\"" id "\",\"query\":\"text of " id "\",\"model\":\"" model "\",\"score\":1,\"cost\":1}\n"
#define WITH(id, model, vector)                                 \
	"{\"id\":\"" id "\",\"query\":\"x\",\"model\":\"" model \
	"\",\"score\":1,\"cost\":1,\"embedding\":" vector "}\n"

/* Four queries in this order of appearance; the second has no good row. */
static const char four[] =
	ROW("z", "a") "{\"id\":\"bad\",\"query\":\"x\",\"model\":\"a\",\"score\":7,\"cost\":1}\n" ROW("m",
												      "b")
		ROW("z", "b") ROW("a", "a");
static const float four_vectors[] = { 3, 4, 100, 100, 0, -2, 5, 12 };

static struct reading read_npy(const char *text, const char *embeddings)
{
	const char *const files[] = { scratch_text("log.jsonl", text) };
	return reading_of((struct log_source){
		.n_files = 1, .files = files, .embeddings = embeddings, .max_bad = 0.7 });
}

static struct reading read_rows(const char *text)
{
	return read_npy(text, NULL);
}

static void has_vector(const struct reading *reading, const char *id, float x, float y)
{
	size_t q = 0;
	ck_assert_int_eq(reading->result, LOG_E_OK);
	while (q < reading->data->n_queries && strcmp(reading->data->queries[q].id, id) != 0)
		q++;
	ck_assert_uint_lt(q, reading->data->n_queries);
	ck_assert_uint_eq(reading->data->dimension, 2);
	ck_assert_float_eq(reading->data->embeddings[2 * q], x);
	ck_assert_float_eq(reading->data->embeddings[2 * q + 1], y);
}

static void has_four(const struct reading *reading)
{
	ck_assert_uint_eq(reading->data->n_queries, 3);
	has_vector(reading, "z", 0.6f, 0.8f);
	has_vector(reading, "m", 0, -1);
	has_vector(reading, "a", (float)(5.0 / 13), (float)(12.0 / 13));
}

START_TEST(row_i_belongs_to_the_ith_distinct_id_bad_rows_included)
{
	struct reading reading = read_npy(four, reading_npy("x.npy", 4, 2, four_vectors));
	has_four(&reading);
	ck_assert_str_eq(log_encoder(reading.log)->name, "given");
	ck_assert_ptr_null(log_encoder(reading.log)->probes);
	reading_close(&reading);
}
END_TEST

START_TEST(half_floats_and_fortran_order_give_the_same_vectors)
{
	static const char *const types[] = { "<f4", "<f2" };
	for (size_t type = 0; type < 2; type++) {
		for (int fortran = 0; fortran < 2; fortran++) {
			struct reading reading =
				read_npy(four, reading_array("x.npy",
							     (struct reading_array){ types[type], fortran, 4,
										     2, four_vectors }));
			has_four(&reading);
			reading_close(&reading);
		}
	}
}
END_TEST

START_TEST(ids_made_of_texts_count_as_distinct_ids)
{
	struct reading reading = read_npy("{\"query\":\"one\",\"model\":\"a\",\"score\":1,\"cost\":1}\n"
					  "{\"query\":\"two\",\"model\":\"b\",\"score\":1,\"cost\":1}\n"
					  "{\"query\":\"one\",\"model\":\"b\",\"score\":1,\"cost\":1}\n",
					  reading_npy("x.npy", 2, 2, (float[]){ 2, 0, 0, 2 }));
	const struct dataset *data = reading.data;
	ck_assert_uint_eq(data->n_queries, 2);
	for (size_t q = 0; q < 2; q++)
		ck_assert_float_eq(data->embeddings[2 * q],
				   strcmp(data->queries[q].text, "one") == 0 ? 1 : 0);
	reading_close(&reading);
}
END_TEST

START_TEST(ids_are_numbered_across_files)
{
	const char *const files[] = { scratch_text("1.jsonl", ROW("z", "a")),
				      scratch_text("2.jsonl", ROW("y", "b") ROW("z", "b")) };
	const char *embeddings = reading_npy("x.npy", 2, 2, (float[]){ 1, 0, 0, 1 });
	struct reading reading =
		reading_of((struct log_source){ .n_files = 2, .files = files, .embeddings = embeddings });
	has_vector(&reading, "z", 1, 0);
	has_vector(&reading, "y", 0, 1);
	reading_close(&reading);
}
END_TEST

START_TEST(more_or_fewer_rows_than_ids_fail)
{
	for (size_t rows = 3; rows <= 5; rows += 2) {
		static const float values[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
		struct reading reading = read_npy(four, reading_npy("x.npy", rows, 2, values));
		char detail[64];
		snprintf(detail, sizeof(detail), "%zu rows for 4 distinct ids: make", rows);
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		reading_told(&reading, "x.npy", 0, "embeddings do not fit the log", detail);
		reading_close(&reading);
	}
}
END_TEST

/* Whose row would the next one be? */
START_TEST(a_line_without_a_readable_id_before_the_end_fails)
{
	static const char *const torn[] = { "{\"id\":\"q\", torn\n", "[1]\n",
					    "{\"id\":1.5,\"query\":\"x\"}\n", "{\"model\":\"a\"}\n" };
	const char *embeddings = reading_npy("x.npy", 2, 2, (float[]){ 1, 0, 0, 1 });
	for (size_t i = 0; i < 4; i++) {
		char text[1000];
		snprintf(text, sizeof(text), "%s%s%s", ROW("z", "a"), torn[i], ROW("y", "b"));
		struct reading reading = read_npy(text, embeddings);
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		reading_told(&reading, "log.jsonl", 2, "row without a readable id",
			     "x.npy belongs to the i-th distinct id");
		reading_close(&reading);
	}
	const char *const files[] = { scratch_text("1.jsonl", ROW("z", "a") "torn\n"),
				      scratch_text("2.jsonl", ROW("y", "b")) };
	struct reading reading = reading_of((struct log_source){
		.n_files = 2, .files = files, .embeddings = embeddings, .max_bad = 0.5 });
	reading_told(&reading, "1.jsonl", 2, "row without a readable id", NULL);
	reading_close(&reading);
}
END_TEST

START_TEST(a_torn_line_at_the_very_end_is_one_bad_row)
{
	struct reading reading = read_npy(ROW("z", "a") ROW("y", "b") "{\"id\":\"q\",\"que\n\n",
					  reading_npy("x.npy", 2, 2, (float[]){ 1, 0, 0, 1 }));
	has_vector(&reading, "z", 1, 0);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 1);
	reading_close(&reading);
}
END_TEST

START_TEST(a_vector_without_direction_makes_its_rows_bad)
{
	static const float values[][8] = { { 0, 0 }, { NAN, 1 }, { INFINITY, 0 }, { -0.0f, 0 } };
	for (size_t i = 0; i < 4; i++) {
		float vectors[8] = { values[i][0], values[i][1], 1, 1, 0, -2, 5, 12 };
		struct reading reading = read_npy(four, reading_npy("x.npy", 4, 2, vectors));
		ck_assert_int_eq(reading.result, LOG_E_OK);
		reading_told(&reading, "log.jsonl", 1, "embedding is zero or not finite",
			     "row 0 of the embeddings");
		ck_assert_ptr_null(reading_row(&reading, "z", "a"));
		ck_assert_ptr_null(reading_row(&reading, "z", "b"));
		ck_assert_uint_eq(log_report(reading.log)->rows_bad, 3);
		ck_assert_uint_eq(log_report(reading.log)->rows_read, 5);
		has_vector(&reading, "m", 0, -1);
		reading_close(&reading);
	}
}
END_TEST

START_TEST(vectors_without_direction_are_told_in_the_order_of_the_file)
{
	struct reading reading = read_npy(four, reading_npy("x.npy", 4, 2, (float[8]){ 0 }));
	size_t lines[3] = { 0 }, n = 0;
	for (size_t i = 0; i < reading.findings.n_items; i++) {
		if (strstr(reading.findings.items[i].reason, "not finite"))
			lines[n++] = reading.findings.items[i].line;
	}
	ck_assert_uint_eq(n, 3);
	ck_assert(lines[0] == 1 && lines[1] == 3 && lines[2] == 5);
	reading_close(&reading);
}
END_TEST

START_TEST(too_many_vectors_without_direction_fail)
{
	const char *const files[] = { scratch_text("log.jsonl", four) };
	const char *embeddings = reading_npy("x.npy", 4, 2, (float[]){ 0, 0, 1, 1, 1, 1, 1, 1 });
	struct reading reading = reading_of((struct log_source){
		.n_files = 1, .files = files, .embeddings = embeddings, .max_bad = 0.5 });
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "log.jsonl", 0, "too many bad rows", "3 of 5");
	reading_close(&reading);
}
END_TEST

START_TEST(an_array_of_another_shape_or_type_fails)
{
	static const char header[] = "\x93NUMPY\x01\x00\x46\x00";
	static const char *const texts[] = { "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }",
					     "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 2), }",
					     "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }" };
	static const char *const reasons[] = { "wrong shape of array", "wrong shape of array",
					       "wrong type of array" };
	for (size_t i = 0; i < 3; i++) {
		char bytes[80 + 64] = "";
		for (size_t c = 0; c < 10; c++)
			bytes[c] = header[c];
		snprintf(bytes + 10, 71, "%-69s\n", texts[i]);
		struct reading reading =
			read_npy(four, scratch_file("x.npy", bytes, 80 + (i == 2 ? 64 : 16)));
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		reading_told(&reading, "x.npy", 0, reasons[i], NULL);
		reading_close(&reading);
	}
	struct reading reading = read_npy(four, scratch_path("missing.npy"));
	reading_told(&reading, "missing.npy", 0, "cannot read the file", "check the path");
	reading_close(&reading);
}
END_TEST

START_TEST(an_array_without_columns_or_with_too_many_fails)
{
	static float many[4 * 8193] = { 1 };
	struct reading reading = read_npy(four, reading_npy("x.npy", 4, 0, many));
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "x.npy", 0, "wrong shape of array", "0 columns");
	reading_close(&reading);
	reading = read_npy(four, reading_npy("x.npy", 4, 8193, many));
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "x.npy", 0, "embeddings cannot be used", "1 to 8192 dimensions (8193)");
	reading_close(&reading);
}
END_TEST

START_TEST(raw_vectors_are_what_the_file_has)
{
	struct reading reading = read_npy(four, reading_npy("x.npy", 4, 2, four_vectors));
	static const float expected[] = { 5, 12, 0, -2, 3, 4 };
	for (size_t q = 0; q < 3; q++) {
		float raw[2];
		log_raw_embedding(reading.log, q, raw);
		ck_assert_mem_eq(raw, expected + 2 * q, sizeof(raw));
	}
	reading_close(&reading);
	reading = read_rows(WITH("q", "a", "[3, 4]") WITH("p", "b", "[0.1, 0]"));
	float raw[2];
	log_raw_embedding(reading.log, 0, raw);
	ck_assert_float_eq(raw[0], 0.1f);
	log_raw_embedding(reading.log, 1, raw);
	ck_assert_float_eq(raw[1], 4);
	reading_close(&reading);
}
END_TEST

START_TEST(the_identity_carries_the_name_that_was_given)
{
	const char *const files[] = { scratch_text("log.jsonl", four) };
	struct log_source source = { .n_files = 1,
				     .files = files,
				     .max_bad = 0.5,
				     .encoder_name = "minilm-v2",
				     .embeddings = reading_npy("x.npy", 4, 2, four_vectors) };
	struct reading reading = reading_of(source);
	ck_assert_str_eq(log_encoder(reading.log)->name, "minilm-v2");
	reading_close(&reading);
	char name[65] = "";
	for (size_t i = 0; i < 64; i++)
		name[i] = 'n';
	source.encoder_name = name;
	reading = reading_of(source);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "x.npy", 0, "embeddings cannot be used", "1 to 63 letters (this has 64)");
	reading_close(&reading);
}
END_TEST

START_TEST(the_hash_encoder_embeds_the_text)
{
	struct reading reading = reading_text("log.jsonl", ROW("q", "a") ROW("p", "b"), 0);
	float raw[8];
	double square = 0;
	ck_assert_int_eq(hash_encode("text of p", 9, raw, 8), 0);
	ck_assert(embed_normalize(raw, 8));
	ck_assert_mem_eq(raw, reading.data->embeddings, sizeof(raw));
	for (size_t i = 0; i < 8; i++)
		square += reading.data->embeddings[8 + i] * (double)reading.data->embeddings[8 + i];
	ck_assert_double_eq_tol(square, 1, 1e-6);
	reading_close(&reading);
}
END_TEST

/* In eight dimensions the two grams of "y" fall on one with opposite signs. */
START_TEST(a_text_whose_grams_cancel_is_bad)
{
	struct reading reading = reading_text(
		"log.jsonl",
		ROW("q", "a")
			ROW("p",
			    "b") "{\"id\":\"y\",\"query\":\"y\",\"model\":\"a\",\"score\":1,\"cost\":1}\n",
		0.5);
	reading_told(&reading, "log.jsonl", 3, "text is too short for its encoder", "more dimensions");
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 1);
	ck_assert_uint_eq(reading.data->n_queries, 2);
	reading_close(&reading);
}
END_TEST

START_TEST(an_encoder_that_nobody_knows_is_refused)
{
	static const char *const names[] = { "hash:",   "hash:0", "hash:8193", "hash:-8",
					     "hash:8x", "minilm", "",          "hash:99999999999999999999" };
	const char *const files[] = { scratch_text("log.jsonl", four) };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct reading reading = reading_of((struct log_source){
			.n_files = 1, .files = files, .encoder = names[i], .max_bad = 0.5 });
		ck_assert_int_eq(reading.result, LOG_E_BAD);
		reading_told(&reading, names[i], 0, "unknown encoder", "hash:DIM with DIM from 1 to 8192");
		reading_close(&reading);
	}
	struct reading reading = reading_of((struct log_source){
		.n_files = 1, .files = files, .encoder = "hash", .embeddings = "x.npy", .max_bad = 0.5 });
	reading_told(&reading, "x.npy", 0, "embeddings and an encoder", "either");
	reading_close(&reading);
}
END_TEST

START_TEST(vectors_in_rows_belong_to_the_query_and_one_row_is_enough)
{
	struct reading reading =
		read_rows(WITH("q", "a", "null") WITH("p", "a", "[0, -7]") WITH("q", "b", "[3, 4]")
				  WITH("q", "c", "[8, 6]") ROW("p", "b"));
	ck_assert_uint_eq(reading.data->n_rows, 5);
	has_vector(&reading, "q", 0.6f, 0.8f);
	has_vector(&reading, "p", 0, -1);
	reading_close(&reading);
}
END_TEST

START_TEST(wide_rows_may_carry_vectors_too)
{
	struct reading reading =
		read_rows("{\"id\":\"q\",\"query\":\"x\",\"embedding\":[4,3],\"scores\":{\"a\":1,\"b\":1},"
			  "\"costs\":{\"a\":1,\"b\":1}}\n");
	has_vector(&reading, "q", 0.8f, 0.6f);
	reading_close(&reading);
}
END_TEST

static void third_vector_is_bad(const char *vector, const char *reason, const char *detail)
{
	char text[2000];
	snprintf(text, sizeof(text),
		 "%s{\"id\":\"q\",\"query\":\"x\",\"model\":\"c\",\"score\":1,\"cost\":1,\"embedding\":%s}\n",
		 WITH("q", "a", "[3, 4]") WITH("p", "b", "[1, 0]"), vector);
	struct reading reading = read_rows(text);
	reading_told(&reading, "log.jsonl", 3, reason, detail);
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 1);
	ck_assert_uint_eq(reading.data->n_rows, 2);
	has_vector(&reading, "q", 0.6f, 0.8f);
	reading_close(&reading);
}

START_TEST(a_row_with_a_vector_that_cannot_be_used_is_bad)
{
	third_vector_is_bad("[1, 2, 3]", "embedding has another dimension", "3 numbers, the first one has 2");
	third_vector_is_bad("[]", "embedding is not an array of numbers", NULL);
	third_vector_is_bad("\"[3, 4]\"", "embedding is not an array of numbers", NULL);
	third_vector_is_bad("[\"3\", 4]", "embedding is not an array of numbers", NULL);
	third_vector_is_bad("[NaN, 4]", "embedding is not an array of numbers", "finite");
	third_vector_is_bad("[1e400, 4]", "embedding is not an array of numbers", NULL);
	third_vector_is_bad("[1e300, 4]", "embedding is zero or not finite", NULL);
	third_vector_is_bad("[0, -0.0]", "embedding is zero or not finite", NULL);
}
END_TEST

START_TEST(a_query_that_no_row_gives_a_vector_is_bad_with_all_its_rows)
{
	struct reading reading =
		read_rows(WITH("q", "a", "[3, 4]") ROW("p", "a") ROW("p", "b") WITH("q", "b", "[3, 4]"));
	reading_told(&reading, "log.jsonl", 2, "query has no usable embedding", "one of its rows");
	ck_assert_uint_eq(log_report(reading.log)->rows_bad, 2);
	ck_assert_uint_eq(reading.data->n_queries, 1);
	reading_close(&reading);
}
END_TEST

START_TEST(a_log_without_any_vector_asks_for_an_encoder)
{
	struct reading reading = read_rows(four);
	ck_assert_int_eq(reading.result, LOG_E_BAD);
	reading_told(&reading, "log.jsonl", 0, "log has no embeddings", "--encoder hash");
	reading_close(&reading);
}
END_TEST

START_TEST(vectors_in_rows_are_passed_over_when_others_are_given)
{
	struct reading reading = read_npy(WITH("q", "a", "[1, 2, 3]") WITH("q", "b", "\"none\""),
					  reading_npy("x.npy", 1, 2, (float[]){ 3, 4 }));
	has_vector(&reading, "q", 0.6f, 0.8f);
	ck_assert_uint_eq(reading.findings.n, 0);
	reading_close(&reading);
}
END_TEST

START_TEST(many_queries_with_vectors_keep_them_while_the_table_grows)
{
	enum { N = 1500 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (int i = 0; i < N; i++)
		fprintf(out,
			"{\"id\":\"%05d\",\"query\":\"x\",\"model\":\"%s\",\"score\":1,\"cost\":1,"
			"\"embedding\":[%d,1]}\n",
			i, i % 2 ? "a" : "b", i);
	fclose(out);
	struct reading reading = read_rows(text);
	free(text);
	ck_assert_uint_eq(reading.data->n_queries, N);
	for (size_t q = 0; q < N; q++) {
		float raw[2];
		log_raw_embedding(reading.log, q, raw);
		ck_assert_float_eq(raw[0], (float)q);
	}
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/log_vectors", row_i_belongs_to_the_ith_distinct_id_bad_rows_included,
	   half_floats_and_fortran_order_give_the_same_vectors, ids_made_of_texts_count_as_distinct_ids,
	   ids_are_numbered_across_files, more_or_fewer_rows_than_ids_fail,
	   a_line_without_a_readable_id_before_the_end_fails, a_torn_line_at_the_very_end_is_one_bad_row,
	   a_vector_without_direction_makes_its_rows_bad,
	   vectors_without_direction_are_told_in_the_order_of_the_file,
	   too_many_vectors_without_direction_fail, an_array_of_another_shape_or_type_fails,
	   an_array_without_columns_or_with_too_many_fails, raw_vectors_are_what_the_file_has,
	   the_identity_carries_the_name_that_was_given, the_hash_encoder_embeds_the_text,
	   a_text_whose_grams_cancel_is_bad, an_encoder_that_nobody_knows_is_refused,
	   vectors_in_rows_belong_to_the_query_and_one_row_is_enough, wide_rows_may_carry_vectors_too,
	   a_row_with_a_vector_that_cannot_be_used_is_bad,
	   a_query_that_no_row_gives_a_vector_is_bad_with_all_its_rows,
	   a_log_without_any_vector_asks_for_an_encoder,
	   vectors_in_rows_are_passed_over_when_others_are_given,
	   many_queries_with_vectors_keep_them_while_the_table_grows)
