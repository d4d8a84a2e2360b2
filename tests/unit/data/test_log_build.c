/* A log while its files are being read. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/data/log_build.h"

static struct findings findings;
static struct log_build build;

static void set_up(void)
{
	build = (struct log_build){ .findings = &findings,
				    .wants_vectors = true,
				    .place = { .file = "log.jsonl" } };
}

static void tear_down(void)
{
	log_build_deinit(&build);
	findings_deinit(&findings);
}

static int take(const char *id, const char *text, const char *vector, uint32_t *number)
{
	json_t *json = vector ? json_loads(vector, 0, NULL) : NULL;
	struct log_build_text row = {
		.id = id, .text = text, .text_n = text ? strlen(text) : 0, .vector = json
	};
	int r = log_build_query(&build, &row, number);
	json_decref(json);
	return r;
}

START_TEST(queries_are_numbered_as_they_appear_and_know_where)
{
	uint32_t first, second, again;
	set_up();
	log_build_at(&build, 3);
	ck_assert_int_eq(take("z", "text", NULL, &first), LOG_BUILD_E_OK);
	log_build_at(&build, 4);
	ck_assert_int_eq(take("a", "other", NULL, &second), LOG_BUILD_E_OK);
	ck_assert_int_eq(take("z", "text", NULL, &again), LOG_BUILD_E_OK);
	ck_assert_uint_eq(first, 0);
	ck_assert_uint_eq(second, 1);
	ck_assert_uint_eq(again, 0);
	ck_assert_uint_eq(build.queries[0].place.line, 3);
	ck_assert_uint_eq(build.queries[1].place.line, 4);
	ck_assert_str_eq(build.queries[1].text, "other");
	tear_down();
}
END_TEST

/* Rows of an embeddings file are counted by ids, and this id was read. */
START_TEST(a_query_without_text_is_numbered_all_the_same)
{
	uint32_t number;
	set_up();
	ck_assert_int_eq(take("z", NULL, NULL, &number), LOG_BUILD_E_BAD_ROW);
	ck_assert_uint_eq(build.ids.n, 1);
	ck_assert_uint_eq(build.report.rows_bad, 1);
	ck_assert_ptr_null(build.torn.file);
	ck_assert_int_eq(take("z", "text", NULL, &number), LOG_BUILD_E_OK);
	ck_assert_str_eq(build.queries[0].text, "text");
	tear_down();
}
END_TEST

START_TEST(a_torn_row_is_remembered_and_whether_one_came_behind_it)
{
	set_up();
	log_build_at(&build, 7);
	log_build_torn(&build, "line is not JSON", NULL);
	ck_assert_uint_eq(build.torn.line, 7);
	ck_assert(!build.torn_inside);
	log_build_at(&build, 8);
	ck_assert(build.torn_inside);
	log_build_torn(&build, "line is not JSON", NULL);
	ck_assert_uint_eq(build.torn.line, 7);
	ck_assert_uint_eq(build.report.rows_bad, 2);
	ck_assert_uint_eq(build.report.rows_read, 2);
	tear_down();
}
END_TEST

START_TEST(the_first_vector_of_a_query_is_kept_and_a_bad_one_is_not)
{
	uint32_t number;
	set_up();
	ck_assert_int_eq(take("z", "text", "[0, 0]", &number), LOG_BUILD_E_BAD_ROW);
	ck_assert(!build.queries[0].has_vector);
	ck_assert_uint_eq(build.dimension, 0);
	ck_assert_int_eq(take("z", "text", "[1, 2, 3]", &number), LOG_BUILD_E_OK);
	ck_assert_int_eq(take("z", "text", "[4, 5, 6]", &number), LOG_BUILD_E_OK);
	ck_assert_int_eq(take("z", "text", "[0, 0, 0]", &number), LOG_BUILD_E_BAD_ROW);
	ck_assert_uint_eq(build.dimension, 3);
	ck_assert_float_eq(build.vectors[2], 3);
	tear_down();
}
END_TEST

START_TEST(vectors_are_passed_over_where_others_are_given)
{
	uint32_t number;
	set_up();
	build.wants_vectors = false;
	ck_assert_int_eq(take("z", "text", "[0, 0]", &number), LOG_BUILD_E_OK);
	ck_assert_ptr_null(build.vectors);
	tear_down();
}
END_TEST

START_TEST(observations_are_kept_in_order_of_appearance)
{
	enum { N = 5000 };
	set_up();
	for (uint32_t i = 0; i < N; i++) {
		struct observation row = { .query = i, .score = i, .cost = NAN, .propensity = NAN };
		ck_assert_int_eq(log_build_observe(&build, i % 2 ? "a" : "b", row), 0);
	}
	ck_assert_uint_eq(build.n_rows, N);
	ck_assert_uint_eq(build.report.rows_read, N);
	for (uint32_t i = 0; i < N; i++) {
		ck_assert_uint_eq(build.rows[i].query, i);
		ck_assert_uint_eq(build.rows[i].model, i % 2);
	}
	tear_down();
}
END_TEST

START_TEST(a_bad_value_is_told_with_what_is_known_of_it)
{
	const struct log_value_fault fault = { "cost is negative", "mend it" };
	set_up();
	log_build_at(&build, 2);
	log_build_bad_value(&build, &fault, "a", -1.5);
	log_build_bad_value(&build, &fault, "a", NAN);
	log_build_bad_value(&build, &fault, NULL, NAN);
	ck_assert_str_eq(findings.items[0].detail, "model \"a\": -1.5: mend it");
	ck_assert_str_eq(findings.items[1].detail, "model \"a\": mend it");
	ck_assert_str_eq(findings.items[2].detail, "mend it");
	ck_assert_uint_eq(findings.items[0].line, 2);
	ck_assert_str_eq(findings.items[0].file, "log.jsonl");
	tear_down();
}
END_TEST

SUITE_MAIN("data/log_build", queries_are_numbered_as_they_appear_and_know_where,
	   a_query_without_text_is_numbered_all_the_same,
	   a_torn_row_is_remembered_and_whether_one_came_behind_it,
	   the_first_vector_of_a_query_is_kept_and_a_bad_one_is_not,
	   vectors_are_passed_over_where_others_are_given, observations_are_kept_in_order_of_appearance,
	   a_bad_value_is_told_with_what_is_known_of_it)
