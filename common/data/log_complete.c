/* log_complete.c: the part of a log in which every model was asked every query.             (kind: kernel) */
#include <stdlib.h>

#include "common/data/log.h"

static const double share = 0.97;

#define LEFT_OUT UINT32_MAX

/* New numbers of the models with both values on more than `share` of the queries; LEFT_OUT for the others. */
static int pick_models(const struct dataset *data, uint32_t *changed, const char **models, size_t *n_models)
{
	cleanup(free_pointer) size_t *counts = calloc(data->n_models + 1, sizeof(*counts));
	TRY_ALLOC(counts);
	for (size_t i = 0; i < data->n_rows; i++)
		counts[data->rows[i].model] += observation_has_both(&data->rows[i]);
	*n_models = 0;
	for (size_t m = 0; m < data->n_models; m++) {
		changed[m] = LEFT_OUT;
		if ((double)counts[m] <= share * (double)data->n_queries)
			continue;
		changed[m] = (uint32_t)*n_models;
		models[(*n_models)++] = data->models[m];
	}
	return 0;
}

/* The rows of one query, data->rows[first … end), that stay: all picked models or nothing. */
static void take_query(const struct dataset *data, size_t first, size_t end, const uint32_t *changed,
		       struct dataset *view)
{
	size_t n = view->n_rows;
	for (size_t i = first; i < end; i++) {
		struct observation row = data->rows[i];
		row.model = changed[row.model];
		if (row.model != LEFT_OUT && observation_has_both(&row))
			view->rows[n++] = row;
	}
	if (n - view->n_rows == view->n_models)
		view->n_rows = n;
}

int log_complete(const struct dataset *data, const char ***models_out, struct dataset *out)
{
	cleanup(free_pointer) uint32_t *changed = malloc((data->n_models + 1) * sizeof(*changed));
	cleanup(free_pointer) const char **models = malloc((data->n_models + 1) * sizeof(*models));
	cleanup(dataset_deinit) struct dataset view = { 0 };
	TRY_ALLOC(changed && models);
	TRY(dataset_like(data, data->n_rows, &view));
	view.models = models;
	TRY(pick_models(data, changed, models, &view.n_models));
	for (size_t first = 0, end; first < data->n_rows; first = end) {
		end = first + 1;
		while (end < data->n_rows && data->rows[end].query == data->rows[first].query)
			end++;
		take_query(data, first, end, changed, &view);
	}
	*out = view;
	*models_out = models;
	view.rows = NULL;
	models = NULL;
	return 0;
}
