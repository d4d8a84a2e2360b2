/* dataset.c: views of a log.                                                                (kind: kernel) */
#include "common/data/dataset.h"

#include <stdlib.h>
#include <string.h>

void dataset_deinit(struct dataset *data)
{
	if (!data)
		return;
	free(data->rows);
	*data = (struct dataset){ 0 };
}

int dataset_like(const struct dataset *data, size_t rows, struct dataset *out)
{
	struct dataset view = *data;
	view.n_rows = 0;
	view.rows = calloc(rows > 0 ? rows : 1, sizeof(*view.rows));
	TRY_ALLOC(view.rows);
	*out = view;
	return 0;
}

static int by_query_and_model(const void *left, const void *right)
{
	const struct observation *a = left, *b = right;
	if (a->query != b->query)
		return a->query < b->query ? -1 : 1;
	return a->model < b->model ? -1 : a->model > b->model;
}

void dataset_sort(struct dataset *data)
{
	if (data->n_rows > 1)
		qsort(data->rows, data->n_rows, sizeof(*data->rows), by_query_and_model);
}

void dataset_count(const struct dataset *data, uint64_t *counts)
{
	memset(counts, 0, data->n_models * sizeof(*counts));
	for (size_t i = 0; i < data->n_rows; i++)
		counts[data->rows[i].model]++;
}
