/* log_report.c: what a log holds, for a person and for a script.                           (kind: adapter) */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/log.h"
#include "common/data/names.h"

enum { FINDINGS_SHOWN = 20 };

/* Tasks in raw byte order, their queries, and the observations of task t and model m at cells[t·n_models +
 * m]. */
struct coverage {
	struct arena arena;
	struct names tasks;
	uint32_t *sorted; /* numbers of tasks, in order */
	size_t *queries;  /* by number of the task */
	size_t *cells;
};

/* Sums of one model. */
struct totals {
	size_t n, n_scores, n_costs;
	double score, cost;
};

static void coverage_deinit(struct coverage *coverage)
{
	arena_deinit(&coverage->arena);
	names_deinit(&coverage->tasks);
	free(coverage->sorted);
	free(coverage->queries);
	free(coverage->cells);
}

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int cover(const struct dataset *data, struct coverage *coverage)
{
	cleanup(free_pointer) uint32_t *task_of = malloc((data->n_queries + 1) * sizeof(*task_of));
	TRY_ALLOC(task_of);
	for (size_t q = 0; q < data->n_queries; q++) {
		const char *task = data->queries[q].task;
		TRY(names_number(&coverage->tasks, &coverage->arena, task, strlen(task), &task_of[q]));
	}
	TRY(names_sort(&coverage->tasks, &coverage->sorted));
	coverage->queries = calloc(coverage->tasks.n + 1, sizeof(*coverage->queries));
	coverage->cells = calloc(coverage->tasks.n * data->n_models + 1, sizeof(*coverage->cells));
	TRY_ALLOC(coverage->queries && coverage->cells);
	for (size_t q = 0; q < data->n_queries; q++)
		coverage->queries[task_of[q]]++;
	for (size_t i = 0; i < data->n_rows; i++)
		coverage->cells[task_of[data->rows[i].query] * data->n_models + data->rows[i].model]++;
	return 0;
}

static int add_up(const struct dataset *data, struct totals **out)
{
	struct totals *totals = calloc(data->n_models + 1, sizeof(*totals));
	TRY_ALLOC(totals);
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		struct totals *model = &totals[row->model];
		model->n++;
		model->n_scores += !isnan(row->score);
		model->n_costs += !isnan(row->cost);
		model->score += isnan(row->score) ? 0.0 : row->score;
		model->cost += isnan(row->cost) ? 0.0 : row->cost;
	}
	*out = totals;
	return 0;
}

static void print_counts(const struct log *log, const struct findings *findings, FILE *out)
{
	const struct log_report *report = log_report(log);
	const struct encoder_identity *encoder = log_encoder(log);
	fprintf(out, "rows          %zu read, %zu bad, %zu duplicates, %zu replaced by later ones\n",
		report->rows_read, report->rows_bad, report->duplicates, report->replaced);
	fprintf(out, "observations  %zu of %zu queries, %zu models, %zu tasks\n", report->observations,
		report->queries, report->models, report->tasks);
	fprintf(out, "encoder       %s, %zu dimensions\n", encoder->name, encoder->dimension);
	if (report->derived_costs)
		fprintf(out, "costs         some were derived from published prices, not recorded\n");
	for (size_t i = 0; i < findings->n_counts; i++)
		fprintf(out, "%13zu × %s\n", findings->counts[i].n, findings->counts[i].reason);
	findings_print(findings, out, FINDINGS_SHOWN);
}

static void print_models(const struct dataset *data, const struct totals *totals, FILE *out)
{
	fprintf(out, "\n  no observations  score      USD  model\n");
	for (size_t m = 0; m < data->n_models; m++)
		fprintf(out, "%4zu %12zu %6.3f %8.2g  %s\n", m + 1, totals[m].n,
			totals[m].score / (double)totals[m].n_scores,
			totals[m].cost / (double)totals[m].n_costs, data->models[m]);
}

static void print_coverage(const struct dataset *data, const struct coverage *coverage, FILE *out)
{
	fprintf(out, "\nobservations by task and model number\nqueries");
	for (size_t m = 0; m < data->n_models; m++)
		fprintf(out, " %6zu", m + 1);
	fprintf(out, "  task\n");
	for (size_t t = 0; t < coverage->tasks.n; t++) {
		uint32_t task = coverage->sorted[t];
		fprintf(out, "%7zu", coverage->queries[task]);
		for (size_t m = 0; m < data->n_models; m++)
			fprintf(out, " %6zu", coverage->cells[task * data->n_models + m]);
		fputs("  ", out);
		findings_print_text(coverage->tasks.items[task], out);
		fputc('\n', out);
	}
}

