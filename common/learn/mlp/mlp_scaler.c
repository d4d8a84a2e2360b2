/* mlp_scaler.c: Σℓ and Σℓ² per model, and the μ and σ they give.                            (kind: kernel) */
#include "common/learn/mlp/mlp_scaler.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "common/learn/log_cost.h"
#include "common/learn/total.h"

#define SIGMA_LEAST 1e-3       /* below, a model borrows the σ of all */
#define SIGMA_LEAST_PAPER 1e-6 /* below, σ is 1 */
#define TARGET_MOST_PAPER 3.0

struct sums {
	double *n_score, *n_cost, *sum_l, *sum_ll; /* [K] each, in one block */
};

static int sums_new(size_t n_models, struct sums *out, double **block)
{
	*block = calloc(4 * n_models + 1, sizeof(**block));
	TRY_ALLOC(*block);
	*out = (struct sums){ *block, *block + n_models, *block + 2 * n_models, *block + 3 * n_models };
	return 0;
}

static void sums_read(const struct lanes *lanes, const uint64_t *words, struct sums *sums)
{
	total_values(lanes, "n_score", words, sums->n_score);
	total_values(lanes, "n_cost", words, sums->n_cost);
	total_values(lanes, "sum_log_cost", words, sums->sum_l);
	total_values(lanes, "sum_log_cost_2", words, sums->sum_ll);
}

int mlp_scaler_add(size_t n_models, struct tensors *tensors)
{
	TRY(tensors_add(tensors, "scaler.mu", TENSOR_F64, SHAPE(n_models), NULL));
	TRY(tensors_add(tensors, "scaler.sigma", TENSOR_F64, SHAPE(n_models), NULL));
	TRY(tensors_add(tensors, "routable", TENSOR_U8, SHAPE(n_models), NULL));
	return 0;
}

int mlp_scaler_lanes(const struct plan *plan, struct lanes *lanes)
{
	const size_t models[] = { plan->n_models };
	TRY(lanes_init(lanes, plan->limit_rows, plan->limit_cohort));
	TRY(lanes_add(lanes, "n_score", 1, models, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "n_cost", 1, models, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_log_cost", 1, models, LANE_LOG_SCALE, LANE_LOG_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_log_cost_2", 1, models, LANE_LOG_SQUARE_SCALE, LANE_LOG_SQUARE_BOUND,
		      LANE_PER_ROW));
	return 0;
}

double mlp_scaler_log(double cost, bool paper)
{
	return fmin(paper ? log1p(cost) : log_cost(cost), LANE_LOG_BOUND);
}

double mlp_scaler_target(double cost, double mu, double sigma, bool paper)
{
	double target = (mlp_scaler_log(cost, paper) - mu) / (sigma + 1e-8);
	return paper ? fmin(fmax(target, -TARGET_MOST_PAPER), TARGET_MOST_PAPER) : target;
}

int mlp_scaler_contribute(const struct plan *plan, const struct phase *phase, const struct dataset *data,
			  struct answer *out)
{
	cleanup(free_pointer) double *block = NULL;
	struct sums sums;
	bool paper = settings_is(&plan->settings, "paper");
	TRY(sums_new(plan->n_models, &sums, &block));
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		sums.n_score[row->model] += !isnan(row->score);
		if (isnan(row->cost))
			continue;
		double l = mlp_scaler_log(row->cost, paper);
		out->clipped += l >= LANE_LOG_BOUND;
		sums.n_cost[row->model] += 1.0;
		sums.sum_l[row->model] += l;
		sums.sum_ll[row->model] += l * l;
	}
	TRY(total_put(&phase->lanes, "n_score", sums.n_score, out));
	TRY(total_put(&phase->lanes, "n_cost", sums.n_cost, out));
	TRY(total_put(&phase->lanes, "sum_log_cost", sums.sum_l, out));
	TRY(total_put(&phase->lanes, "sum_log_cost_2", sums.sum_ll, out));
	return 0;
}

