/* mlp_predict.c: the trunk once per query, two dot products per model.                      (kind: kernel) */
#include "common/learn/mlp/mlp_predict.h"

#include <math.h>
#include <string.h>

#include "common/learn/mlp/mlp_layer.h"
#include "common/numerics/dense.h"
#include "common/numerics/loss.h"

enum { VIEW_MU = MLP_TENSORS, VIEW_SIGMA, VIEW_MAP };

static bool all_finite(const float *x, size_t n)
{
	bool finite = true;
	for (size_t i = 0; i < n; i++)
		finite &= isfinite(x[i]) != 0;
	return finite;
}

static bool scaler_usable(const double *mu, const double *sigma, const double *map, size_t n_models)
{
	bool usable = isfinite(map[MLP_MAP_SCALE]) && isfinite(map[MLP_MAP_SHIFT]) &&
		      map[MLP_MAP_LEAST] <= map[MLP_MAP_MOST] && map[MLP_MAP_MOST] <= 700.0;
	for (size_t m = 0; m < n_models; m++)
		usable &= isfinite(mu[m]) && isfinite(sigma[m]) && sigma[m] >= 0.0;
	return usable;
}

static int mlp_open(struct router *router)
{
	struct mlp_layout layout = mlp_layout_of(router->dimension, router->n_models);
	const struct tensors *tensors = &router->tensors;
	float *arrays[MLP_TENSORS];
	const double *mu = tensors_data(tensors, "scaler.mu", TENSOR_F64, SHAPE(router->n_models));
	const double *sigma = tensors_data(tensors, "scaler.sigma", TENSOR_F64, SHAPE(router->n_models));
	const double *map = tensors_data(tensors, "cost.map", TENSOR_F64, SHAPE(MLP_MAP));
	if (!mu || !sigma || !map || !mlp_layout_find(&layout, tensors, arrays) ||
	    !scaler_usable(mu, sigma, map, router->n_models))
		return ROUTER_E_BAD;
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		if (!all_finite(arrays[i], layout.at[i].n))
			return ROUTER_E_BAD;
		router->view[i] = arrays[i];
	}
	router->view[VIEW_MU] = mu;
	router->view[VIEW_SIGMA] = sigma;
	router->view[VIEW_MAP] = map;
	return ROUTER_E_OK;
}

/* Queries are taken in blocks of at most MLP_BATCH; a row's numbers do not depend on the others. */
static size_t block_rows(size_t n)
{
	return n < MLP_BATCH ? n : MLP_BATCH;
}

/* normal, slope and out of two layers in turn, and 1/√(var + ε). */
static size_t mlp_workspace(const struct router *router, size_t n)
{
	(void)router;
	return (4 * block_rows(n) * MLP_ROW + MLP_BATCH) * sizeof(float);
}

static double cost_of(const double *map, double log_cost)
{
	double clipped = fmin(fmax(log_cost, map[MLP_MAP_LEAST]), map[MLP_MAP_MOST]);
	return map[MLP_MAP_SCALE] * (exp(clipped) - map[MLP_MAP_SHIFT]);
}

static void heads(const struct router *router, const float *h, double *score, double *cost)
{
	const float *const *p = (const float *const *)router->view;
	const double *mu = router->view[VIEW_MU], *sigma = router->view[VIEW_SIGMA];
	for (size_t m = 0; m < router->n_models; m++) {
		float logit =
			dense_dot(h, p[MLP_SCORE_WEIGHT] + m * MLP_UNITS, MLP_UNITS) + p[MLP_SCORE_BIAS][m];
		float z = dense_dot(h, p[MLP_COST_WEIGHT] + m * MLP_UNITS, MLP_UNITS) + p[MLP_COST_BIAS][m];
		score[m] = (double)loss_sigmoid(logit);
		cost[m] = cost_of(router->view[VIEW_MAP], (double)z * (sigma[m] + 1e-8) + mu[m]);
	}
}

static void mlp_run(const struct router *router, const float *x, size_t n, double *score, double *cost,
		    void *workspace)
{
	const float *const *p = (const float *const *)router->view;
	size_t rows = block_rows(n), k = router->n_models, d = router->dimension, floats = rows * MLP_ROW;
	float *scratch = workspace;
	struct mlp_activation below = { scratch, scratch + floats, scratch + 2 * floats,
					scratch + 4 * floats };
	struct mlp_activation above = { scratch, scratch + floats, scratch + 3 * floats,
					scratch + 4 * floats };
	for (size_t first = 0; first < n; first += rows) {
		size_t block = n - first < rows ? n - first : rows;
		mlp_layer_forward(p, x + first * d, d, block, d, &below);
		mlp_layer_forward(p + MLP_OF_LAYER, below.out, MLP_ROW, block, MLP_UNITS, &above);
		for (size_t i = 0; i < block; i++)
			heads(router, above.out + i * MLP_ROW, score + (first + i) * k,
			      cost + (first + i) * k);
	}
}

const struct predictor mlp_predict = {
	.learner = "mlp",
	.open = mlp_open,
	.workspace = mlp_workspace,
	.predict = mlp_run,
};