void log_report_print(const struct log *log, const struct findings *findings, FILE *out)
{
	cleanup(coverage_deinit) struct coverage coverage = { 0 };
	cleanup(free_pointer) struct totals *totals = NULL;
	print_counts(log, findings, out);
	if (cover(log_data(log), &coverage) != 0 || add_up(log_data(log), &totals) != 0)
		return;
	print_models(log_data(log), totals, out);
	print_coverage(log_data(log), &coverage, out);
}

/* File names need not be UTF-8, which JSON must be. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);
	cleanup(free_pointer) char *ascii = json ? NULL : strdup(text);
	for (char *c = ascii; c && *c; c++)
		if (*c & 0x80)
			*c = '?';
	return json ? json : json_string(ascii);
}

static json_t *findings_json(const struct findings *findings)
{
	json_t *list = json_array();
	for (size_t i = 0; i < findings->n_items; i++) {
		const struct finding *finding = &findings->items[i];
		json_array_append_new(list,
				      json_pack("{s:o, s:I, s:s, s:o}", "file", text_json(finding->file),
						"line", (json_int_t)finding->line, "reason", finding->reason,
						"detail",
						finding->detail ? text_json(finding->detail) : json_null()));
	}
	return list;
}

static json_t *reasons_json(const struct findings *findings)
{
	json_t *list = json_array();
	for (size_t i = 0; i < findings->n_counts; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "reason", findings->counts[i].reason, "n",
						      (json_int_t)findings->counts[i].n));
	return list;
}

static json_t *models_json(const struct dataset *data, const struct totals *totals)
{
	json_t *list = json_array();
	for (size_t m = 0; m < data->n_models; m++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:f, s:f}", "model", data->models[m],
						      "observations", (json_int_t)totals[m].n, "score",
						      totals[m].score / (double)totals[m].n_scores, "cost",
						      totals[m].cost / (double)totals[m].n_costs));
	return list;
}

static json_t *tasks_json(const struct dataset *data, const struct coverage *coverage)
{
	json_t *list = json_array();
	for (size_t t = 0; t < coverage->tasks.n; t++) {
		uint32_t task = coverage->sorted[t];
		json_t *cells = json_array();
		for (size_t m = 0; m < data->n_models; m++)
			json_array_append_new(cells,
					      json_integer((json_int_t)coverage
								   ->cells[task * data->n_models + m]));
		json_array_append_new(list, json_pack("{s:s, s:I, s:o}", "task", coverage->tasks.items[task],
						      "queries", (json_int_t)coverage->queries[task],
						      "observations", cells));
	}
	return list;
}

int log_report_json(const struct log *log, const struct findings *findings, char **out)
{
	cleanup(coverage_deinit) struct coverage coverage = { 0 };
	cleanup(free_pointer) struct totals *totals = NULL;
	const struct log_report *report = log_report(log);
	TRY(cover(log_data(log), &coverage));
	TRY(add_up(log_data(log), &totals));
	cleanup(json_cleanup) json_t *json =
		json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:{s:o, s:I}, s:o, s:o, s:o, s:o}",
			  "schema", "fedrouter.log/1", "rows_read", (json_int_t)report->rows_read, "rows_bad",
			  (json_int_t)report->rows_bad, "duplicates", (json_int_t)report->duplicates,
			  "replaced", (json_int_t)report->replaced, "queries", (json_int_t)report->queries,
			  "observations", (json_int_t)report->observations, "derived_costs",
			  report->derived_costs, "encoder", "name", text_json(log_encoder(log)->name),
			  "dimension", (json_int_t)log_encoder(log)->dimension, "models",
			  models_json(log_data(log), totals), "tasks", tasks_json(log_data(log), &coverage),
			  "reasons", reasons_json(findings), "findings", findings_json(findings));
	TRY_ALLOC(json);
	*out = json_dumps(json, JSON_INDENT(2));
	TRY_ALLOC(*out);
	return 0;
}
