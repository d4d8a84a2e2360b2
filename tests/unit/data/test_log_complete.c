/* The part of a log in which every model was asked every query. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>

struct complete {
	struct reading reading;
	struct dataset view;
	const char **models;
};

/* 100 queries of a and b; c answered the first `n` of them, with a cost where `has_cost`. */
static struct complete complete_of(int n, bool has_cost)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	for (int i = 0; i < 100; i++)
		fprintf(out,
			"{\"id\":\"q%02d\",\"query\":\"x\",\"scores\":{\"c\":%s,\"b\":1,\"a\":0},"
			"\"costs\":{\"a\":1,\"b\":%d,\"c\":%s}}\n",
			i, i < n ? "0.5" : "null", i, i == 0 || (has_cost && i < n) ? "3" : "null");
	fclose(out);
	struct complete complete = { .reading = reading_text("log.jsonl", text, 0) };
	free(text);
	ck_assert_uint_eq(complete.reading.data->n_models, 3);
	ck_assert_int_eq(log_complete(complete.reading.data, &complete.models, &complete.view), 0);
	return complete;
}

static void complete_close(struct complete *complete)
{
	dataset_deinit(&complete->view);
	free(complete->models);
	reading_close(&complete->reading);
}

START_TEST(a_model_on_more_than_97_percent_stays_and_incomplete_queries_go)
{
	struct complete complete = complete_of(98, true);
	const struct dataset *view = &complete.view;
	ck_assert_uint_eq(view->n_models, 3);
	ck_assert_uint_eq(view->n_rows, 98 * 3);
	for (size_t i = 0; i < view->n_rows; i++) {
		ck_assert_uint_eq(view->rows[i].query, i / 3);
		ck_assert_uint_eq(view->rows[i].model, i % 3);
	}
	ck_assert_double_eq(view->rows[3 * 7 + 1].cost, 7);
	ck_assert_ptr_eq(view->models, complete.models);
	complete_close(&complete);
}
END_TEST

START_TEST(a_model_on_97_percent_goes_and_all_queries_stay)
{
	struct complete complete = complete_of(97, true);
	ck_assert_uint_eq(complete.view.n_models, 2);
	ck_assert_str_eq(complete.view.models[0], "a");
	ck_assert_str_eq(complete.view.models[1], "b");
	ck_assert_uint_eq(complete.view.n_rows, 200);
	complete_close(&complete);
}
END_TEST

START_TEST(a_score_without_a_cost_is_not_observed)
{
	struct complete complete = complete_of(100, false);
	ck_assert_uint_eq(complete.view.n_models, 2);
	ck_assert_uint_eq(complete.view.n_rows, 200);
	complete_close(&complete);
}
END_TEST

START_TEST(models_behind_one_that_goes_are_numbered_anew)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"id\":\"p\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":0,\"c\":0.5},"
		"\"costs\":{\"a\":1,\"b\":2,\"c\":3}}\n"
		"{\"id\":\"q\",\"query\":\"x\",\"scores\":{\"b\":1,\"c\":0},\"costs\":{\"b\":4,\"c\":5}}\n",
		0);
	struct dataset view;
	const char **models;
	ck_assert_int_eq(log_complete(reading.data, &models, &view), 0);
	ck_assert_uint_eq(view.n_models, 2);
	ck_assert_str_eq(view.models[0], "b");
	ck_assert_uint_eq(view.n_rows, 4);
	ck_assert_uint_eq(view.rows[3].model, 1);
	ck_assert_double_eq(view.rows[3].cost, 5);
	dataset_deinit(&view);
	free(models);
	reading_close(&reading);
}
END_TEST

START_TEST(where_nothing_is_complete_nothing_is_left)
{
	struct reading reading =
		reading_text("log.jsonl",
			     "{\"id\":\"p\",\"query\":\"x\",\"model\":\"a\",\"score\":1,\"cost\":1}\n"
			     "{\"id\":\"q\",\"query\":\"x\",\"model\":\"b\",\"score\":1,\"cost\":1}\n",
			     0);
	struct dataset view;
	const char **models;
	ck_assert_int_eq(log_complete(reading.data, &models, &view), 0);
	ck_assert_uint_eq(view.n_models, 0);
	ck_assert_uint_eq(view.n_rows, 0);
	dataset_deinit(&view);
	free(models);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/log_complete", a_model_on_more_than_97_percent_stays_and_incomplete_queries_go,
	   a_model_on_97_percent_goes_and_all_queries_stay, a_score_without_a_cost_is_not_observed,
	   models_behind_one_that_goes_are_numbered_anew, where_nothing_is_complete_nothing_is_left)
