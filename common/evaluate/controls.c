/* controls.c: single models, random, mixtures and oracles.                                  (kind: kernel) */
#include "common/evaluate/controls.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/evaluate/area.h"
#include "common/evaluate/judged.h"

void controls_deinit(struct controls *controls)
{
	free(controls->singles);
	*controls = (struct controls){ 0 };
}

static struct single measure_single(const struct test_table *table, size_t m)
{
	size_t n = 0;
	double score = 0.0, cost = 0.0;
	for (size_t cell = m; cell < table->n * table->n_models; cell += table->n_models) {
		if (isnan(table->score[cell]))
			continue;
		score += table->score[cell];
		cost += table->cost[cell];
		n++;
	}
	return (struct single){ n ? score / (double)n : NAN, n ? cost / (double)n : NAN };
}

void controls_axis(const struct test_table *table, double *lo, double *hi)
{
	*lo = *hi = NAN;
	for (size_t m = 0; m < table->n_models; m++) {
		double cost = measure_single(table, m).cost;
		*lo = fmin(*lo, cost);
		*hi = fmax(*hi, cost);
	}
}

static bool is_better(const struct single *a, const struct single *b)
{
	return a->accuracy > b->accuracy || (a->accuracy == b->accuracy && a->cost < b->cost);
}

static bool is_cheaper(const struct single *a, const struct single *b)
{
	return a->cost < b->cost || (a->cost == b->cost && a->accuracy > b->accuracy);
}

/* Everything that follows from the single models' points. `points` has room for K. */
static void rank_singles(struct controls *controls, struct point *points)
{
	size_t n = 0, dearest = 0;
	for (size_t m = 0; m < controls->n_models; m++) {
		const struct single *single = &controls->singles[m];
		if (isnan(single->cost))
			continue;
		if (n == 0)
			controls->best_single = controls->cheapest_single = dearest = m;
		if (is_better(single, &controls->singles[controls->best_single]))
			controls->best_single = m;
		if (is_cheaper(single, &controls->singles[controls->cheapest_single]))
			controls->cheapest_single = m;
		if (single->cost > controls->singles[dearest].cost)
			dearest = m;
		controls->random.accuracy += single->accuracy;
		controls->random.cost += single->cost;
		points[n++] = (struct point){ single->cost, single->accuracy };
	}
	controls->random.accuracy /= (double)n;
	controls->random.cost /= (double)n;
	controls->lo = controls->singles[controls->cheapest_single].cost;
	controls->hi = controls->singles[dearest].cost;
	controls->static_mix_aiq = area_aiq(points, n, controls->lo, controls->hi);
}

/* The observed cell with the highest score − λ·cost among K; the cheaper of several with λ = 0. */
static size_t best_cell(const double *score, const double *cost, size_t k, double lambda)
{
	size_t best = k;
	double most = 0.0;
	for (size_t m = 0; m < k; m++) {
		if (isnan(score[m]))
			continue;
		double utility = score[m] - lambda * cost[m];
		if (best == k || utility > most || (utility == most && cost[m] < cost[best])) {
			best = m;
			most = utility;
		}
	}
	return best;
}

static struct point oracle_point(const struct test_table *table, double lambda)
{
	struct point sum = { 0 };
	for (size_t r = 0; r < table->n; r++) {
		const double *score = table->score + r * table->n_models;
		const double *cost = table->cost + r * table->n_models;
		size_t m = best_cell(score, cost, table->n_models, lambda);
		sum.score += score[m];
		sum.cost += cost[m];
	}
	return (struct point){ sum.cost / (double)table->n, sum.score / (double)table->n };
}

struct task_means {
	double *score, *cost; /* tasks × K; NaN where not observed */
	size_t *count;        /* tasks × K */
	size_t *rows;         /* tasks */
};

static void task_means_deinit(struct task_means *means)
{
	free(means->score);
	free(means->cost);
	free(means->count);
	free(means->rows);
}

static int task_means_new(const struct test_table *table, struct task_means *out)
{
	size_t k = table->n_models, cells = table->n_tasks * k;
	*out = (struct task_means){
		.score = calloc(cells, sizeof(double)),
		.cost = calloc(cells, sizeof(double)),
		.count = calloc(cells, sizeof(size_t)),
		.rows = calloc(table->n_tasks, sizeof(size_t)),
	};
	if (!out->score || !out->cost || !out->count || !out->rows)
		return FAIL(-ENOMEM);
	for (size_t r = 0; r < table->n; r++) {
		out->rows[table->task[r]]++;
		for (size_t m = 0; m < k; m++) {
			if (isnan(table->score[r * k + m]))
				continue;
			size_t cell = table->task[r] * k + m;
			out->score[cell] += table->score[r * k + m];
			out->cost[cell] += table->cost[r * k + m];
			out->count[cell]++;
		}
	}
	for (size_t cell = 0; cell < cells; cell++) {
		out->score[cell] /= (double)out->count[cell];
		out->cost[cell] /= (double)out->count[cell];
	}
	return 0;
}

static struct point task_point(const struct task_means *means, size_t n_tasks, size_t k, double lambda)
{
	struct point sum = { 0 };
	double n = 0.0;
	for (size_t t = 0; t < n_tasks; t++) {
		size_t m = best_cell(means->score + t * k, means->cost + t * k, k, lambda);
		if (means->rows[t] == 0)
			continue;
		sum.score += (double)means->rows[t] * means->score[t * k + m];
		sum.cost += (double)means->rows[t] * means->cost[t * k + m];
		n += (double)means->rows[t];
	}
	return (struct point){ sum.cost / n, sum.score / n };
}

static int measure_oracles(const struct test_table *table, struct controls *controls)
{
	cleanup(task_means_deinit) struct task_means means = { 0 };
	struct point points[CONTROLS_ORACLE];
	TRY(task_means_new(table, &means));
	for (size_t k = 0; k < JUDGED_LAMBDAS; k++)
		points[k] = task_point(&means, table->n_tasks, table->n_models, judged_lambda(k));
	points[CONTROLS_ORACLE - 1] = task_point(&means, table->n_tasks, table->n_models, 0.0);
	controls->task_oracle_aiq = area_aiq(points, CONTROLS_ORACLE, controls->lo, controls->hi);
	for (size_t k = 0; k < JUDGED_LAMBDAS; k++)
		controls->oracle[k + 1] = oracle_point(table, judged_lambda(k));
	controls->oracle[0] = oracle_point(table, 0.0);
	controls->oracle_aiq = area_aiq(controls->oracle, CONTROLS_ORACLE, controls->lo, controls->hi);
	controls->oracle_accuracy = controls->oracle[0].score;
	return 0;
}

int controls_new(const struct test_table *table, struct controls *out)
{
	if (table->n == 0 || table->n_models == 0)
		return FAIL(-EINVAL);
	cleanup(controls_deinit) struct controls controls = { .n_models = table->n_models };
	cleanup(free_pointer) struct point *points = calloc(table->n_models, sizeof(*points));
	controls.singles = calloc(table->n_models, sizeof(*controls.singles));
	TRY_ALLOC(points);
	TRY_ALLOC(controls.singles);
	for (size_t m = 0; m < table->n_models; m++)
		controls.singles[m] = measure_single(table, m);
	rank_singles(&controls, points);
	TRY(measure_oracles(table, &controls));
	*out = controls;
	controls = (struct controls){ 0 };
	return 0;
}
