/* test_table.c: observations grouped by query.                                              (kind: kernel) */
#include "common/evaluate/test_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void test_table_deinit(struct test_table *table)
{
	free(table->score);
	free(table->cost);
	free(table->query);
	free(table->task);
	*table = (struct test_table){ 0 };
}

static size_t at_least_one(size_t n)
{
	return n > 0 ? n : 1;
}

static int allocate(struct test_table *table, size_t n, size_t n_models)
{
	size_t cells = at_least_one(n * n_models);
	*table = (struct test_table){ .n = n, .n_models = n_models };
	table->score = calloc(cells, sizeof(double));
	table->cost = calloc(cells, sizeof(double));
	table->query = calloc(at_least_one(n), sizeof(uint32_t));
	table->task = calloc(at_least_one(n), sizeof(uint32_t));
	return table->score && table->cost && table->query && table->task ? 0 : FAIL(-ENOMEM);
}

static size_t count_queries(const struct dataset *data)
{
	size_t n = 0;
	uint32_t last = UINT32_MAX;
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		if (observation_has_both(row) && row->query != last)
			n++, last = row->query;
	}
	return n;
}

static void fill_cells(const struct dataset *data, struct test_table *table)
{
	size_t k = table->n_models, r = 0;
	for (size_t i = 0; i < table->n * k; i++)
		table->score[i] = table->cost[i] = NAN;
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		if (!observation_has_both(row))
			continue;
		if (r == 0 || table->query[r - 1] != row->query)
			table->query[r++] = row->query;
		table->score[(r - 1) * k + row->model] = row->score;
		table->cost[(r - 1) * k + row->model] = row->cost;
	}
}

static int by_label(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int number_tasks(const struct dataset *data, struct test_table *table)
{
	cleanup(free_pointer) const char **labels = calloc(at_least_one(table->n), sizeof(*labels));
	TRY_ALLOC(labels);
	for (size_t r = 0; r < table->n; r++)
		labels[r] = data->queries[table->query[r]].task;
	qsort(labels, table->n, sizeof(*labels), by_label);
	for (size_t r = 0; r < table->n; r++) {
		if (r == 0 || strcmp(labels[r], labels[table->n_tasks - 1]) != 0)
			labels[table->n_tasks++] = labels[r];
	}
	for (size_t r = 0; r < table->n; r++) {
		const char **found = bsearch(&data->queries[table->query[r]].task, labels, table->n_tasks,
					     sizeof(*labels), by_label);
		table->task[r] = (uint32_t)(found - labels);
	}
	return 0;
}

int test_table_new(const struct dataset *data, struct test_table *out)
{
	cleanup(test_table_deinit) struct test_table table = { 0 };
	TRY(allocate(&table, count_queries(data), data->n_models));
	fill_cells(data, &table);
	TRY(number_tasks(data, &table));
	*out = table;
	table = (struct test_table){ 0 };
	return 0;
}

/* Walk both ascending lists; `take` NULL: only count. */
static size_t select_rows(const struct test_table *table, const uint32_t *queries, size_t n,
			  struct test_table *take)
{
	size_t kept = 0, k = table->n_models;
	for (size_t r = 0, i = 0; r < table->n && i < n;) {
		if (table->query[r] < queries[i]) {
			r++;
		} else if (table->query[r] > queries[i]) {
			i++;
		} else {
			if (take) {
				memcpy(take->score + kept * k, table->score + r * k, k * sizeof(double));
				memcpy(take->cost + kept * k, table->cost + r * k, k * sizeof(double));
				take->query[kept] = table->query[r];
				take->task[kept] = table->task[r];
			}
			kept++, r++, i++;
		}
	}
	return kept;
}

int test_table_select(const struct test_table *table, const uint32_t *queries, size_t n,
		      struct test_table *out)
{
	cleanup(test_table_deinit) struct test_table selected = { 0 };
	TRY(allocate(&selected, select_rows(table, queries, n, NULL), table->n_models));
	select_rows(table, queries, n, &selected);
	selected.n_tasks = table->n_tasks;
	*out = selected;
	selected = (struct test_table){ 0 };
	return 0;
}

int test_table_comparable(const struct test_table *table, struct test_table *out)
{
	cleanup(free_pointer) uint32_t *queries = calloc(at_least_one(table->n), sizeof(*queries));
	size_t n = 0;
	TRY_ALLOC(queries);
	for (size_t r = 0; r < table->n; r++) {
		size_t observed = 0;
		for (size_t m = 0; m < table->n_models; m++)
			observed += !isnan(table->score[r * table->n_models + m]);
		if (observed >= 2)
			queries[n++] = table->query[r];
	}
	return test_table_select(table, queries, n, out);
}
