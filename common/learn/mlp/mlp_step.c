/* mlp_step.c: forward, loss, backward, update.                                              (kind: kernel) */
#include "common/learn/mlp/mlp_step.h"

#include <math.h>
#include <string.h>

#include "common/numerics/adamw.h"
#include "common/numerics/dense.h"
#include "common/numerics/dropout.h"
#include "common/numerics/loss.h"

/* Word w of the dropout stream belongs to (step, layer, row, unit): the mask does not depend on who draws
 * when. */
static void drop(const struct mlp_work *work, size_t layer, size_t rows, const struct rng *dropout)
{
	enum { WORDS = MLP_UNITS / 2 };
	uint32_t words[WORDS];
	const struct mlp_activation *to = &work->layers[layer];
	for (size_t i = 0; i < rows; i++) {
		uint64_t row = (work->steps * MLP_LAYERS + layer) * MLP_BATCH + i;
		rng_fill(dropout, row * WORDS, words, WORDS);
		dropout_apply(words, to->out + i * MLP_ROW, to->slope + i * MLP_ROW, MLP_UNITS);
	}
}

static void forward(const struct mlp_work *work, const float *const p[MLP_TENSORS], size_t rows,
		    const struct rng *dropout)
{
	const float *x = work->x;
	size_t in = work->layout.dimension, ldx = work->x_row;
	for (size_t l = 0; l < MLP_LAYERS; l++) {
		mlp_layer_forward(p + l * MLP_OF_LAYER, x, ldx, rows, in, &work->layers[l]);
		if (dropout)
			drop(work, l, rows, dropout);
		x = work->layers[l].out;
		in = MLP_UNITS;
		ldx = MLP_ROW;
	}
}

/* One row at the head that predicts what it observed. */
struct head {
	const float *h; /* output of the trunk */
	float *d;       /* gradient of h */
	const float *w, *b;
	float *dw, *db;
};

static struct head head_of(const struct mlp_work *work, enum mlp_tensor weight, size_t row)
{
	const struct mlp_place *at = work->layout.at;
	size_t model = work->targets[row].model;
	size_t w = at[weight].first + model * MLP_UNITS, b = at[weight + 1].first + model;
	return (struct head){ .h = work->layers[MLP_LAYERS - 1].out + row * MLP_ROW,
			      .d = work->d + row * MLP_ROW,
			      .w = work->p + w,
			      .b = work->p + b,
			      .dw = work->g + w,
			      .db = work->g + b };
}

static float head_forward(const struct head *head)
{
	return dense_dot(head->h, head->w, MLP_UNITS) + *head->b;
}

static void head_backward(const struct head *head, float slope)
{
	dense_add(slope, head->h, head->dw, MLP_UNITS);
	dense_add(slope, head->w, head->d, MLP_UNITS);
	*head->db += slope;
}

/* Only heads of observed models have a loss, so they are walked by row: a row touches one model, not all of
 * them. */
static double heads(const struct mlp_work *work, size_t rows)
{
	double scores = 1e-8, costs = 1e-8, score_loss = 0.0, cost_loss = 0.0;
	float slope;
	for (size_t i = 0; i < rows; i++) {
		scores += !isnan(work->targets[i].score);
		costs += !isnan(work->targets[i].cost);
	}
	memset(work->d, 0, rows * MLP_ROW * sizeof(float));
	for (size_t i = 0; i < rows; i++) {
		const struct mlp_target *target = &work->targets[i];
		if (!isnan(target->score)) {
			struct head head = head_of(work, MLP_SCORE_WEIGHT, i);
			score_loss += (double)loss_score(head_forward(&head), target->score, &slope);
			head_backward(&head, slope * (float)(1.0 / scores));
		}
		if (!isnan(target->cost)) {
			struct head head = head_of(work, MLP_COST_WEIGHT, i);
			cost_loss += (double)loss_cost(head_forward(&head), target->cost, &slope);
			head_backward(&head, slope * (float)(1.0 / costs));
		}
	}
	return score_loss / scores + cost_loss / costs;
}

/* The gradient of layer 0's input is nobody's. */
static void backward(const struct mlp_work *work, const float *const p[MLP_TENSORS],
		     float *const g[MLP_TENSORS], size_t rows)
{
	float *d = work->d;
	for (size_t l = MLP_LAYERS; l-- > 0;) {
		const float *x = l > 0 ? work->layers[l - 1].out : work->x;
		size_t ldx = l > 0 ? MLP_ROW : work->x_row, in = l > 0 ? MLP_UNITS : work->layout.dimension;
		float *const *of = g + l * MLP_OF_LAYER;
		mlp_layer_backward(p[l * MLP_OF_LAYER + MLP_GAMMA], &work->layers[l], rows, d, of);
		for (size_t panel = 0; panel < MLP_UNITS / MLP_PANEL; panel++)
			dense_gradient(x, ldx, d, MLP_ROW, of[MLP_WEIGHT] + panel * in * MLP_PANEL, panel,
				       (struct dense_shape){ rows, in, MLP_UNITS });
		if (l == 0)
			return;
		dense_transpose(p[l * MLP_OF_LAYER + MLP_WEIGHT], work->turned, MLP_UNITS, MLP_UNITS);
		dense_forward(d, MLP_ROW, work->turned, NULL, work->d_below, MLP_ROW,
			      (struct dense_shape){ rows, MLP_UNITS, MLP_UNITS });
		d = work->d_below;
	}
}

/* Gradients that are added to row by row; those of the trunk's weights are written as a whole. */
static void clear(const struct mlp_work *work, float *const g[MLP_TENSORS])
{
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		if (i != MLP_WEIGHT && i != MLP_OF_LAYER + MLP_WEIGHT)
			memset(g[i], 0, work->layout.at[i].n * sizeof(float));
	}
}

double mlp_step_gradient(struct mlp_work *work, size_t rows, const struct rng *dropout)
{
	const float *p[MLP_TENSORS];
	float *g[MLP_TENSORS];
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		p[i] = work->p + work->layout.at[i].first;
		g[i] = work->g + work->layout.at[i].first;
	}
	clear(work, g);
	forward(work, p, rows, dropout);
	double loss = heads(work, rows);
	backward(work, p, g, rows);
	return loss;
}

void mlp_step_update(struct mlp_work *work, double lr, double weight_decay)
{
	double squares = adamw_squares(work->g, work->layout.floats);
	struct adamw at = adamw_at(lr, weight_decay, ++work->steps, squares);
	adamw_step(&at, work->p, work->g, work->m, work->v, work->layout.floats);
}
