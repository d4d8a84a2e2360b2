/* static.c: two shrunk means per model, from one phase of sums.                             (kind: kernel) */
#include "common/learn/static/static.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/total.h"

enum { VIEW_SCORE, VIEW_COST };

static int make_lanes(const struct plan *plan, struct lanes *lanes)
{
	const size_t models[] = { plan->n_models };
	TRY(lanes_init(lanes, plan->limit_rows, plan->limit_cohort));
	TRY(lanes_add(lanes, "n_score", 1, models, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "n_cost", 1, models, 0, LANE_COUNT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_y", 1, models, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW));
	TRY(lanes_add(lanes, "sum_cost", 1, models, LANE_USD_SCALE, LANE_USD_BOUND, LANE_PER_ROW_CLIPPED));
	return 0;
}

static int static_init(const struct plan *plan, struct state *out)
{
	(void)plan;
	*out = (struct state){ 0 };
	return 0;
}

static int static_next(const struct plan *plan, const struct state *state, struct phase *out)
{
	if (state->phase > 0)
		return LEARNER_E_FINISHED;
	*out = (struct phase){ .number = 0, .kind = PHASE_SUMS, .everyone = true };
	return make_lanes(plan, &out->lanes);
}

struct sums {
	double *n_score, *n_cost, *sum_y, *sum_cost; /* [K] each, in one block */
};

static int sums_new(size_t n_models, struct sums *out, double **block)
{
	*block = calloc(4 * n_models + 1, sizeof(**block));
	TRY_ALLOC(*block);
	*out = (struct sums){ *block, *block + n_models, *block + 2 * n_models, *block + 3 * n_models };
	return 0;
}

static int static_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			     const struct dataset *data, const char *client, struct answer *out)
{
	cleanup(free_pointer) double *block = NULL;
	struct sums sums = { 0 };
	(void)state;
	(void)client;
	TRY(sums_new(plan->n_models, &sums, &block));
	*out = (struct answer){ .rows = data->n_rows };
	for (size_t i = 0; i < data->n_rows; i++) {
		const struct observation *row = &data->rows[i];
		if (!isnan(row->score)) {
			sums.n_score[row->model] += 1.0;
			sums.sum_y[row->model] += row->score;
		}
		if (!isnan(row->cost)) {
			/* Clipped by the row, so that the total does not depend on who holds the row. */
			out->clipped += row->cost > LANE_USD_BOUND;
			sums.n_cost[row->model] += 1.0;
			sums.sum_cost[row->model] += fmin(row->cost, LANE_USD_BOUND);
		}
	}
	TRY(total_start(&phase->lanes, out));
	TRY(total_put(&phase->lanes, "n_score", sums.n_score, out));
	TRY(total_put(&phase->lanes, "n_cost", sums.n_cost, out));
	TRY(total_put(&phase->lanes, "sum_y", sums.sum_y, out));
	TRY(total_put(&phase->lanes, "sum_cost", sums.sum_cost, out));
	return 0;
}

static void read_sums(const struct lanes *lanes, const uint64_t *words, struct sums *sums)
{
	total_values(lanes, "n_score", words, sums->n_score);
	total_values(lanes, "n_cost", words, sums->n_cost);
	total_values(lanes, "sum_y", words, sums->sum_y);
	total_values(lanes, "sum_cost", words, sums->sum_cost);
}

static int static_check(const struct plan *plan, const struct phase *phase, const struct state *state,
			const struct answer *answer, const char *client, struct findings *findings)
{
	cleanup(free_pointer) double *block = NULL;
	struct sums sums = { 0 };
	double n_score = 0.0, n_cost = 0.0, rows = (double)answer->rows;
	(void)state;
	TRY(sums_new(plan->n_models, &sums, &block));
	read_sums(&phase->lanes, answer->words, &sums);
	for (size_t m = 0; m < plan->n_models; m++) {
		if (sums.n_score[m] < 0.0 || sums.n_cost[m] < 0.0 || sums.sum_y[m] < 0.0 ||
		    sums.sum_y[m] > sums.n_score[m] || sums.sum_cost[m] < 0.0) {
			findings_add(findings, client, 0, "impossible sums",
				     "model %s: %g scores that sum to %g", plan->models[m], sums.n_score[m],
				     sums.sum_y[m]);
			return LEARNER_E_BAD;
		}
		n_score += sums.n_score[m];
		n_cost += sums.n_cost[m];
	}
	if (n_score > rows || n_cost > rows) {
		findings_add(findings, client, 0, "more counted than there are rows",
			     "%g scores and %g costs in %g rows", n_score, n_cost, rows);
		return LEARNER_E_BAD;
	}
	return LEARNER_E_OK;
}

static int static_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		       const struct answers *answers)
{
	(void)plan;
	return total_keep(phase, state, answers);
}

