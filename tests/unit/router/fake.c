/* fake.c: a router that is one product.                                                  (kind: kernel) */
#include "tests/unit/router/fake.h"

#include <check.h>
#include <math.h>
#include <string.h>

static int fake_open(struct router *router)
{
	const double *theta = tensors_data(&router->tensors, "theta", TENSOR_F64,
					   SHAPE(router->n_models, router->dimension));
	for (size_t i = 0; theta && i < router->n_models * router->dimension; i++) {
		if (!isfinite(theta[i]))
			return ROUTER_E_BAD;
	}
	router->view[0] = theta;
	return theta ? ROUTER_E_OK : ROUTER_E_BAD;
}

static size_t fake_workspace(const struct router *router, size_t n)
{
	(void)router;
	(void)n;
	return 0;
}

static void fake_predict(const struct router *router, const float *x, size_t n, double *score, double *cost,
			 void *workspace)
{
	(void)workspace;
	const double *theta = router->view[0];
	for (size_t i = 0; i < n * router->n_models; i++) {
		size_t query = i / router->n_models, model = i % router->n_models;
		score[i] = 0.0;
		cost[i] = 1.0;
		for (size_t j = 0; j < router->dimension; j++)
			score[i] += theta[model * router->dimension + j] *
				    (double)x[query * router->dimension + j];
	}
}

const struct predictor fake_predictor = { "fake", fake_open, fake_workspace, fake_predict };

const struct predictor *fake_find(const char *learner)
{
	return strcmp(learner, "fake") == 0 ? &fake_predictor : NULL;
}

struct tensors fake_tensors(size_t n_models, size_t dimension)
{
	struct tensors tensors = { 0 };
	double *theta;
	uint8_t *routable;
	ck_assert_int_eq(tensors_add(&tensors, "theta", TENSOR_F64, SHAPE(n_models, dimension), &theta), 0);
	ck_assert_int_eq(tensors_add(&tensors, "routable", TENSOR_U8, SHAPE(n_models), &routable), 0);
	for (size_t i = 0; i < n_models * dimension; i++)
		theta[i] = (double)(i + 1) / 3.0;
	for (size_t m = 0; m < n_models; m++)
		routable[m] = m % 2 == 0;
	return tensors;
}

struct router *fake_router(void)
{
	static const char *const models[] = { "alpha", "beta\x1f/β", "gamma" };
	struct encoder_identity encoder;
	struct tensors tensors = fake_tensors(3, 16);
	struct router *router;
	ck_assert_int_eq(hash_identity(16, &encoder), 0);
	ck_assert_int_eq(router_new(&fake_predictor, 3, models, &encoder, "{\"l0\":0.10000000000000001}",
				    &tensors, &router),
			 ROUTER_E_OK);
	ck_assert_ptr_null(tensors.items);
	encoder_identity_deinit(&encoder);
	return router;
}
