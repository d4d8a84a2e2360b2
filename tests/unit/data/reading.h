/* reading.h: read a log in a test, and ask what came out. */
#pragma once

#include "tests/support/suite.h"

#include "common/data/log.h"

struct reading {
	int result;
	struct log *log;            /* NULL unless result is LOG_E_OK */
	const struct dataset *data; /* of the log */
	struct findings findings;
};

/* Read what `source` says, n_files of `files`; where max_bad is 0, LOG_MAX_BAD is meant. */
struct reading reading_of(struct log_source source);

/* The same of one file with this text, with the hash encoder; `most_bad` as max_bad. */
struct reading reading_text(const char *name, const char *text, double most_bad);

void reading_close(struct reading *reading);

/* The observation of a query and a model, or NULL. */
const struct observation *reading_row(const struct reading *reading, const char *id, const char *model);

/* Fails unless there is a finding with that reason at that line, of the file that ends in `file`, and a
 * detail that contains `detail` (NULL: any). */
void reading_told(const struct reading *reading, const char *file, size_t line, const char *reason,
		  const char *detail);
size_t reading_count(const struct reading *reading, const char *reason);

/* Write an array file; `values` are rows × columns, in C order whatever the file has.
 * reading_npy: float32 in C order. */
struct reading_array {
	const char *type; /* "<f4" or "<f2" */
	bool fortran;
	size_t rows, columns;
	const float *values;
};
const char *reading_array(const char *name, struct reading_array array);
const char *reading_npy(const char *name, size_t rows, size_t columns, const float *values);
