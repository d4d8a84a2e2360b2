/* ridge_sums.c: from rows to words and from words to sums.                                  (kind: kernel) */
#include "common/learn/ridge/ridge_sums.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/log_cost.h"
#include "common/learn/total.h"
#include "common/numerics/stats.h"

int ridge_sums_lanes(const struct plan *plan, struct lanes *lanes)
{
	size_t k = plan->n_models, d = plan->encoder->dimension, one[] = { k }, many[] = { k, d };
	size_t triangles[] = { k, stats_packed(d) };
	TRY(lanes_init(lanes, plan->limit_rows, plan->limit_cohort));
	TRY(lanes_add(lanes, "n", 1, one, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_x", 2, many, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_xx", 2, triangles, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_y", 1, one, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_yy", 1, one, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_xy", 2, many, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_l", 1, one, LANE_LOG_SCALE, LANE_LOG_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_ll", 1, one, LANE_LOG_SQUARE_SCALE, LANE_LOG_SQUARE_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_xl", 2, many, LANE_LOG_SCALE, LANE_LOG_BOUND, LANE_PER_ROW));
	return 0;
}

/* The sums of one model, while its rows pass by in blocks. */
struct tally {
	double *gram;                  /* d × d */
	double *packed;                /* d(d+1)/2 */
	double *wide;                  /* STATS_BLOCK × d */
	double *x, *xy[RIDGE_TARGETS]; /* d each */
	double y[RIDGE_TARGETS], yy[RIDGE_TARGETS];
	double *block;
};

static void tally_deinit(struct tally *tally)
{
	free(tally->block);
}

static int tally_init(struct tally *tally, size_t d)
{
	double *next = calloc(d * d + stats_packed(d) + STATS_BLOCK * d + 3 * d, sizeof(*next));
	TRY_ALLOC(next);
	*tally = (struct tally){ .block = next, .gram = next };
	tally->packed = tally->gram + d * d;
	tally->wide = tally->packed + stats_packed(d);
	tally->x = tally->wide + STATS_BLOCK * d;
	tally->xy[RIDGE_SCORE] = tally->x + d;
	tally->xy[RIDGE_LOG_COST] = tally->x + 2 * d;
	return 0;
}

static void tally_reset(struct tally *tally, size_t d)
{
	memset(tally->gram, 0, d * d * sizeof(double));
	memset(tally->x, 0, 3 * d * sizeof(double));
	memset(tally->y, 0, sizeof(tally->y));
	memset(tally->yy, 0, sizeof(tally->yy));
}

static void tally_add(struct tally *tally, const struct dataset *data, const uint32_t *rows, size_t n,
		      size_t *clipped)
{
	const float *x[STATS_BLOCK];
	double y[RIDGE_TARGETS][STATS_BLOCK];
	for (size_t i = 0; i < n; i++) {
		double log_of_cost = log_cost(data->rows[rows[i]].cost);
		*clipped += log_of_cost > LANE_LOG_BOUND;
		x[i] = dataset_x(data, rows[i]);
		y[RIDGE_SCORE][i] = data->rows[rows[i]].score;
		y[RIDGE_LOG_COST][i] = fmin(log_of_cost, LANE_LOG_BOUND);
	}
	stats_gram(x, tally->gram, tally->wide, n, data->dimension);
	stats_weighted(tally->wide, NULL, tally->x, n, data->dimension);
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		stats_weighted(tally->wide, y[t], tally->xy[t], n, data->dimension);
		for (size_t i = 0; i < n; i++) {
			tally->y[t] += y[t][i];
			tally->yy[t] += y[t][i] * y[t][i];
		}
	}
}

static int tally_put(struct tally *tally, const struct lanes *lanes, size_t model, size_t d,
		     struct answer *out)
{
	size_t triangle = stats_packed(d);
	stats_pack(tally->gram, tally->packed, d);
	TRY(total_put_part(lanes, "sum_x", model * d, d, tally->x, out));
	TRY(total_put_part(lanes, "sum_xx", model * triangle, triangle, tally->packed, out));
	TRY(total_put_part(lanes, "sum_y", model, 1, &tally->y[RIDGE_SCORE], out));
	TRY(total_put_part(lanes, "sum_yy", model, 1, &tally->yy[RIDGE_SCORE], out));
	TRY(total_put_part(lanes, "sum_xy", model * d, d, tally->xy[RIDGE_SCORE], out));
	TRY(total_put_part(lanes, "sum_l", model, 1, &tally->y[RIDGE_LOG_COST], out));
	TRY(total_put_part(lanes, "sum_ll", model, 1, &tally->yy[RIDGE_LOG_COST], out));
	TRY(total_put_part(lanes, "sum_xl", model * d, d, tally->xy[RIDGE_LOG_COST], out));
	return 0;
}

