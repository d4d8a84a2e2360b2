/* fuzz_log.c: reads a log, checks the dataset, writes it, reads it again. */
#include "tests/fuzz/fuzz_log.h"

#include <string.h>

#include "common/data/log.h"
#include "tests/fuzz/fuzz.h"

static int read_log(const char *path, bool embeddings_in_rows, struct findings *findings, struct log **out)
{
	const struct log_source source = {
		.n_files = 1, .files = &path, .encoder = embeddings_in_rows ? NULL : "hash:4", .max_bad = 0.9
	};
	return log_read(&source, findings, out);
}

static void check_rows(const struct dataset *data)
{
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		FUZZ_NEED(row->query < data->n_queries && row->model < data->n_models);
		FUZZ_NEED(isnan(row->score) || (row->score >= 0.0 && row->score <= 1.0));
		FUZZ_NEED(isnan(row->cost) || (row->cost >= 0.0 && isfinite(row->cost)));
		FUZZ_NEED(i == 0 || row[-1].query < row->query ||
			  (row[-1].query == row->query && row[-1].model < row->model));
	}
}

static void check_dataset(const struct dataset *data)
{
	FUZZ_NEED(data->n_models >= 2 && data->n_queries > 0 && data->n_rows > 0);
	for (size_t m = 1; m < data->n_models; m++)
		FUZZ_NEED(strcmp(data->models[m - 1], data->models[m]) < 0);
	for (size_t q = 0; q < data->n_queries; q++) {
		double square = 0.0;
		for (size_t j = 0; j < data->dimension; j++)
			square += pow((double)data->embeddings[q * data->dimension + j], 2.0);
		FUZZ_NEED(fabs(square - 1.0) < 1e-5);
		FUZZ_NEED(q == 0 || strcmp(data->queries[q - 1].id, data->queries[q].id) < 0);
	}
	check_rows(data);
}

/* Numbers to their last bit, NaN included. */
static bool same(double a, double b)
{
	return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0;
}

static void compare(const struct dataset *a, const struct dataset *b)
{
	FUZZ_NEED(a->n_rows == b->n_rows && a->n_queries == b->n_queries && a->n_models == b->n_models);
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct observation *x = &a->rows[i], *y = &b->rows[i];
		FUZZ_NEED(x->query == y->query && x->model == y->model);
		FUZZ_NEED(same(x->score, y->score) && same(x->cost, y->cost));
		FUZZ_NEED(same(x->propensity, y->propensity));
	}
	for (size_t q = 0; q < a->n_queries; q++) {
		FUZZ_NEED(strcmp(a->queries[q].id, b->queries[q].id) == 0);
		FUZZ_NEED(strcmp(a->queries[q].text, b->queries[q].text) == 0);
		FUZZ_NEED(strcmp(a->queries[q].task, b->queries[q].task) == 0);
	}
}

static void write_and_read(const struct log *log)
{
	struct findings findings = { 0 };
	cleanup(log_cleanup) struct log *again = NULL;
	FUZZ_NEED(log_write(log_data(log), fuzz_path()) == 0);
	int r = read_log(fuzz_path(), false, &findings, &again);
	/* A text that has a direction in its row's embedding may have none in the hash encoder. */
	if (r == LOG_E_OK && findings.n == 0)
		compare(log_data(log), log_data(again));
	FUZZ_NEED(r >= 0);
	findings_deinit(&findings);
}

void fuzz_log(const uint8_t *bytes, size_t n, bool embeddings_in_rows)
{
	struct findings findings = { 0 };
	cleanup(log_cleanup) struct log *log = NULL;
	int r = read_log(fuzz_file(bytes, n), embeddings_in_rows, &findings, &log);
	if (r == LOG_E_OK) {
		cleanup(free_pointer) char *report = NULL;
		cleanup(free_pointer) const char **models = NULL;
		struct dataset complete = { 0 };
		check_dataset(log_data(log));
		FUZZ_NEED(log_report_json(log, &findings, &report) == 0);
		FUZZ_NEED(log_complete(log_data(log), &models, &complete) == 0);
		check_rows(&complete);
		dataset_deinit(&complete);
		write_and_read(log);
	}
	fuzz_judge(r, &findings);
}
