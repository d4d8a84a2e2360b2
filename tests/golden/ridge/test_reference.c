/* The ridge on recorded logs: penalties, evidence and noise of an independent implementation, partition by
 * partition.
 *
 * Needs the logs (folder $FEDROUTER_SHARED, else ../shared/data beside the source tree) and is skipped
 * without them. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/data/log.h"
#include "common/learn/ridge/ridge.h"
#include "common/numerics/blas.h"

enum { SKIPPED = 77, PATH = 4096 };

struct reference {
	json_t *expected, *partition;
	struct log *log;
	struct dataset complete;
	const char **models;
	struct plan plan;
	struct phase phase;
};

static const char *folder(void)
{
	const char *named = getenv("FEDROUTER_SHARED");
	return named ? named : getenv("SHARED_DATA");
}

static json_t *find_expected(const char *partition)
{
	char path[PATH], line[PATH];
	json_t *found = NULL;
	snprintf(path, sizeof(path), "%s/reference.jsonl", folder());
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (!found && fgets(line, sizeof(line), file)) {
		json_t *json = json_loads(line, 0, NULL);
		if (json && strcmp(json_string_value(json_object_get(json, "partition")), partition) == 0)
			found = json_incref(json);
		json_decref(json);
	}
	fclose(file);
	ck_assert_ptr_nonnull(found);
	return found;
}

static void open_log(struct reference *r, const char *name)
{
	char path[PATH], embeddings[PATH];
	struct findings findings = { 0 };
	snprintf(path, sizeof(path), "%s/%s.jsonl.gz", folder(), name);
	snprintf(embeddings, sizeof(embeddings), "%s/%s.minilm.npy", folder(), name);
	const char *const files[] = { path };
	struct log_source source = {
		.n_files = 1, .files = files, .embeddings = embeddings, .max_bad = LOG_MAX_BAD
	};
	ck_assert_int_eq(log_read(&source, &findings, &r->log), LOG_E_OK);
	ck_assert_int_eq(log_complete(log_data(r->log), &r->models, &r->complete), 0);
	findings_deinit(&findings);
}

static struct reference open_reference(const char *partition, const char *log)
{
	struct reference r = { .expected = find_expected(partition) };
	struct state state = { 0 };
	char path[PATH];
	open_log(&r, log);
	snprintf(path, sizeof(path), "%s/partitions/%s", folder(), partition);
	r.partition = json_load_file(path, 0, NULL);
	ck_assert_ptr_nonnull(r.partition);
	r.plan = (struct plan){ .learner = "ridge",
				.encoder = log_encoder(r.log),
				.n_models = r.complete.n_models,
				.models = r.complete.models,
				.limit_rows = PLAN_ROWS,
				.limit_cohort = PLAN_COHORT };
	settings_init(&r.plan.settings, ridge_learner.settings);
	ck_assert_int_eq(ridge_learner.next(&r.plan, &state, &r.phase), LEARNER_E_OK);
	return r;
}

static void close_reference(struct reference *r)
{
	json_decref(r->expected);
	json_decref(r->partition);
	dataset_deinit(&r->complete);
	free(r->models);
	log_free(r->log);
}

static int compare_row(const void *wanted_pointer, const void *row_pointer)
{
	const struct observation *wanted = wanted_pointer, *row = row_pointer;
	if (wanted->query != row->query)
		return wanted->query < row->query ? -1 : 1;
	return wanted->model < row->model ? -1 : wanted->model > row->model;
}

static const struct observation *find_row(const struct dataset *data, const char *query, const char *model)
{
	struct observation wanted = { 0 };
	size_t low = 0, high = data->n_queries;
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(data->queries[middle].id, query) <= 0)
			low = middle;
		else
			high = middle;
	}
	wanted.query = (uint32_t)low;
	while (wanted.model < data->n_models && strcmp(data->models[wanted.model], model) != 0)
		wanted.model++;
	return bsearch(&wanted, data->rows, data->n_rows, sizeof(wanted), compare_row);
}

/* What client i sends, added to the total; its rows. */
static uint64_t add_client(const struct reference *r, size_t i, uint64_t *total)
{
	const json_t *client = json_array_get(json_object_get(r->partition, "clients"), i), *cell;
	const json_t *train = json_object_get(client, "train");
	struct state state = { 0 };
	struct findings findings = { 0 };
	struct dataset data;
	struct answer answer;
	size_t j;
	ck_assert_int_eq(dataset_like(&r->complete, json_array_size(train), &data), 0);
	json_array_foreach (train, j, cell) {
		const struct observation *row =
			find_row(&r->complete, json_string_value(json_array_get(cell, 0)),
				 json_string_value(json_array_get(cell, 1)));
		ck_assert_ptr_nonnull(row);
		data.rows[data.n_rows++] = *row;
	}
	dataset_sort(&data);
	ck_assert_int_eq(ridge_learner.contribute(&r->plan, &r->phase, &state, &data, "client", &answer), 0);
	ck_assert_int_eq(ridge_learner.check(&r->plan, &r->phase, &state, &answer, "client", &findings),
			 LEARNER_E_OK);
	lanes_sum(total, answer.words, r->phase.lanes.words);
	uint64_t rows = answer.rows;
	answer_deinit(&answer);
	dataset_deinit(&data);
	return rows;
}