/* out[m] = (Σ_m + κ·mean) / (n_m + κ) with the mean over all rows (0 where there is no row at all). */
static void shrunk_means(size_t n_models, const double *n, const double *sum, double *out)
{
	double all_n = 0.0, all_sum = 0.0;
	for (size_t m = 0; m < n_models; m++) {
		all_n += n[m];
		all_sum += sum[m];
	}
	double mean = all_n > 0.0 ? all_sum / all_n : 0.0;
	for (size_t m = 0; m < n_models; m++)
		out[m] = (sum[m] + STATIC_KAPPA * mean) / (n[m] + STATIC_KAPPA);
}

static int make_tensors(const struct plan *plan, const struct sums *sums, struct tensors *tensors)
{
	double *score, *cost;
	uint8_t *routable;
	TRY(tensors_add(tensors, "score", TENSOR_F64, SHAPE(plan->n_models), &score));
	TRY(tensors_add(tensors, "cost", TENSOR_F64, SHAPE(plan->n_models), &cost));
	TRY(tensors_add(tensors, "routable", TENSOR_U8, SHAPE(plan->n_models), &routable));
	shrunk_means(plan->n_models, sums->n_score, sums->sum_y, score);
	shrunk_means(plan->n_models, sums->n_cost, sums->sum_cost, cost);
	for (size_t m = 0; m < plan->n_models; m++)
		routable[m] = fmin(sums->n_score[m], sums->n_cost[m]) >= PLAN_ROUTABLE_ROWS;
	return 0;
}

static int static_finish(const struct plan *plan, const struct state *state, size_t threads,
			 struct router **out, char **report)
{
	cleanup(free_pointer) double *block = NULL;
	cleanup(free_pointer) char *settings = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	struct lanes lanes;
	struct sums sums = { 0 };
	(void)threads;
	TRY(make_lanes(plan, &lanes));
	const uint64_t *total = total_words(state, &lanes);
	if (!total)
		return FAIL(-EINVAL);
	TRY(sums_new(plan->n_models, &sums, &block));
	read_sums(&lanes, total, &sums);
	TRY(make_tensors(plan, &sums, &tensors));
	TRY(settings_json(&plan->settings, &settings));
	TRY(router_new(static_learner.predictor, plan->n_models, plan->models, plan->encoder, settings,
		       &tensors, &router));
	if (report) {
		*report = strdup("{}");
		TRY_ALLOC(*report);
	}
	*out = router;
	router = NULL;
	return 0;
}

static int static_open(struct router *router)
{
	const double *score = tensors_data(&router->tensors, "score", TENSOR_F64, SHAPE(router->n_models));
	const double *cost = tensors_data(&router->tensors, "cost", TENSOR_F64, SHAPE(router->n_models));
	if (!score || !cost)
		return ROUTER_E_BAD;
	for (size_t m = 0; m < router->n_models; m++) {
		if (!isfinite(score[m]) || !isfinite(cost[m]) || cost[m] < 0.0)
			return ROUTER_E_BAD;
	}
	router->view[VIEW_SCORE] = score;
	router->view[VIEW_COST] = cost;
	return ROUTER_E_OK;
}

static size_t static_workspace(const struct router *router, size_t n)
{
	(void)router;
	(void)n;
	return 0;
}

static void static_predict(const struct router *router, const float *x, size_t n, double *score, double *cost,
			   void *workspace)
{
	size_t k = router->n_models;
	(void)x;
	(void)workspace;
	for (size_t i = 0; i < n; i++) {
		memcpy(score + i * k, router->view[VIEW_SCORE], k * sizeof(*score));
		memcpy(cost + i * k, router->view[VIEW_COST], k * sizeof(*cost));
	}
}

static const struct predictor static_predictor = {
	.learner = "static",
	.open = static_open,
	.workspace = static_workspace,
	.predict = static_predict,
};

static const struct setting static_settings[] = { { .name = NULL } };

const struct learner static_learner = {
	.name = "static",
	.summary = "per-model means, the same for every query: what any learned router has to beat",
	.settings = static_settings,
	.predictor = &static_predictor,
	.init = static_init,
	.next = static_next,
	.contribute = static_contribute,
	.check = static_check,
	.fold = static_fold,
	.finish = static_finish,
};
