/* format_routerbench.c: RouterBench's wide CSV.                                            (kind: adapter) */
#include "common/data/format_routerbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/csv.h"
#include "common/data/log_value.h"
#include "common/data/python_list.h"

enum { COLUMNS_MOST = 4096 };

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
	const char *text = first->text + strspn(first->text, " \t");
	return *text != '{' &&
	       (strstr(text, "sample_id") || strstr(text, "eval_name") || strstr(text, total_cost));
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
		"\"%s\": a RouterBench file needs sample_id, prompt, eval_name, MODEL and MODEL|total_cost",
		name);
	return false;
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), suffix = strlen(end);
	return n >= suffix && strcmp(name + n - suffix, end) == 0;
}

/* Columns that are read for the query, or that every such file has and nobody reads. */
static bool is_known(const char *name)
{
	return strcmp(name, "sample_id") == 0 || strcmp(name, "prompt") == 0 ||
	       strcmp(name, "eval_name") == 0 || strcmp(name, "oracle_model_to_route_to") == 0 ||
	       ends_with(name, "|model_response");
}

static bool is_cost_of(const char *column, const char *model)
{
	size_t n = strlen(model);
	return strncmp(column, model, n) == 0 && strcmp(column + n, total_cost) == 0;
}

static void note_column(struct log_build *build, const char *why, const char *name)
{
	findings_add(build->findings, build->place.file, build->place.line, "note: column is not read",
		     "\"%s\": %s", name, why);
}

/* A model is a name that has both columns. */
static void find_pair(struct log_build *build, struct columns *columns, size_t score)
{
	const struct csv *header = &columns->header;
	char *name = csv_cell(header, score);
	size_t cost = 0;
	while (cost < header->n_cells && !is_cost_of(csv_cell(header, cost), name))
		cost++;
	if (cost == header->n_cells)
		note_column(build, "a model needs MODEL and MODEL|total_cost", name);
	else if (log_value_model(name))
		note_column(build, log_value_model(name)->reason, name);
	else
		columns->pairs[columns->n_pairs++] = (struct pair){ name, score, cost };
}

static int find_pairs(struct log_build *build, struct columns *columns)
{
	const struct csv *header = &columns->header;
	columns->pairs = calloc(header->n_cells, sizeof(*columns->pairs));
	TRY_ALLOC(columns->pairs);
	for (size_t i = 0; i < header->n_cells; i++) {
		char *name = csv_cell(header, i);
		bool is_cost = ends_with(name, total_cost);
		size_t n = strlen(name) - (is_cost ? strlen(total_cost) : 0);
		if (is_cost && find_column(header, name, n) == header->n_cells)
			note_column(build, "a model needs MODEL and MODEL|total_cost", name);
		else if (!is_cost && !is_known(name))
			find_pair(build, columns, i);
	}
	return 0;
}

/* Cells become strings and, when written, JSON: bytes that cannot be either make the row unusable. */
static bool is_utf8(const char *text)
{
	json_t *json = json_string(text);
	json_decref(json);
	return json != NULL;
}

static bool has_nul(const struct csv *csv)
{
	for (size_t i = 0; i < csv->n_cells; i++) {
		size_t end = i + 1 < csv->n_cells ? csv->starts[i + 1] : csv->n_bytes;
		if (csv->starts[i] + strlen(csv_cell(csv, i)) + 1 != end)
			return true;
	}
	return false;
}

/* LOG_E_BAD: told. */
static int judge_header(struct log_build *build, const struct csv *header, int result)
{
	const char *why = NULL;
	if (result == LINES_E_LONG)
		why = "it is longer than 4 MiB or its quotes do not close: write the names of the columns";
	else if (header->n_cells > COLUMNS_MOST)
		why = "it has more than 4096 columns: leave out those that nobody reads";
	else if (has_nul(header))
		why = "it has NUL bytes: save the file as UTF-8";
	for (size_t i = 0; !why && i < header->n_cells; i++)
		if (!is_utf8(csv_cell(header, i)))
			why = "it is not UTF-8: convert the file";
	if (!why)
		return LOG_E_OK;
	findings_add(build->findings, build->place.file, build->place.line, "header cannot be read", "%s",
		     why);
	return LOG_E_BAD;
}

static int read_header(struct log_format_input *input, struct log_build *build, struct columns *columns)
{
	const struct csv *header = &columns->header;
	int r = read_record(input, build, &columns->header);
	if (r < 0 || r == LINES_E_BAD)
		return r < 0 ? r : LOG_E_BAD;
	r = judge_header(build, header, r);
	if (r != LOG_E_OK)
		return r;
	if (!need_column(build, header, "sample_id", &columns->id) ||
	    !need_column(build, header, "prompt", &columns->prompt) ||
	    !need_column(build, header, "eval_name", &columns->task))
		return LOG_E_BAD;
	TRY(find_pairs(build, columns));
	size_t none;
	if (columns->n_pairs > 0)
		return LOG_E_OK;
	return need_column(build, header, "MODEL|total_cost", &none) ? LOG_E_OK : LOG_E_BAD;
}

static int read_cell(const struct pair *pair, const struct csv *csv, struct observation row,
		     struct log_build *build)
{
	double *value = &row.score;
	const struct log_value_fault *fault = log_value_score_text(csv_cell(csv, pair->score), value);
	if (!fault)
		fault = log_value_cost_text(csv_cell(csv, pair->cost), value = &row.cost);
	if (fault)
		log_build_bad_value(build, fault, pair->model, *value);
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

/* A row that holds what its header says; otherwise it has been counted. */
static bool judge_record(const struct columns *columns, const struct csv *csv, int result,
			 struct log_build *build)
{
	if (result == LINES_E_LONG)
		log_build_torn(build, "row is longer than 4 MiB or its quotes do not close",
			       "close the quotes, double those inside a cell");
	else if (csv->n_cells != columns->header.n_cells)
		log_build_torn(build, "row has another number of cells",
			       "%zu, the header has %zu: quote cells that hold commas or line ends",
			       csv->n_cells, columns->header.n_cells);
	else if (has_nul(csv) || !is_utf8(csv_cell(csv, columns->id)) ||
		 !is_utf8(csv_cell(csv, columns->prompt)) || !is_utf8(csv_cell(csv, columns->task)))
		log_build_torn(build, "row is not UTF-8 text", "convert the file, remove NUL bytes");
	else
		return true;
	return false;
}

int format_routerbench_read(struct log_format_input *input, struct log_build *build)
{
	cleanup(columns_deinit) struct columns columns = { 0 };
	cleanup(csv_deinit) struct csv csv = { 0 };
	int r = read_header(input, build, &columns);
	if (r != LOG_E_OK)
		return r;
	while ((r = read_record(input, build, &csv)) == LINES_E_OK || r == LINES_E_LONG)
		if (judge_record(&columns, &csv, r, build))
			TRY(read_row(&columns, &csv, build));
	return r == LINES_E_END ? LOG_E_OK : r == LINES_E_BAD ? LOG_E_BAD : r;
}
