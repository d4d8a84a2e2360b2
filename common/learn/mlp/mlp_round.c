/* mlp_round.c: what one client learns from its rows, as weighted differences of parameters. (kind: kernel) */
#include "common/learn/mlp/mlp_round.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/mlp/mlp_layout.h"
#include "common/learn/mlp/mlp_scaler.h"
#include "common/learn/mlp/mlp_step.h"
#include "common/learn/stream.h"
#include "common/learn/total.h"

#define ROWS_OF_FULL_WEIGHT 65536.0

struct lane_name {
	char text[LANE_NAME];
};

static struct lane_name lane_of(const struct mlp_place *at)
{
	struct lane_name name;
	snprintf(name.text, sizeof(name.text), "d.%s", at->name);
	return name;
}

int mlp_round_lanes(const struct plan *plan, struct lanes *lanes)
{
	struct mlp_layout layout = mlp_layout_of(plan->encoder->dimension, plan->n_models);
	TRY(lanes_init(lanes, plan->limit_rows, plan->limit_cohort));
	TRY(lanes_add(lanes, "w", 0, NULL, LANE_DELTA_SCALE, 1.0, LANE_PER_CONTRIBUTION));
	TRY(lanes_add(lanes, "w_model", SHAPE(plan->n_models), LANE_DELTA_SCALE, 1.0, LANE_PER_CONTRIBUTION));
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout.at[i];
		TRY(lanes_add(lanes, lane_of(at).text, at->rank, at->shape, LANE_DELTA_SCALE,
			      LANE_DELTA_BOUND, LANE_PER_CONTRIBUTION));
	}
	return 0;
}

/* --- the client's half --- */

struct training {
	const struct plan *plan;
	const struct dataset *data;
	const double *mu, *sigma;
	bool paper;
	uint32_t *order; /* the rows, reshuffled for every pass */
	struct rng shuffle, dropout;
	struct mlp_work *work;
};

static void load_batch(const struct training *training, const uint32_t *rows, size_t n)
{
	const struct dataset *data = training->data;
	struct mlp_work *work = training->work;
	for (size_t i = 0; i < n; i++) {
		const struct observation *row = &data->rows[rows[i]];
		double cost = isnan(row->cost) ?
				      NAN :
				      mlp_scaler_target(row->cost, training->mu[row->model],
							training->sigma[row->model], training->paper);
		work->targets[i] = (struct mlp_target){ row->model, (float)row->score, (float)cost };
		memcpy(work->x + i * work->x_row, dataset_x(data, rows[i]), data->dimension * sizeof(float));
	}
}

static void train(struct training *training)
{
	const struct settings *settings = &training->plan->settings;
	size_t n = training->data->n_rows, epochs = settings_integer(settings, "epochs");
	double lr = settings_number(settings, "lr"), weight_decay = settings_number(settings, "weight_decay");
	for (size_t i = 0; i < n; i++)
		training->order[i] = (uint32_t)i;
	for (size_t epoch = 0; epoch < epochs; epoch++) {
		rng_shuffle(&training->shuffle, training->order, n);
		for (size_t first = 0; first < n; first += MLP_BATCH) {
			size_t rows = n - first < MLP_BATCH ? n - first : MLP_BATCH;
			load_batch(training, training->order + first, rows);
			mlp_step_gradient(training->work, rows, &training->dropout);
			mlp_step_update(training->work, lr, weight_decay);
		}
	}
}

/* w and w_m: n_i and n_{i,m} in units of 65,536 rows; in paper mode every tensor counts with n_i. */
static void weigh(const struct dataset *data, bool paper, double *w, double *w_model)
{
	*w = fmin((double)data->n_rows, ROWS_OF_FULL_WEIGHT) / ROWS_OF_FULL_WEIGHT;
	for (size_t i = 0; i < data->n_rows; i++)
		w_model[data->rows[i].model] += 1.0;
	for (size_t m = 0; m < data->n_models; m++)
		w_model[m] = paper ? *w : fmin(w_model[m], ROWS_OF_FULL_WEIGHT) / ROWS_OF_FULL_WEIGHT;
}

static double weight_of(const struct mlp_place *at, size_t i, double w, const double *w_model)
{
	return at->per_model > 0 ? w_model[i / at->per_model] : w;
}

/* values = w·(trained − before), each difference clipped to ±8 and counted. */
static void differ(const struct mlp_place *at, const float *before, const float *trained, double w,
		   const double *w_model, double *values, size_t *clipped)
{
	for (size_t i = 0; i < at->n; i++) {
		double delta = (double)trained[i] - (double)before[i];
		bool beyond = fabs(delta) > LANE_DELTA_BOUND;
		if (beyond)
			delta = copysign(LANE_DELTA_BOUND, delta);
		*clipped += beyond;
		values[i] = weight_of(at, i, w, w_model) * delta;
	}
}

