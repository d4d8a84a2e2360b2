/* test_table.h: the rows a router is judged on: every query with all its observed cells.    (kind: kernel) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/data/dataset.h"

struct test_table {
	size_t n, n_models;
	double *score, *cost; /* n × K, owned; NaN in both where a cell is not observed */
	uint32_t *query;      /* n: index of the query in the log, owned, ascending */
	uint32_t *task;       /* n: index of the task label among the distinct ones (sorted), owned */
	size_t n_tasks;
};

/* Rows of `data` (cells with both score and cost) grouped by query. Queries without such a cell are left
 * out. */
must_check int test_table_new(const struct dataset *data, struct test_table *out);
void test_table_deinit(struct test_table *table);

/* A table of the rows of `table` whose `query` is listed in `queries` (ascending): a client's own test
 * rows out of the global ones. Listed queries that the table does not have are passed over. `n_tasks`
 * stays. */
must_check int test_table_select(const struct test_table *table, const uint32_t *queries, size_t n,
				 struct test_table *out);

/* A table of the rows with two or more observed models: those on which a curve can be drawn. */
must_check int test_table_comparable(const struct test_table *table, struct test_table *out);