/* Rows with both values, model after model; first[m] … first[m + 1] − 1 are those of model m. */
static void group_by_model(const struct dataset *data, uint32_t *grouped, size_t *first)
{
	memset(first, 0, (data->n_models + 2) * sizeof(*first));
	for (size_t i = 0; i < data->n_rows; i++)
		first[data->rows[i].model + 2] += observation_has_both(&data->rows[i]);
	for (size_t m = 0; m < data->n_models; m++)
		first[m + 2] += first[m + 1];
	for (size_t i = 0; i < data->n_rows; i++) {
		if (observation_has_both(&data->rows[i]))
			grouped[first[data->rows[i].model + 1]++] = (uint32_t)i;
	}
}

int ridge_sums_add(const struct lanes *lanes, const struct dataset *data, struct answer *out)
{
	cleanup(free_pointer) uint32_t *grouped = calloc(data->n_rows + 1, sizeof(*grouped));
	cleanup(free_pointer) size_t *first = calloc(data->n_models + 2, sizeof(*first));
	cleanup(tally_deinit) struct tally tally = { 0 };
	TRY_ALLOC(grouped && first);
	TRY(tally_init(&tally, data->dimension));
	group_by_model(data, grouped, first);
	*out = (struct answer){ .rows = first[data->n_models] };
	TRY(total_start(lanes, out));
	for (size_t m = 0; m < data->n_models; m++) {
		double count = (double)(first[m + 1] - first[m]);
		if (count == 0.0)
			continue;
		tally_reset(&tally, data->dimension);
		for (size_t row = first[m]; row < first[m + 1]; row += STATS_BLOCK) {
			size_t n = first[m + 1] - row < STATS_BLOCK ? first[m + 1] - row : STATS_BLOCK;
			tally_add(&tally, data, grouped + row, n, &out->clipped);
		}
		TRY(total_put_part(lanes, "n", m, 1, &count, out));
		TRY(tally_put(&tally, lanes, m, data->dimension, out));
	}
	return 0;
}

int ridge_sums_init(struct ridge_sums *sums, size_t k, size_t d)
{
	size_t triangle = stats_packed(d);
	double *next = calloc(k * (5 + 3 * d + triangle) + 1, sizeof(*next));
	TRY_ALLOC(next);
	*sums = (struct ridge_sums){ .k = k, .d = d, .block = next, .n = next };
	sums->x = sums->n + k;
	sums->xx = sums->x + k * d;
	next = sums->xx + k * triangle;
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		sums->target[t].y = next;
		sums->target[t].yy = next + k;
		sums->target[t].xy = next + 2 * k;
		next += 2 * k + k * d;
	}
	return 0;
}

void ridge_sums_deinit(struct ridge_sums *sums)
{
	if (!sums)
		return;
	free(sums->block);
	*sums = (struct ridge_sums){ 0 };
}

void ridge_sums_read(const struct lanes *lanes, const uint64_t *words, struct ridge_sums *sums)
{
	total_values(lanes, "n", words, sums->n);
	total_values(lanes, "sum_x", words, sums->x);
	total_values(lanes, "sum_xx", words, sums->xx);
	total_values(lanes, "sum_y", words, sums->target[RIDGE_SCORE].y);
	total_values(lanes, "sum_yy", words, sums->target[RIDGE_SCORE].yy);
	total_values(lanes, "sum_xy", words, sums->target[RIDGE_SCORE].xy);
	total_values(lanes, "sum_l", words, sums->target[RIDGE_LOG_COST].y);
	total_values(lanes, "sum_ll", words, sums->target[RIDGE_LOG_COST].yy);
	total_values(lanes, "sum_xl", words, sums->target[RIDGE_LOG_COST].xy);
}

void ridge_sums_whole(const struct ridge_sums *sums, size_t model, double l1, double li, double *out)
{
	size_t d = sums->d, order = d + 1;
	const double *gram = sums->xx + model * stats_packed(d);
	out[0] = sums->n[model] + li;
	memcpy(out + 1, sums->x + model * d, d * sizeof(double));
	for (size_t i = 1; i < order; gram += order - i, i++) {
		memcpy(out + i * order + i, gram, (order - i) * sizeof(double));
		out[i * order + i] += l1;
	}
}

double ridge_sums_rows(const struct ridge_sums *sums)
{
	double rows = 0.0;
	for (size_t m = 0; m < sums->k; m++)
		rows += sums->n[m];
	return rows;
}

void ridge_sums_centre(struct ridge_sums *sums)
{
	double rows = ridge_sums_rows(sums);
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		double *y = sums->target[t].y, *yy = sums->target[t].yy, *xy = sums->target[t].xy, all = 0.0;
		for (size_t m = 0; m < sums->k; m++)
			all += y[m];
		double mean = rows > 0.0 ? all / rows : 0.0;
		for (size_t m = 0; m < sums->k; m++) {
			yy[m] += mean * (mean * sums->n[m] - 2.0 * y[m]);
			y[m] -= mean * sums->n[m];
		}
		for (size_t i = 0; i < sums->k * sums->d; i++)
			xy[i] -= mean * sums->x[i];
		sums->target[t].mean = mean;
	}
}
