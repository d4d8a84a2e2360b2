/* kmeans_router.c: checks the table and looks up its rows.                                  (kind: kernel) */
#include "common/learn/kmeans/kmeans_router.h"

#include <math.h>
#include <string.h>

#include "common/numerics/lloyd.h"

enum { VIEW_CENTRES, VIEW_SCORE, VIEW_COST }; /* the first is the tensor itself, for its k */

static int kmeans_open(struct router *router)
{
	const struct tensors *tensors = &router->tensors;
	const struct tensor *centres = tensors_find(tensors, "centres");
	if (!centres || centres->type != TENSOR_F32 || centres->rank != 2 || centres->shape[0] == 0 ||
	    centres->shape[1] != router->dimension)
		return ROUTER_E_BAD;
	size_t k = centres->shape[0];
	const float *values = centres->data;
	const double *score = tensors_data(tensors, "score", TENSOR_F64, SHAPE(k, router->n_models));
	const double *cost = tensors_data(tensors, "cost", TENSOR_F64, SHAPE(k, router->n_models));
	if (!score || !cost || !tensors_data(tensors, "masses", TENSOR_I64, SHAPE(k)))
		return ROUTER_E_BAD;
	for (size_t i = 0; i < centres->n; i++) {
		if (!isfinite(values[i]))
			return ROUTER_E_BAD;
	}
	for (size_t i = 0; i < k * router->n_models; i++) {
		if (!isfinite(score[i]) || !isfinite(cost[i]) || cost[i] < 0.0)
			return ROUTER_E_BAD;
	}
	router->view[VIEW_CENTRES] = centres;
	router->view[VIEW_SCORE] = score;
	router->view[VIEW_COST] = cost;
	return ROUTER_E_OK;
}

static size_t kmeans_workspace(const struct router *router, size_t n)
{
	(void)router;
	(void)n;
	return 0;
}

static void kmeans_predict(const struct router *router, const float *x, size_t n, double *score, double *cost,
			   void *workspace)
{
	const struct tensor *centres = router->view[VIEW_CENTRES];
	const double *scores = router->view[VIEW_SCORE], *costs = router->view[VIEW_COST];
	size_t n_models = router->n_models, d = router->dimension;
	(void)workspace;
	for (size_t i = 0; i < n; i++) {
		size_t j = lloyd_nearest(centres->data, centres->shape[0], d, x + i * d, NULL);
		memcpy(score + i * n_models, scores + j * n_models, n_models * sizeof(*score));
		memcpy(cost + i * n_models, costs + j * n_models, n_models * sizeof(*cost));
	}
}

const struct predictor kmeans_router_predictor = {
	.learner = "kmeans",
	.open = kmeans_open,
	.workspace = kmeans_workspace,
	.predict = kmeans_predict,
};
