/* kmeans_cells.c: both halves of the second phase.                                          (kind: kernel) */
#include "common/learn/kmeans/kmeans_cells.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/kmeans/kmeans_centroids.h"
#include "common/learn/kmeans/kmeans_router.h"
#include "common/learn/total.h"
#include "common/numerics/lloyd.h"

int kmeans_cells_lanes(const struct plan *plan, size_t k, struct lanes *out)
{
	const size_t shape[] = { k, plan->n_models };
	TRY(lanes_init(out, plan->limit_rows, plan->limit_cohort));
	TRY(lanes_add(out, "n_score", 2, shape, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(out, "sum_y", 2, shape, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(out, "sum_yy", 2, shape, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(out, "n_cost", 2, shape, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(out, "sum_cost", 2, shape, LANE_USD_SCALE, LANE_USD_BOUND, LANE_PER_ROW_CLIPPED));
	return 0;
}

struct cells {
	double *n_score, *sum_y, *sum_yy, *n_cost, *sum_cost; /* k × K each, in one block */
};

static int cells_new(size_t n, struct cells *out, double **block)
{
	double *b = calloc(5 * n + 1, sizeof(*b));
	TRY_ALLOC(b);
	*out = (struct cells){ b, b + n, b + 2 * n, b + 3 * n, b + 4 * n };
	*block = b;
	return 0;
}

static void add_row(const struct observation *row, size_t cell, struct cells *cells, size_t *clipped)
{
	if (!isnan(row->score)) {
		cells->n_score[cell] += 1.0;
		cells->sum_y[cell] += row->score;
		cells->sum_yy[cell] += row->score * row->score;
	}
	if (!isnan(row->cost)) {
		/* Clipped by the row, so that the total does not depend on who holds the row. */
		*clipped += row->cost > LANE_USD_BOUND;
		cells->n_cost[cell] += 1.0;
		cells->sum_cost[cell] += fmin(row->cost, LANE_USD_BOUND);
	}
}

int kmeans_cells_contribute(const struct phase *phase, const struct state *state, const struct dataset *data,
			    struct answer *out)
{
	cleanup(free_pointer) double *block = NULL;
	struct cells cells;
	size_t k, j = 0;
	const float *centres = kmeans_centroids_centres(state, data->dimension, &k);
	if (!centres)
		return FAIL(-EINVAL);
	TRY(cells_new(k * data->n_models, &cells, &block));
	*out = (struct answer){ .rows = data->n_rows };
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		if (i == 0 || row->query != row[-1].query)
			j = lloyd_nearest(centres, k, data->dimension, dataset_x(data, i), NULL);
		add_row(row, j * data->n_models + row->model, &cells, &out->clipped);
	}
	TRY(total_start(&phase->lanes, out));
	TRY(total_put(&phase->lanes, "n_score", cells.n_score, out));
	TRY(total_put(&phase->lanes, "sum_y", cells.sum_y, out));
	TRY(total_put(&phase->lanes, "sum_yy", cells.sum_yy, out));
	TRY(total_put(&phase->lanes, "n_cost", cells.n_cost, out));
	TRY(total_put(&phase->lanes, "sum_cost", cells.sum_cost, out));
	return 0;
}

static void read_cells(const struct lanes *lanes, const uint64_t *words, struct cells *cells)
{
	total_values(lanes, "n_score", words, cells->n_score);
	total_values(lanes, "sum_y", words, cells->sum_y);
	total_values(lanes, "sum_yy", words, cells->sum_yy);
	total_values(lanes, "n_cost", words, cells->n_cost);
	total_values(lanes, "sum_cost", words, cells->sum_cost);
}

static bool is_possible(const struct cells *cells, size_t i)
{
	return cells->n_score[i] >= 0.0 && cells->n_cost[i] >= 0.0 && cells->sum_cost[i] >= 0.0 &&
	       cells->sum_yy[i] >= 0.0 && cells->sum_yy[i] <= cells->sum_y[i] &&
	       cells->sum_y[i] <= cells->n_score[i] &&
	       cells->sum_cost[i] <= LANE_USD_BOUND * cells->n_cost[i];
}

int kmeans_cells_check(const struct phase *phase, const struct answer *answer, const char *client,
		       struct findings *findings)
{
	cleanup(free_pointer) double *block = NULL;
	struct cells cells;
	size_t n = lanes_find(&phase->lanes, "n_score")->n;
	double scores = 0.0, costs = 0.0, rows = (double)answer->rows;
	TRY(cells_new(n, &cells, &block));
	read_cells(&phase->lanes, answer->words, &cells);
	for (size_t i = 0; i < n; i++) {
		if (!is_possible(&cells, i)) {
			findings_add(findings, client, 0, "impossible sums",
				     "cell %zu: %g scores that sum to %g", i, cells.n_score[i],
				     cells.sum_y[i]);
			return LEARNER_E_BAD;
		}
		scores += cells.n_score[i];
		costs += cells.n_cost[i];
	}
	if (scores > rows || costs > rows || scores + costs < rows) {
		findings_add(findings, client, 0, "cells do not add up to the rows",
			     "%g scores and %g costs in %g rows", scores, costs, rows);
		return LEARNER_E_BAD;
	}
	return LEARNER_E_OK;
}

int kmeans_cells_fold(const struct phase *phase, const struct answers *answers, struct state *state)
{
	return total_keep(phase, state, answers);
}

static double mean_or(double sum, double n, double otherwise)
{
	return n > 0.0 ? sum / n : otherwise;
}

static double sum_of_model(const double *cells, size_t m, size_t k, size_t n_models)
{
	double sum = 0.0;
	for (size_t j = 0; j < k; j++)
		sum += cells[j * n_models + m];
	return sum;
}

void kmeans_cells_shrink(const double *n, const double *sum, size_t k, size_t n_models, double *means)
{
	double all_n = 0.0, all_sum = 0.0;
	for (size_t i = 0; i < k * n_models; i++) {
		all_n += n[i];
		all_sum += sum[i];
	}
	for (size_t m = 0; m < n_models; m++) {
		double mean = mean_or(sum_of_model(sum, m, k, n_models), sum_of_model(n, m, k, n_models),
				      mean_or(all_sum, all_n, 0.0));
		for (size_t i = m; i < k * n_models; i += n_models)
			means[i] = (sum[i] + KMEANS_CELLS_KAPPA * mean) / (n[i] + KMEANS_CELLS_KAPPA);
	}
}

static void fill_as_published(const struct cells *cells, size_t n, double *score, double *cost)
{
	for (size_t i = 0; i < n; i++) {
		score[i] = mean_or(cells->sum_y[i], cells->n_score[i], 0.0);
		cost[i] = mean_or(cells->sum_cost[i], cells->n_cost[i], KMEANS_CELLS_PAPER_COST);
	}
}

static int make_tensors(const struct plan *plan, const struct cells *cells, size_t k, struct tensors *tensors)
{
	bool paper = settings_is(&plan->settings, "paper");
	size_t n_models = plan->n_models;
	double *score, *cost;
	uint8_t *routable;
	TRY(tensors_add(tensors, "score", TENSOR_F64, SHAPE(k, n_models), &score));
	TRY(tensors_add(tensors, "cost", TENSOR_F64, SHAPE(k, n_models), &cost));
	TRY(tensors_add(tensors, "routable", TENSOR_U8, SHAPE(n_models), &routable));
	if (paper) {
		fill_as_published(cells, k * n_models, score, cost);
	} else {
		kmeans_cells_shrink(cells->n_score, cells->sum_y, k, n_models, score);
		kmeans_cells_shrink(cells->n_cost, cells->sum_cost, k, n_models, cost);
	}
	for (size_t m = 0; m < n_models; m++) {
		double rows = fmin(sum_of_model(cells->n_score, m, k, n_models),
				   sum_of_model(cells->n_cost, m, k, n_models));
		routable[m] = paper || rows >= PLAN_ROUTABLE_ROWS;
	}
	return 0;
}

static int copy_tensor(const struct tensors *from, const char *name, struct tensors *to)
{
	const struct tensor *tensor = tensors_find(from, name);
	void *data;
	if (!tensor)
		return FAIL(-EINVAL);
	TRY(tensors_add(to, name, tensor->type, tensor->rank, tensor->shape, &data));
	memcpy(data, tensor->data, tensor_bytes(tensor));
	return 0;
}

static int write_report(const struct cells *cells, size_t k, size_t n_models, char **report)
{
	size_t empty = 0;
	for (size_t i = 0; i < k * n_models; i++)
		empty += cells->n_score[i] <= 0.0;
	if (asprintf(report, "{\"centres\":%zu,\"cells\":%zu,\"empty_cells\":%zu}", k, k * n_models, empty) <
	    0)
		return FAIL(-ENOMEM);
	return 0;
}

int kmeans_cells_finish(const struct plan *plan, const struct state *state, struct router **out,
			char **report)
{
	cleanup(free_pointer) double *block = NULL;
	cleanup(free_pointer) char *settings = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	struct lanes lanes;
	struct cells cells;
	size_t k;
	if (!kmeans_centroids_centres(state, plan->encoder->dimension, &k))
		return FAIL(-EINVAL);
	TRY(kmeans_cells_lanes(plan, k, &lanes));
	const uint64_t *total = total_words(state, &lanes);
	if (!total)
		return FAIL(-EINVAL);
	TRY(cells_new(k * plan->n_models, &cells, &block));
	read_cells(&lanes, total, &cells);
	TRY(make_tensors(plan, &cells, k, &tensors));
	TRY(copy_tensor(&state->tensors, "centres", &tensors));
	TRY(copy_tensor(&state->tensors, "masses", &tensors));
	TRY(settings_json(&plan->settings, &settings));
	TRY(router_new(&kmeans_router_predictor, plan->n_models, plan->models, plan->encoder, settings,
		       &tensors, &router));
	if (report)
		TRY(write_report(&cells, k, plan->n_models, report));
	*out = router;
	router = NULL;
	return 0;
}