static int answer_with(const struct phase *phase, float *const before[MLP_TENSORS],
		       const struct training *training, struct answer *out)
{
	const struct mlp_layout *layout = &training->work->layout;
	cleanup(free_pointer) double *values = malloc(layout->floats * sizeof(*values));
	cleanup(free_pointer) double *w_model = calloc(layout->n_models + 1, sizeof(*w_model));
	double w;
	TRY_ALLOC(values);
	TRY_ALLOC(w_model);
	weigh(training->data, training->paper, &w, w_model);
	TRY(total_put(&phase->lanes, "w", &w, out));
	TRY(total_put(&phase->lanes, "w_model", w_model, out));
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout->at[i];
		differ(at, before[i], training->work->p + at->first, w, w_model, values, &out->clipped);
		TRY(total_put(&phase->lanes, lane_of(at).text, values, out));
	}
	return 0;
}

int mlp_round_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			 const struct dataset *data, const char *client, struct answer *out)
{
	cleanup(mlp_work_cleanup) struct mlp_work *work = NULL;
	cleanup(free_pointer) uint32_t *order = NULL;
	struct mlp_layout layout = mlp_layout_of(plan->encoder->dimension, plan->n_models);
	float *before[MLP_TENSORS];
	if (data->n_rows == 0)
		return 0;
	TRY(mlp_work_new(&layout, &work));
	order = malloc(data->n_rows * sizeof(*order));
	TRY_ALLOC(order);
	struct training training = {
		.plan = plan,
		.data = data,
		.order = order,
		.work = work,
		.paper = settings_is(&plan->settings, "paper"),
		.mu = tensors_data(&state->tensors, "scaler.mu", TENSOR_F64, SHAPE(plan->n_models)),
		.sigma = tensors_data(&state->tensors, "scaler.sigma", TENSOR_F64, SHAPE(plan->n_models)),
	};
	if (!training.mu || !training.sigma || !mlp_layout_find(&layout, &state->tensors, before))
		return FAIL(-EINVAL);
	TRY(stream_open(&training.shuffle, plan->seed, phase->number, client, "shuffle"));
	TRY(stream_open(&training.dropout, plan->seed, phase->number, client, "dropout"));
	for (size_t i = 0; i < MLP_TENSORS; i++)
		memcpy(work->p + layout.at[i].first, before[i], layout.at[i].n * sizeof(float));
	train(&training);
	return answer_with(phase, before, &training, out);
}

/* --- the coordinator's half --- */

static int refuse(struct findings *findings, const char *client, const char *lane)
{
	findings_add(findings, client, 0, "weights do not fit the rows", "lane %s", lane);
	return LEARNER_E_BAD;
}

int mlp_round_check(const struct plan *plan, const struct phase *phase, const struct answer *answer,
		    const char *client, struct findings *findings)
{
	struct mlp_layout layout = mlp_layout_of(plan->encoder->dimension, plan->n_models);
	const struct lane *lanes = phase->lanes.items;
	const int64_t *words = (const int64_t *)answer->words, *w_model = words + lanes[1].first;
	int64_t unit = (int64_t)ldexp(1.0 / ROWS_OF_FULL_WEIGHT, LANE_DELTA_SCALE), w = words[lanes[0].first];
	if (w != unit * (int64_t)fmin((double)answer->rows, ROWS_OF_FULL_WEIGHT))
		return refuse(findings, client, lanes[0].name);
	for (size_t m = 0; m < plan->n_models; m++) {
		if (w_model[m] < 0 || w_model[m] > w)
			return refuse(findings, client, lanes[1].name);
	}
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct lane *lane = lanes_find(&phase->lanes, lane_of(&layout.at[i]).text);
		size_t per_model = layout.at[i].per_model;
		for (size_t j = 0; j < lane->n; j++) {
			int64_t weight = per_model > 0 ? w_model[j / per_model] : w;
			if (fabs((double)words[lane->first + j]) > LANE_DELTA_BOUND * (double)weight)
				return refuse(findings, client, lane->name);
		}
	}
	return LEARNER_E_OK;
}

int mlp_round_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		   const struct answers *answers)
{
	struct mlp_layout layout = mlp_layout_of(plan->encoder->dimension, plan->n_models);
	cleanup(free_pointer) double *sums = malloc(layout.floats * sizeof(*sums));
	cleanup(free_pointer) double *w_model = malloc((plan->n_models + 1) * sizeof(*w_model));
	float *p[MLP_TENSORS];
	double w;
	TRY_ALLOC(sums);
	TRY_ALLOC(w_model);
	if (!mlp_layout_find(&layout, &state->tensors, p))
		return FAIL(-EINVAL);
	total_values(&phase->lanes, "w", answers->total, &w);
	total_values(&phase->lanes, "w_model", answers->total, w_model);
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout.at[i];
		total_values(&phase->lanes, lane_of(at).text, answers->total, sums);
		for (size_t j = 0; j < at->n; j++) {
			double weight = weight_of(at, j, w, w_model);
			if (weight > 0.0)
				p[i][j] = (float)((double)p[i][j] + sums[j] / weight);
		}
	}
	return 0;
}
