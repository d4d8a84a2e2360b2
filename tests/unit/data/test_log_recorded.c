/* Logs of real calls: their counts, and rows checked by hand.
 *
 * They are not ours to ship. They lie in $FEDROUTER_SHARED, else in ../shared/data beside the source tree;
 * where they are absent, this test is skipped. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIPPED = 77, PATH = 4096 };

static const char *folder(void)
{
	const char *named = getenv("FEDROUTER_SHARED");
	return named ? named : getenv("SHARED_DATA");
}

static struct reading read_recorded(const char *name)
{
	char path[PATH], embeddings[PATH];
	snprintf(path, sizeof(path), "%s/%s.jsonl.gz", folder(), name);
	snprintf(embeddings, sizeof(embeddings), "%s/%s.minilm.npy", folder(), name);
	const char *const files[] = { path };
	return reading_of((struct log_source){ .n_files = 1, .files = files, .embeddings = embeddings });
}

struct counts {
	size_t queries, models, tasks, observations, complete_models, complete_queries;
};

static void has_counts(const struct reading *reading, struct counts counts)
{
	const struct log_report *report = log_report(reading->log);
	struct dataset view;
	const char **models;
	ck_assert_uint_eq(reading->findings.n, 0);
	ck_assert_uint_eq(report->rows_bad, 0);
	ck_assert_uint_eq(report->queries, counts.queries);
	ck_assert_uint_eq(report->models, counts.models);
	ck_assert_uint_eq(report->tasks, counts.tasks);
	ck_assert_uint_eq(report->observations, counts.observations);
	ck_assert_int_eq(log_complete(reading->data, &models, &view), 0);
	ck_assert_uint_eq(view.n_models, counts.complete_models);
	ck_assert_uint_eq(view.n_rows, counts.complete_models * counts.complete_queries);
	dataset_deinit(&view);
	free(models);
}

static void is_row(const struct reading *reading, const char *id, const char *model, double score,
		   double cost)
{
	const struct observation *row = reading_row(reading, id, model);
	ck_assert_ptr_nonnull(row);
	ck_assert_double_eq(row->score, score);
	ck_assert_double_eq(row->cost, cost);
}

START_TEST(the_cascades_log_has_nine_models_on_every_query_with_recorded_costs)
{
	struct reading reading = read_recorded("cascades_9model");
	has_counts(&reading, (struct counts){ 5505, 9, 8, 5505 * 9, 9, 5505 });
	ck_assert(!log_report(reading.log)->derived_costs);
	is_row(&reading, "cascades.gsm8k.train.0", "llama3.2-1b", 0, 6.83e-05);
	is_row(&reading, "cascades.gsm8k.train.0", "gpt-4o", 1, 0.0025725);
	const struct query *query =
		&reading.data->queries[reading_row(&reading, "cascades.gsm8k.train.0", "gpt-4o")->query];
	ck_assert_str_eq(query->task, "gsm8k");
	ck_assert_uint_eq(strlen(query->text), 232);
	reading_close(&reading);
}
END_TEST

START_TEST(the_leaderboard_log_has_eighteen_models_on_every_query)
{
	struct reading reading = read_recorded("openllm_v2");
	has_counts(&reading, (struct counts){ 18171, 19, 39, 18171 * 18 + 6298, 18, 18171 });
	ck_assert(log_report(reading.log)->derived_costs);
	is_row(&reading, "bbh.boolean_expressions.0", "01-ai/Yi-34B-Chat", 1, 5.6e-06);
	is_row(&reading, "bbh.boolean_expressions.0", "google/gemma-2b-it", 0, 7e-07);
	reading_close(&reading);
}
END_TEST

START_TEST(the_log_of_log_parsing_has_eight_models_on_every_query)
{
	struct reading reading = read_recorded("optllm_logparsing");
	has_counts(&reading, (struct counts){ 15482, 8, 16, 15482 * 8, 8, 15482 });
	ck_assert(log_report(reading.log)->derived_costs);
	reading_close(&reading);
}
END_TEST

/* Row i of the file is line i of the log. */
START_TEST(vectors_stay_with_their_queries)
{
	struct reading reading = read_recorded("cascades_9model");
	const struct observation *row = reading_row(&reading, "cascades.gsm8k.train.0", "gpt-4o");
	float raw[384];
	double square = 0, cosine = 0;
	ck_assert_uint_eq(reading.data->dimension, 384);
	log_raw_embedding(reading.log, row->query, raw);
	const float *x = reading.data->embeddings + (size_t)row->query * 384;
	for (size_t i = 0; i < 384; i++) {
		square += (double)x[i] * x[i];
		cosine += (double)x[i] * raw[i];
	}
	ck_assert_double_eq_tol(square, 1, 1e-6);
	ck_assert_double_eq_tol(cosine, 1, 1e-3);
	ck_assert_float_eq(raw[0], 0.038848876953125f);
	ck_assert_float_eq(raw[383], 0.02044677734375f);
	reading_close(&reading);
}
END_TEST

int main(void)
{
	char path[PATH];
	snprintf(path, sizeof(path), "%s/openllm_v2.jsonl.gz", folder() ? folder() : ".");
	if (!folder() || access(path, R_OK) != 0) {
		printf("no recorded logs in %s: skipped\n", folder() ? folder() : "FEDROUTER_SHARED");
		return SKIPPED;
	}
	static const TTest *tests[4];
	tests[0] = the_cascades_log_has_nine_models_on_every_query_with_recorded_costs;
	tests[1] = the_leaderboard_log_has_eighteen_models_on_every_query;
	tests[2] = the_log_of_log_parsing_has_eight_models_on_every_query;
	tests[3] = vectors_stay_with_their_queries;
	return suite_main("data/log_recorded", tests, 4);
}
