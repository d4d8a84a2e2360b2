/* log.h: evaluation logs: files of observations become one dataset, and a quality report.   (kind: conductor)
 *
 * Formats (the registry is one table in log_format.c): canonical JSON Lines, wide JSON Lines, RouterBench's
 * wide CSV; plain, gzip or zstd. Rules: design.md §3. A bad row is counted, noted in `findings` with file and
 * line, and skipped; more than max_bad of the rows fails the read. A file that is broken as a whole
 * (truncated container, wrong embeddings) always fails. Nothing is half-read: on failure there is no log.
 */
#pragma once

#include <stdio.h>

#include "common/base/findings.h"
#include "common/data/dataset.h"
#include "common/embed/encoder.h"

struct log_source {
	size_t n_files;
	const char *const *files;
	const char *embeddings; /* .npy: row i belongs to the i-th distinct query id in file order; or NULL */
	const char *encoder;    /* "hash[:DIM]"; NULL with `embeddings` (identity `given`) or embedded rows */
	const char *encoder_name; /* name of the identity for precomputed embeddings; NULL: "given" */
	double max_bad;           /* share of rows that may be bad; LOG_MAX_BAD */
	bool joins; /* the rows join others elsewhere, where models are judged: none is left out here */
	void (*progress)(void *context, const char *what, uint64_t done, uint64_t total); /* may be NULL */
	void *progress_context;
};

#define LOG_MAX_BAD 0.01

struct log_report {
	size_t rows_read; /* observations met, good or bad */
	size_t rows_bad;
	size_t duplicates; /* same key, same values */
	size_t replaced;   /* same key, other values: the later row won */
	size_t queries, models, tasks, observations;
	bool derived_costs; /* some costs came from `derived_costs` */
};

struct log; /* owns everything that its dataset points to */

enum { LOG_E_OK = 0, LOG_E_BAD = 1 };

/* LOG_E_BAD: a person must mend something; `findings` says what and where (it is filled on success as
 * well). */
must_check int log_read(const struct log_source *source, struct findings *findings, struct log **out);
/* The same; where `source` names neither embeddings nor an encoder and the rows carry none, with the encoder
 * `fallback`. */
must_check int log_read_or_embed(const struct log_source *source, const char *fallback,
				 struct findings *findings, struct log **out);
void log_free(struct log *log);
void log_cleanup(struct log **log);

const struct dataset *log_data(const struct log *log); /* every good observation */
const struct encoder_identity *log_encoder(const struct log *log);
const struct log_report *log_report(const struct log *log);

/* The embedding of a query as the input had it, before normalization (what simulate --save writes). */
void log_raw_embedding(const struct log *log, size_t query, float *out);

/* Rows, queries, models, tasks; bad rows by reason; the coverage matrix task × model. For a person / a
 * script. */
void log_report_print(const struct log *log, const struct findings *findings, FILE *out);
must_check int log_report_json(const struct log *log, const struct findings *findings, char **out);

/* The complete sub-table: models observed (score and cost) on > 97 % of the queries, then the queries on
 * which all of those are observed. `models_out` (malloc'ed array, names borrowed) becomes the view's list of
 * models. */
must_check int log_complete(const struct dataset *data, const char ***models_out, struct dataset *out);

/* Write rows in canonical form (one observation a line, ordered, numbers with 17 significant digits),
 * atomically. */
must_check int log_write(const struct dataset *data, const char *path);
