/* log.c: reads evaluation logs.                                                          (kind: conductor) */
#include "common/data/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/log_format.h"
#include "common/data/log_order.h"

struct log {
	struct arena arena;     /* all strings */
	struct log_order order; /* queries, models; its rows are the dataset's */
	struct log_vectors vectors;
	struct dataset data;
	struct log_report report;
};

void log_free(struct log *log)
{
	if (!log)
		return;
	dataset_deinit(&log->data);
	log_order_deinit(&log->order);
	log_vectors_deinit(&log->vectors);
	arena_deinit(&log->arena);
	free(log);
}

void log_cleanup(struct log **log)
{
	log_free(*log);
	*log = NULL;
}

const struct dataset *log_data(const struct log *log)
{
	return &log->data;
}

const struct encoder_identity *log_encoder(const struct log *log)
{
	return &log->vectors.identity;
}

const struct log_report *log_report(const struct log *log)
{
	return &log->report;
}

void log_raw_embedding(const struct log *log, size_t query, float *out)
{
	if (log_vectors_read(&log->vectors, log->order.numbers[query], log->order.queries[query].text, out) !=
	    0)
		memset(out, 0, log->vectors.dimension * sizeof(*out));
}

static int read_files(const struct log_source *source, struct log_build *build)
{
	for (size_t i = 0; i < source->n_files; i++) {
		size_t before = build->report.rows_read;
		int r = log_format_read(source->files[i], source, build);
		if (r != LOG_E_OK)
			return r;
		if (build->report.rows_read == before && source->n_files > 1)
			findings_add(build->findings, source->files[i], 0, "note: file has no observation",
				     NULL);
	}
	if (build->report.rows_read > 0)
		return LOG_E_OK;
	findings_add(build->findings, source->n_files > 0 ? source->files[0] : NULL, 0, "log is empty",
		     "it has no observation: check that it is the right file");
	return LOG_E_BAD;
}

/* Few bad rows are skipped, many mean that the file is not what it should be. */
static int judge_rows(const struct log_source *source, const struct log_build *build)
{
	const struct log_report *report = &build->report;
	if (!((double)report->rows_bad > source->max_bad * (double)report->rows_read))
		return LOG_E_OK;
	findings_add(build->findings, source->files[0], 0, "too many bad rows",
		     "%zu of %zu, at most %g %% may be: mend them, or raise --max-bad", report->rows_bad,
		     report->rows_read, 100.0 * source->max_bad);
	return LOG_E_BAD;
}

static int judge_models(const struct log_source *source, const struct log_build *build,
			const struct log_order *order)
{
	if (order->n_models >= 2 || source->joins)
		return LOG_E_OK;
	findings_add(build->findings, source->files[0], 0, "routing needs two models",
		     "it has scores and costs of %s%s%s: add the log of another model",
		     order->n_models == 1 ? "\"" : "", order->n_models == 1 ? order->models[0] : "none",
		     order->n_models == 1 ? "\" only" : "");
	return LOG_E_BAD;
}

static int by_address(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;
	return (*a > *b) - (*a < *b);
}

/* Tasks are interned: equal ones are the same pointer. */
static int count_tasks(const struct dataset *data, size_t *out)
{
	cleanup(free_pointer) const char **tasks = malloc((data->n_queries + 1) * sizeof(*tasks));
	TRY_ALLOC(tasks);
	for (size_t q = 0; q < data->n_queries; q++)
		tasks[q] = data->queries[q].task;
	qsort(tasks, data->n_queries, sizeof(*tasks), by_address);
	*out = 0;
	for (size_t q = 0; q < data->n_queries; q++)
		*out += q == 0 || tasks[q] != tasks[q - 1];
	return 0;
}

static int put_in_order(const struct log_source *source, struct log_build *build, struct log *log)
{
	TRY(log_order_queries(build, &log->vectors, &log->order));
	int r = judge_rows(source, build);
	if (r != LOG_E_OK)
		return r;
	TRY(log_order_rows(build, &log->order));
	TRY(log_order_prune(build, log->vectors.dimension, source->joins, &log->order));
	r = judge_models(source, build, &log->order);
	if (r != LOG_E_OK)
		return r;
	struct log_order *order = &log->order;
	log->data = (struct dataset){
		.n_models = order->n_models,
		.models = order->models,
		.n_queries = order->n_queries,
		.queries = order->queries,
		.dimension = log->vectors.dimension,
		.embeddings = order->embeddings,
		.n_rows = order->n_rows,
		.rows = order->rows,
	};
	order->rows = NULL;
	return 0;
}

/* The build gives its strings and counts away. */
static int finish(struct log_build *build, struct log *log)
{
	log->arena = build->arena;
	build->arena = (struct arena){ 0 };
	log->report = build->report;
	log->report.queries = log->data.n_queries;
	log->report.models = log->data.n_models;
	log->report.observations = log->data.n_rows;
	return count_tasks(&log->data, &log->report.tasks);
}

int log_read(const struct log_source *source, struct findings *findings, struct log **out)
{
	cleanup(log_build_deinit) struct log_build build = { .findings = findings,
							     .wants_vectors = log_vectors_in_rows(source) };
	cleanup(log_cleanup) struct log *log = calloc(1, sizeof(*log));
	TRY_ALLOC(log);
	int r = read_files(source, &build);
	if (r == LOG_E_OK)
		r = log_vectors_open(source, &build, &log->vectors);
	if (r == LOG_E_OK)
		r = put_in_order(source, &build, log);
	if (r != LOG_E_OK)
		return r;
	TRY(finish(&build, log));
	*out = log;
	log = NULL;
	return LOG_E_OK;
}

static bool lacks_embeddings(const struct findings *findings)
{
	for (size_t i = 0; i < findings->n_counts; i++) {
		if (strcmp(findings->counts[i].reason, "log has no embeddings") == 0)
			return true;
	}
	return false;
}

int log_read_or_embed(const struct log_source *source, const char *fallback, struct findings *findings,
		      struct log **out)
{
	struct log_source embedded = *source;
	int r = log_read(source, findings, out);
	if (r != LOG_E_BAD || !lacks_embeddings(findings))
		return r;
	findings_deinit(findings);
	embedded.encoder = fallback;
	return log_read(&embedded, findings, out);
}
