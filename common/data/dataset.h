/* dataset.h: the rows that a learner sees: (query, model) → score, cost.                       (kind: kernel)
 *
 * A dataset is a view: queries, names and embeddings belong to the log (log.h) or store behind it, only the
 * list of rows is the dataset's own. Rows are ordered by (query id, model name) as raw bytes, and models are
 * numbered in that order of names, in one process and at every client alike: equal rows give equal bits.
 *
 * A row has a score, a cost or both; a value nobody observed is NaN and enters no sum, no mean and no
 * gradient. A query with several observed models has one row for each.
 * algorithms.md §1, design.md §3
 */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

struct query {
	const char *id;
	const char *text; /* NULL where text is not kept */
	const char *task; /* "unknown" where the log has none */
};

struct observation {
	uint32_t query;    /* index into `queries` and row of `embeddings` */
	uint32_t model;    /* index into `models` */
	double score;      /* [0, 1] or NaN */
	double cost;       /* USD ≥ 0 or NaN */
	double propensity; /* (0, 1] or NaN */
};

struct dataset {
	size_t n_models;
	const char *const *models;   /* sorted by raw bytes */
	size_t n_queries;            /* of the log, not all of them need to have rows here */
	const struct query *queries; /* sorted by id */
	size_t dimension;
	const float *embeddings; /* n_queries × dimension, unit vectors */
	size_t n_rows;
	struct observation *rows; /* owned; sorted by (query, model) */
};

static inline const float *dataset_x(const struct dataset *data, size_t row)
{
	return data->embeddings + (size_t)data->rows[row].query * data->dimension;
}

static inline bool observation_has_both(const struct observation *row)
{
	return !isnan(row->score) && !isnan(row->cost);
}

void dataset_deinit(struct dataset *data);

/* A view of the same log with no rows yet and room for `rows` of them. */
must_check int dataset_like(const struct dataset *data, size_t rows, struct dataset *out);

/* Put the rows in order (query index, model index). Both indices follow raw bytes, so this is the promised
 * order. */
void dataset_sort(struct dataset *data);

/* Rows per model; `counts` has n_models entries. */
void dataset_count(const struct dataset *data, uint64_t *counts);
