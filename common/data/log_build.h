/* log_build.h: a log while its files are being read, in order of appearance.                   (kind: kernel)
 *
 * Format readers give it queries and observations and tell it what is bad; it knows the place (file, line) of
 * each. Queries and models are numbered as they first appear; log_order.c puts them in the promised order
 * afterwards.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "common/base/findings.h"
#include "common/data/arena.h"
#include "common/data/log.h"
#include "common/data/log_value.h"
#include "common/data/names.h"

struct log_place {
	const char *file; /* as the user named it */
	size_t line;
};

struct log_build_query {
	const char *text; /* NULL until a row had one */
	const char *task;
	struct log_place place; /* of its first row */
	bool has_vector;
};

struct log_build {
	struct findings *findings;
	struct arena arena;
	struct names ids, models, tasks;
	struct log_build_query *queries; /* by number of the id */
	size_t queries_room;
	struct observation *rows; /* `query` and `model` are numbers of appearance */
	size_t n_rows, rows_room;
	bool wants_vectors; /* rows carry their embeddings and those count */
	size_t dimension;   /* of the first one */
	float *vectors;     /* by number of the id, as the input had them */
	struct log_report report;
	struct log_place place; /* where reading is */
	struct log_place torn;  /* the first row of which not even the id is known; file NULL: none */
	bool torn_inside;       /* … and there was a row after it */
};

/* What a row says of its query. */
struct log_build_text {
	const char *id; /* NULL or "": the text's SHA-256 */
	const char *text;
	size_t text_n;
	const char *task;     /* NULL or "": "unknown" */
	const json_t *vector; /* array of numbers, or NULL */
};

enum { LOG_BUILD_E_OK = 0, LOG_BUILD_E_BAD_ROW = 1 };

void log_build_deinit(struct log_build *build);

/* A row starts here. */
void log_build_at(struct log_build *build, size_t line);

/* Count one bad row at the present place. `reason` is a literal. */
void log_build_bad(struct log_build *build, const char *reason, const char *format, ...) print_like(3, 4);

/* The same for a value of the model's answer (model NULL: unknown), as log_value.h judged it. */
void log_build_bad_value(struct log_build *build, const struct log_value_fault *fault, const char *model,
			 double value);

/* The same for a row of which not even the id is known: rows of an embeddings file cannot be matched beyond
 * it. */
void log_build_torn(struct log_build *build, const char *reason, const char *format, ...) print_like(3, 4);

/* The number of a row's query. LOG_BUILD_E_BAD_ROW: the row is unusable and has been counted. */
must_check int log_build_query(struct log_build *build, const struct log_build_text *row, uint32_t *out);

/* Keep one observation of the model named `model`; a bad name is counted as a bad row. `row`: all but
 * `model`. */
must_check int log_build_observe(struct log_build *build, const char *model, struct observation row);