static json_t *learn(const struct reference *r)
{
	uint64_t *total = calloc(r->phase.lanes.words, sizeof(*total)), rows = 0;
	struct state state = { 0 };
	struct router *router;
	char *text;
	size_t n = json_array_size(json_object_get(r->partition, "clients"));
	for (size_t i = 0; i < n; i++)
		rows += add_client(r, i, total);
	ck_assert_uint_eq(rows, (uint64_t)json_integer_value(json_object_get(r->expected, "train")));
	struct answers answers = { .n = n, .rows = rows, .total = total };
	ck_assert_int_eq(ridge_learner.fold(&r->plan, &r->phase, &state, &answers), 0);
	ck_assert_int_eq(ridge_learner.finish(&r->plan, &state, 2, &router, &text), 0);
	json_t *report = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(report);
	free(text);
	free(total);
	router_free(router);
	state_deinit(&state);
	return report;
}

static double number(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static void expect_partition(const char *partition, const char *log)
{
	struct reference r = open_reference(partition, log);
	const json_t *ridge = json_object_get(r.expected, "ridge");
	json_t *report = learn(&r);
	const char *const penalties[] = { "penalties_score", "penalties_log_cost" };
	for (size_t i = 0; i < 6; i++) {
		const json_t *ours = json_object_get(report, penalties[i / 3]);
		const json_t *theirs = json_object_get(ridge, penalties[i / 3]);
		ck_assert_double_eq(json_number_value(json_array_get(ours, i % 3)),
				    json_number_value(json_array_get(theirs, i % 3)));
	}
	ck_assert_double_eq_tol(number(report, "evidence_score"), number(ridge, "evidence_score"), 1e-3);
	ck_assert_double_eq_tol(number(report, "evidence_log_cost"), number(ridge, "evidence_log_cost"),
				1e-3);
	ck_assert_double_eq_tol(number(report, "sigma2_score"), number(ridge, "sigma2_score"), 1e-7);
	json_decref(report);
	close_reference(&r);
}

START_TEST(cascades_100_gives_the_recorded_penalties_evidence_and_noise)
{
	expect_partition("cascades_9model.100.json", "cascades_9model");
}
END_TEST

START_TEST(cascades_101_gives_the_recorded_penalties_evidence_and_noise)
{
	expect_partition("cascades_9model.101.json", "cascades_9model");
}
END_TEST

START_TEST(cascades_102_gives_the_recorded_penalties_evidence_and_noise)
{
	expect_partition("cascades_9model.102.json", "cascades_9model");
}
END_TEST

START_TEST(openllm_gives_the_recorded_penalties_evidence_and_noise)
{
	expect_partition("openllm_v2.100.json", "openllm_v2");
}
END_TEST

START_TEST(logparsing_by_task_gives_the_recorded_penalties_evidence_and_noise)
{
	expect_partition("optllm_logparsing.by-task.json", "optllm_logparsing");
}
END_TEST

int main(int argc, char **argv)
{
	const TTest *const tests[] = { cascades_100_gives_the_recorded_penalties_evidence_and_noise,
				       cascades_101_gives_the_recorded_penalties_evidence_and_noise,
				       cascades_102_gives_the_recorded_penalties_evidence_and_noise,
				       openllm_gives_the_recorded_penalties_evidence_and_noise,
				       logparsing_by_task_gives_the_recorded_penalties_evidence_and_noise };
	char path[PATH];
	(void)argc;
	blas_start(argv);
	snprintf(path, sizeof(path), "%s/reference.jsonl", folder() ? folder() : ".");
	if (!folder() || access(path, R_OK) != 0) {
		printf("skipped: no recorded logs (%s); set FEDROUTER_SHARED\n", path);
		return SKIPPED;
	}
	return suite_main("Ridge on recorded logs", tests, sizeof(tests) / sizeof(tests[0]));
}
