/* Views of a log: rows of their own, everything else lent. */
#include "tests/support/suite.h"

#include "common/data/dataset.h"

static const char *const models[] = { "a", "b", "c" };
static const struct query queries[] = { { "q0", "text", "t" }, { "q1", "text", "t" } };
static const float embeddings[] = { 1, 0, 0, 1 };

static struct dataset parent(struct observation *rows, size_t n)
{
	return (struct dataset){ .n_models = 3,
				 .models = models,
				 .n_queries = 2,
				 .queries = queries,
				 .dimension = 2,
				 .embeddings = embeddings,
				 .n_rows = n,
				 .rows = rows };
}

START_TEST(a_view_lends_everything_but_its_rows_and_starts_without_any)
{
	struct observation rows[] = { { .query = 1, .model = 2, .score = 1, .cost = 2, .propensity = NAN } };
	struct dataset data = parent(rows, 1), view;
	ck_assert_int_eq(dataset_like(&data, 5, &view), 0);
	ck_assert_uint_eq(view.n_rows, 0);
	ck_assert_ptr_eq(view.models, models);
	ck_assert_ptr_eq(view.queries, queries);
	ck_assert_ptr_ne(view.rows, rows);
	view.rows[4] = rows[0];
	dataset_deinit(&view);
	ck_assert_ptr_null(view.rows);
	dataset_deinit(NULL);
}
END_TEST

START_TEST(rows_are_sorted_by_query_then_model)
{
	struct observation rows[] = { { .query = 1, .model = 0 },
				      { .query = 0, .model = 2 },
				      { .query = 1, .model = 1 },
				      { .query = 0, .model = 0 } };
	struct dataset data = parent(rows, 4);
	dataset_sort(&data);
	for (size_t i = 1; i < 4; i++)
		ck_assert(rows[i - 1].query < rows[i].query ||
			  (rows[i - 1].query == rows[i].query && rows[i - 1].model < rows[i].model));
	data.n_rows = 0;
	dataset_sort(&data);
}
END_TEST

START_TEST(rows_are_counted_by_model)
{
	struct observation rows[] = { { .model = 2 }, { .model = 0 }, { .model = 2 } };
	struct dataset data = parent(rows, 3);
	uint64_t counts[3] = { 9, 9, 9 };
	dataset_count(&data, counts);
	ck_assert_uint_eq(counts[0], 1);
	ck_assert_uint_eq(counts[1], 0);
	ck_assert_uint_eq(counts[2], 2);
}
END_TEST

START_TEST(a_row_finds_its_embedding_and_knows_whether_it_is_whole)
{
	struct observation rows[] = { { .query = 1, .score = 1, .cost = NAN },
				      { .query = 0, .score = 0, .cost = 0 } };
	struct dataset data = parent(rows, 2);
	ck_assert_ptr_eq(dataset_x(&data, 0), embeddings + 2);
	ck_assert_ptr_eq(dataset_x(&data, 1), embeddings);
	ck_assert(!observation_has_both(&rows[0]));
	ck_assert(observation_has_both(&rows[1]));
}
END_TEST

SUITE_MAIN("data/dataset", a_view_lends_everything_but_its_rows_and_starts_without_any,
	   rows_are_sorted_by_query_then_model, rows_are_counted_by_model,
	   a_row_finds_its_embedding_and_knows_whether_it_is_whole)
