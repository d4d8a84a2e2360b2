/* log_build.c: gathers queries and observations as they appear.                             (kind: kernel) */
#include "common/data/log_build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void log_build_deinit(struct log_build *build)
{
	arena_deinit(&build->arena);
	names_deinit(&build->ids);
	names_deinit(&build->models);
	names_deinit(&build->tasks);
	free(build->queries);
	free(build->rows);
	free(build->vectors);
}

void log_build_at(struct log_build *build, size_t line)
{
	build->place.line = line;
	build->torn_inside = build->torn.file != NULL;
}

static void note_bad(struct log_build *build, const char *reason, const char *format, va_list arguments)
{
	cleanup(free_pointer) char *detail = NULL;
	if (format && vasprintf(&detail, format, arguments) < 0)
		detail = NULL;
	build->report.rows_read++;
	build->report.rows_bad++;
	findings_add(build->findings, build->place.file, build->place.line, reason, detail ? "%s" : NULL,
		     detail);
}

void log_build_bad(struct log_build *build, const char *reason, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	note_bad(build, reason, format, arguments);
	va_end(arguments);
}

void log_build_bad_value(struct log_build *build, const struct log_value_fault *fault, const char *model,
			 double value)
{
	char number[40] = "";
	if (!isnan(value))
		snprintf(number, sizeof(number), "%.6g: ", value);
	if (model)
		log_build_bad(build, fault->reason, "model \"%s\": %s%s", model, number, fault->remedy);
	else
		log_build_bad(build, fault->reason, "%s%s", number, fault->remedy);
}

void log_build_torn(struct log_build *build, const char *reason, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	note_bad(build, reason, format, arguments);
	va_end(arguments);
	if (!build->torn.file)
		build->torn = build->place;
}

/* Room for the query `number`, and for its vector once the dimension is known. */
static int reserve_query(struct log_build *build, size_t number)
{
	if (number < build->queries_room)
		return 0;
	size_t room = build->queries_room > 0 ? 2 * build->queries_room : 256;
	struct log_build_query *queries = realloc(build->queries, room * sizeof(*queries));
	TRY_ALLOC(queries);
	build->queries = queries;
	if (build->dimension > 0) {
		float *vectors = realloc(build->vectors, room * build->dimension * sizeof(*vectors));
		TRY_ALLOC(vectors);
		build->vectors = vectors;
	}
	build->queries_room = room;
	return 0;
}

/* The first vector decides the dimension. */
static int start_vectors(struct log_build *build, size_t dimension)
{
	build->vectors = malloc(build->queries_room * dimension * sizeof(*build->vectors));
	TRY_ALLOC(build->vectors);
	build->dimension = dimension;
	return 0;
}

static bool is_numeric(const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!json_is_number(json_array_get(array, i)))
			return false;
	return json_array_size(array) > 0 && json_array_size(array) <= ENCODER_DIMENSION_MOST;
}

/* Whether a vector has a direction (embed_normalize would take it). */
static bool has_direction(const json_t *array)
{
	double square = 0.0;
	for (size_t i = 0; i < json_array_size(array); i++) {
		float x = (float)json_number_value(json_array_get(array, i));
		square += (double)x * (double)x;
	}
	return square > 0.0 && isfinite(square);
}

/* Whether the row can be used; if not, it has been counted. */
static bool judge_vector(struct log_build *build, const json_t *array)
{
	size_t n = json_array_size(array);
	if (!is_numeric(array))
		log_build_bad(build, "embedding is not an array of numbers",
			      "write 1 to %d finite numbers, or leave it out", ENCODER_DIMENSION_MOST);
	else if (build->dimension > 0 && n != build->dimension)
		log_build_bad(build, "embedding has another dimension",
			      "%zu numbers, the first one has %zu: make all with the same encoder", n,
			      build->dimension);
	else if (!has_direction(array))
		log_build_bad(build, "embedding is zero or not finite",
			      "it has no direction: make it again, or remove the row");
	else
		return true;
	return false;
}

/* Of the vectors of a query the first counts. */
static int take_vector(struct log_build *build, const json_t *array, uint32_t query)
{
	if (!judge_vector(build, array))
		return LOG_BUILD_E_BAD_ROW;
	if (build->dimension == 0)
		TRY(start_vectors(build, json_array_size(array)));
	float *x = build->vectors + query * build->dimension;
	for (size_t i = 0; i < build->dimension && !build->queries[query].has_vector; i++)
		x[i] = (float)json_number_value(json_array_get(array, i));
	build->queries[query].has_vector = true;
	return LOG_BUILD_E_OK;
}

static int number_id(struct log_build *build, const struct log_build_text *row, uint32_t *out)
{
	if (row->id && row->id[0])
		return names_number(&build->ids, &build->arena, row->id, strlen(row->id), out);
	struct digest digest;
	char hex[65];
	TRY(digest_bytes(row->text, row->text_n, &digest));
	digest_hex(&digest, hex);
	return names_number(&build->ids, &build->arena, hex, 64, out);
}

static int number_query(struct log_build *build, const struct log_build_text *row, uint32_t *out)
{
	size_t before = build->ids.n;
	TRY(number_id(build, row, out));
	if (build->ids.n == before)
		return 0;
	TRY(reserve_query(build, *out));
	const char *task = row->task && row->task[0] ? row->task : "unknown";
	uint32_t number;
	TRY(names_number(&build->tasks, &build->arena, task, strlen(task), &number));
	build->queries[*out] =
		(struct log_build_query){ .task = build->tasks.items[number], .place = build->place };
	return 0;
}

int log_build_query(struct log_build *build, const struct log_build_text *row, uint32_t *out)
{
	if (row->text_n == 0 && !(row->id && row->id[0])) {
		log_build_torn(build, "neither query text nor id",
			       "write the text as a string, or remove the row");
		return LOG_BUILD_E_BAD_ROW;
	}
	TRY(number_query(build, row, out));
	struct log_build_query *query = &build->queries[*out];
	if (row->text_n == 0) {
		log_build_bad(build, "query text is empty", "write it as a string, or remove the row");
		return LOG_BUILD_E_BAD_ROW;
	}
	if (!query->text)
		TRY(arena_copy(&build->arena, row->text, row->text_n, &query->text));
	else if (strcmp(query->text, row->text) != 0)
		findings_add(build->findings, build->place.file, build->place.line,
			     "note: another text under the same id", "the text of %s:%zu is kept",
			     query->place.file, query->place.line);
	return build->wants_vectors && row->vector ? take_vector(build, row->vector, *out) : LOG_BUILD_E_OK;
}

int log_build_observe(struct log_build *build, const char *model, struct observation row)
{
	if (build->n_rows == build->rows_room) {
		size_t room = build->rows_room > 0 ? build->rows_room + build->rows_room / 2 : 1024;
		struct observation *rows = realloc(build->rows, room * sizeof(*rows));
		TRY_ALLOC(rows);
		build->rows = rows;
		build->rows_room = room;
	}
	TRY(names_number(&build->models, &build->arena, model, strlen(model), &row.model));
	build->rows[build->n_rows++] = row;
	build->report.rows_read++;
	return 0;
}
