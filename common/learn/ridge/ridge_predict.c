/* ridge_predict.c: scores and costs from the router's tensors.                           (kind: kernel) */
#include "common/learn/ridge/ridge_predict.h"

#include <math.h>

#include "common/learn/log_cost.h"
#include "common/numerics/stats.h"

enum { VIEW_SCORE, VIEW_LOG_COST };

static const double *finite_tensor(const struct router *router, const char *name, size_t rank,
				   const size_t *shape)
{
	const double *values = tensors_data(&router->tensors, name, TENSOR_F64, rank, shape);
	size_t n = values ? tensors_find(&router->tensors, name)->n : 0;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i]))
			return NULL;
	}
	return values;
}

static int ridge_open(struct router *router)
{
	size_t k = router->n_models, d = router->dimension;
	router->view[VIEW_SCORE] = finite_tensor(router, "theta_score", SHAPE(k, d + 1));
	router->view[VIEW_LOG_COST] = finite_tensor(router, "theta_log_cost", SHAPE(k, d + 1));
	bool good = router->view[VIEW_SCORE] && router->view[VIEW_LOG_COST] &&
		    finite_tensor(router, "sigma2", SHAPE(2)) &&
		    finite_tensor(router, "penalties", SHAPE(2, 3));
	if (tensors_find(&router->tensors, "inverse_models"))
		good = good && finite_tensor(router, "inverse_models", SHAPE(k, stats_packed(d + 1))) &&
		       finite_tensor(router, "inverse_shared", SHAPE(stats_packed(d)));
	return good ? ROUTER_E_OK : ROUTER_E_BAD;
}

static size_t ridge_workspace(const struct router *router, size_t n)
{
	(void)n;
	return router->dimension * sizeof(double);
}

static void ridge_predict(const struct router *router, const float *x, size_t n, double *score, double *cost,
			  void *workspace)
{
	size_t k = router->n_models, d = router->dimension;
	double *wide = workspace;
	for (size_t i = 0; i < n; i++) {
		const double *theta_score = router->view[VIEW_SCORE],
			     *theta_log_cost = router->view[VIEW_LOG_COST];
		for (size_t j = 0; j < d; j++)
			wide[j] = (double)x[i * d + j];
		for (size_t m = 0; m < k; m++, theta_score += d + 1, theta_log_cost += d + 1) {
			score[i * k + m] = theta_score[0] + stats_dot(theta_score + 1, wide, d);
			cost[i * k + m] =
				log_cost_usd(theta_log_cost[0] + stats_dot(theta_log_cost + 1, wide, d));
		}
	}
}

const struct predictor ridge_predict_predictor = {
	.learner = "ridge",
	.open = ridge_open,
	.workspace = ridge_workspace,
	.predict = ridge_predict,
};