int mlp_scaler_check(const struct plan *plan, const struct phase *phase, const struct answer *answer,
		     const char *client, struct findings *findings)
{
	cleanup(free_pointer) double *block = NULL;
	struct sums sums;
	double n_score = 0.0, n_cost = 0.0, rows = (double)answer->rows;
	TRY(sums_new(plan->n_models, &sums, &block));
	sums_read(&phase->lanes, answer->words, &sums);
	for (size_t m = 0; m < plan->n_models; m++) {
		double n = sums.n_cost[m], l = sums.sum_l[m], rounding = 1e-6 * (1.0 + sums.sum_ll[m]);
		n_score += sums.n_score[m];
		n_cost += n;
		/* Cauchy and Schwarz: (Σℓ)² ≤ n·Σℓ². */
		if (sums.n_score[m] >= 0.0 && n >= 0.0 && l * l <= n * (sums.sum_ll[m] + rounding) + rounding)
			continue;
		findings_add(findings, client, 0, "impossible sums",
			     "model %s: %g costs with log sums %g and %g", plan->models[m], n, l,
			     sums.sum_ll[m]);
		return LEARNER_E_BAD;
	}
	if (n_score <= rows && n_cost <= rows)
		return LEARNER_E_OK;
	findings_add(findings, client, 0, "more counted than there are rows",
		     "%g scores and %g costs in %g rows", n_score, n_cost, rows);
	return LEARNER_E_BAD;
}

static double deviation(double n, double sum, double squares)
{
	double mean = sum / n;
	return sqrt(fmax(0.0, squares / n - mean * mean));
}

static void normalize_paper(size_t n_models, const struct sums *sums, double *mu, double *sigma)
{
	for (size_t m = 0; m < n_models; m++) {
		double n = sums->n_cost[m];
		mu[m] = n > 0.0 ? sums->sum_l[m] / n : 0.0;
		sigma[m] = n > 0.0 ? deviation(n, sums->sum_l[m], sums->sum_ll[m]) : 1.0;
		if (sigma[m] <= SIGMA_LEAST_PAPER)
			sigma[m] = 1.0;
	}
}

/* A model with too few costs, or costs that hardly vary, borrows from all of them together. */
static void normalize(size_t n_models, const struct sums *sums, double *mu, double *sigma)
{
	double n = 0.0, l = 0.0, ll = 0.0;
	for (size_t m = 0; m < n_models; m++) {
		n += sums->n_cost[m];
		l += sums->sum_l[m];
		ll += sums->sum_ll[m];
	}
	double pooled_mu = n > 0.0 ? l / n : 0.0, pooled = n > 0.0 ? deviation(n, l, ll) : 1.0;
	if (pooled < SIGMA_LEAST)
		pooled = 1.0;
	for (size_t m = 0; m < n_models; m++) {
		double own = sums->n_cost[m];
		mu[m] = own > 0.0 ? sums->sum_l[m] / own : pooled_mu;
		sigma[m] = own >= 2.0 ? deviation(own, sums->sum_l[m], sums->sum_ll[m]) : pooled;
		if (sigma[m] < SIGMA_LEAST)
			sigma[m] = pooled;
	}
}

int mlp_scaler_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		    const struct answers *answers)
{
	cleanup(free_pointer) double *block = NULL;
	struct sums sums;
	bool paper = settings_is(&plan->settings, "paper");
	double *mu = tensors_data(&state->tensors, "scaler.mu", TENSOR_F64, SHAPE(plan->n_models));
	double *sigma = tensors_data(&state->tensors, "scaler.sigma", TENSOR_F64, SHAPE(plan->n_models));
	uint8_t *routable = tensors_data(&state->tensors, "routable", TENSOR_U8, SHAPE(plan->n_models));
	if (!mu || !sigma || !routable)
		return FAIL(-EINVAL);
	TRY(sums_new(plan->n_models, &sums, &block));
	sums_read(&phase->lanes, answers->total, &sums);
	if (paper)
		normalize_paper(plan->n_models, &sums, mu, sigma);
	else
		normalize(plan->n_models, &sums, mu, sigma);
	for (size_t m = 0; m < plan->n_models; m++)
		routable[m] = paper || fmin(sums.n_score[m], sums.n_cost[m]) >= PLAN_ROUTABLE_ROWS;
	return 0;
}
