/* format_routerbench.c: RouterBench's wide CSV.                                            (kind: adapter) */
#include "common/data/format_routerbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/csv.h"
#include "common/data/log_value.h"
#include "common/data/python_list.h"

static const char total_cost[] = "|total_cost";

struct pair {
	const char *model;
	size_t score, cost;
};

struct columns {
	struct csv header; /* holds the names */
	size_t id, prompt, task;
	struct pair *pairs;
	size_t n_pairs;
};

static void columns_deinit(struct columns *columns)
{
	csv_deinit(&columns->header);
	free(columns->pairs);
}

bool format_routerbench_detect(const struct line *first)
{
	return first->text[0] != '{' && (strstr(first->text, "sample_id") ||
					 strstr(first->text, "eval_name") || strstr(first->text, total_cost));
}

/* The next record that is not blank. LINES_E_LONG: it never ends, or has a line that is too long. */
static int read_record(struct log_format_input *input, struct log_build *build, struct csv *csv)
{
	int r;
	do
		r = log_format_next(input, build);
	while (r == LINES_E_OK && log_format_is_blank(&input->line));
	size_t first = input->line.number, n = 0;
	if (r == LINES_E_OK || r == LINES_E_LONG)
		log_build_at(build, first);
	csv_begin(csv);
	while (r == LINES_E_OK && (r = csv_line(csv, input->line.text, input->line.n)) == CSV_E_MORE) {
		n += input->line.n;
		r = n > LINES_LONGEST ? LINES_E_LONG : log_format_next(input, build);
		if (r == LINES_E_END)
			r = LINES_E_LONG;
		build->place.line = first;
	}
	return r;
}

/* The column of that name, or the number of columns. */
static size_t find_column(const struct csv *header, const char *name, size_t n)
{
	size_t at = 0;
	while (at < header->n_cells &&
	       (strncmp(csv_cell(header, at), name, n) != 0 || csv_cell(header, at)[n] != '\0'))
		at++;
	return at;
}

static bool need_column(struct log_build *build, const struct csv *header, const char *name, size_t *out)
{
	*out = find_column(header, name, strlen(name));
	if (*out < header->n_cells)
		return true;
	findings_add(
		build->findings, build->place.file, build->place.line, "column is missing",
		"\"%s\"; a RouterBench file has sample_id, prompt, eval_name, MODEL and MODEL|total_cost",
		name);
	return false;
}

/* A model is a name that has both columns. */
static int find_pairs(struct columns *columns)
{
	const struct csv *header = &columns->header;
	columns->pairs = calloc(header->n_cells + 1, sizeof(*columns->pairs));
	TRY_ALLOC(columns->pairs);
	for (size_t cost = 0; cost < header->n_cells; cost++) {
		char *name = csv_cell(header, cost);
		size_t n = strlen(name), suffix = strlen(total_cost);
		if (n < suffix || strcmp(name + n - suffix, total_cost) != 0)
			continue;
		size_t score = find_column(header, name, n - suffix);
		if (score < header->n_cells)
			columns->pairs[columns->n_pairs++] =
				(struct pair){ csv_cell(header, score), score, cost };
	}
	return 0;
}

static int read_header(struct log_format_input *input, struct log_build *build, struct columns *columns)
{
	int r = read_record(input, build, &columns->header);
	if (r < 0 || r == LINES_E_BAD)
		return r < 0 ? r : LOG_E_BAD;
	if (!need_column(build, &columns->header, "sample_id", &columns->id) ||
	    !need_column(build, &columns->header, "prompt", &columns->prompt) ||
	    !need_column(build, &columns->header, "eval_name", &columns->task))
		return LOG_E_BAD;
	TRY(find_pairs(columns));
	size_t none;
	if (columns->n_pairs > 0)
		return LOG_E_OK;
	return need_column(build, &columns->header, "MODEL|total_cost", &none) ? LOG_E_OK : LOG_E_BAD;
}

static int read_cell(const struct pair *pair, const struct csv *csv, struct observation row,
		     struct log_build *build)
{
	const char *reason = log_value_score_text(csv_cell(csv, pair->score), &row.score);
	if (!reason)
		reason = log_value_cost_text(csv_cell(csv, pair->cost), &row.cost);
	if (reason)
		log_build_bad(build, reason, "model \"%s\"", pair->model);
	else if (!isnan(row.score) || !isnan(row.cost))
		TRY(log_build_observe(build, pair->model, row));
	return 0;
}

static int read_row(const struct columns *columns, const struct csv *csv, struct log_build *build)
{
	char *prompt = csv_cell(csv, columns->prompt);
	cleanup(free_pointer) char *joined = malloc(strlen(prompt) + 1);
	TRY_ALLOC(joined);
	if (python_list_join(prompt, joined))
		prompt = joined;
	const struct log_build_text text = { .id = csv_cell(csv, columns->id),
					     .text = prompt,
					     .text_n = strlen(prompt),
					     .task = csv_cell(csv, columns->task) };
	struct observation row = { .propensity = NAN };
	int r = log_build_query(build, &text, &row.query);
	if (r != LOG_BUILD_E_OK)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < columns->n_pairs; i++)
		TRY(read_cell(&columns->pairs[i], csv, row, build));
	return 0;
}

/* Cells become strings and, when written, JSON: bytes that cannot be either make the row unusable. */
static bool is_text(const struct csv *csv)
{
	for (size_t i = 0; i < csv->n_cells; i++) {
		size_t end = i + 1 < csv->n_cells ? csv->starts[i + 1] : csv->n_bytes;
		json_t *json = json_string(csv_cell(csv, i));
		json_decref(json);
		if (!json || csv->starts[i] + strlen(csv_cell(csv, i)) + 1 != end)
			return false;
	}
	return true;
}

int format_routerbench_read(struct log_format_input *input, struct log_build *build)
{
	cleanup(columns_deinit) struct columns columns = { 0 };
	cleanup(csv_deinit) struct csv csv = { 0 };
	int r = read_header(input, build, &columns);
	if (r != LOG_E_OK)
		return r;
	while ((r = read_record(input, build, &csv)) == LINES_E_OK || r == LINES_E_LONG) {
		if (r == LINES_E_LONG)
			log_build_torn(build, "row is longer than 4 MiB or its quotes do not close", NULL);
		else if (csv.n_cells != columns.header.n_cells)
			log_build_torn(build, "row has another number of cells", "%zu, the header has %zu",
				       csv.n_cells, columns.header.n_cells);
		else if (!is_text(&csv))
			log_build_torn(build, "row is not UTF-8 text", NULL);
		else
			TRY(read_row(&columns, &csv, build));
	}
	return r == LINES_E_END ? LOG_E_OK : r == LINES_E_BAD ? LOG_E_BAD : r;
}
