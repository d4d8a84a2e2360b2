/* table.c: a small log made on the spot. */
#include "tests/unit/server/table.h"

#include <stdio.h>
#include <stdlib.h>

enum { MODELS = 4 };

static const char *const models[MODELS] = { "a", "b", "c", "d" };

void table_init(struct table *table, size_t n, size_t tasks, bool (*has)(size_t, size_t))
{
	*table = (struct table){ 0 };
	table->queries = calloc(n, sizeof(*table->queries));
	table->ids = calloc(n, sizeof(*table->ids));
	table->tasks = calloc(n, sizeof(*table->tasks));
	table->data.rows = calloc(n * MODELS, sizeof(*table->data.rows));
	for (size_t q = 0; q < n; q++) {
		snprintf(table->ids[q], sizeof(*table->ids), "q%03u", (unsigned)(q % 1000));
		snprintf(table->tasks[q], sizeof(*table->tasks), "t%u", (unsigned)(q % tasks));
		table->queries[q] =
			(struct query){ .id = table->ids[q], .text = "?", .task = table->tasks[q] };
		for (uint32_t m = 0; m < MODELS; m++)
			if (!has || has(q, m))
				table->data.rows[table->data.n_rows++] =
					(struct observation){ (uint32_t)q, m, (double)(q % 10) / 10.0,
							      m + 1.0, NAN };
	}
	table->data.n_models = MODELS;
	table->data.models = models;
	table->data.n_queries = n;
	table->data.queries = table->queries;
}

void table_deinit(struct table *table)
{
	dataset_deinit(&table->data);
	free(table->queries);
	free(table->ids);
	free(table->tasks);
}
