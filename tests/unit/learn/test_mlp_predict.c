/* Tensors that are no network, and what a network without weights says. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>

#include "common/learn/mlp/mlp_layout.h"
#include "common/learn/mlp/mlp_predict.h"

enum { D = 20, K = 3, QUERIES = 130 };

static const char *const models[] = { "a", "b", "c" };

/* What is wrong with the tensors. */
enum spoilt {
	NOTHING,
	WEIGHT_NAN,
	BIAS_INFINITE,
	SIGMA_NEGATIVE,
	MU_NAN,
	MAP_UPSIDE_DOWN,
	MAP_OVERFLOWS,
	SCALER_MISSING,
	DIMENSION_OTHER,
};

static void put_map(double *map, enum spoilt spoilt)
{
	map[MLP_MAP_SCALE] = 1e-6;
	map[MLP_MAP_LEAST] = spoilt == MAP_UPSIDE_DOWN ? 30.0 : -6.2;
	map[MLP_MAP_MOST] = spoilt == MAP_OVERFLOWS ? 1000.0 : 27.8;
}

/* A router whose parameters are all 0, but for what is spoilt. */
static int open_router(enum spoilt spoilt, struct router **out)
{
	struct mlp_layout layout = mlp_layout_of(spoilt == DIMENSION_OTHER ? D + 1 : D, K);
	struct tensors tensors = { 0 };
	struct encoder_identity encoder;
	double *mu, *sigma, *map;
	float *p[MLP_TENSORS];
	ck_assert_int_eq(encoder_identity_given("given", D, &encoder), 0);
	ck_assert_int_eq(mlp_layout_add(&layout, &tensors), 0);
	ck_assert_int_eq(tensors_add(&tensors, "routable", TENSOR_U8, SHAPE(K), NULL), 0);
	ck_assert_int_eq(tensors_add(&tensors, spoilt == SCALER_MISSING ? "scaler.other" : "scaler.mu",
				     TENSOR_F64, SHAPE(K), &mu),
			 0);
	ck_assert_int_eq(tensors_add(&tensors, "scaler.sigma", TENSOR_F64, SHAPE(K), &sigma), 0);
	ck_assert_int_eq(tensors_add(&tensors, "cost.map", TENSOR_F64, SHAPE(MLP_MAP), &map), 0);
	ck_assert(mlp_layout_find(&layout, &tensors, p));
	put_map(map, spoilt);
	p[MLP_SCORE_BIAS][1] = 2.0f;
	p[MLP_COST_BIAS][1] = -0.5f;
	for (size_t m = 0; m < K; m++) {
		mu[m] = m == 2 ? 100.0 : 7.0;
		sigma[m] = spoilt == SIGMA_NEGATIVE ? -1.0 : 2.0;
	}
	if (spoilt == WEIGHT_NAN)
		p[MLP_WEIGHT][layout.at[MLP_WEIGHT].n - 1] = NAN;
	if (spoilt == BIAS_INFINITE)
		p[MLP_COST_BIAS][K - 1] = INFINITY;
	if (spoilt == MU_NAN)
		mu[0] = NAN;
	int result = router_new(&mlp_predict, K, models, &encoder, "{}", &tensors, out);
	encoder_identity_deinit(&encoder);
	return result;
}

START_TEST(tensors_with_a_number_that_cannot_be_or_a_wrong_shape_are_no_router)
{
	struct router *router = NULL;
	for (enum spoilt spoilt = WEIGHT_NAN; spoilt <= DIMENSION_OTHER; spoilt++) {
		ck_assert_int_eq(open_router(spoilt, &router), ROUTER_E_BAD);
		ck_assert_ptr_null(router);
	}
}
END_TEST

/* Without weights a head says its bias: score sigmoid(a), cost 10⁻⁶·exp(d·σ + μ), at most 10⁻⁶·e^27.8. */
START_TEST(biases_alone_give_the_same_estimates_for_every_query)
{
	static float x[QUERIES * D];
	double score[QUERIES * K], cost[QUERIES * K];
	struct router *router = NULL;
	ck_assert_int_eq(open_router(NOTHING, &router), ROUTER_E_OK);
	void *workspace = aligned_alloc(64, (mlp_predict.workspace(router, QUERIES) + 63) / 64 * 64);
	for (size_t i = 0; i < QUERIES * D; i++)
		x[i] = (float)(i % 7) - 3.0f;
	mlp_predict.predict(router, x, QUERIES, score, cost, workspace);
	for (size_t i = 0; i < QUERIES; i++) {
		ck_assert_double_eq(score[i * K], 0.5);
		ck_assert_double_eq_tol(score[i * K + 1], 1.0 / (1.0 + exp(-2.0)), 1e-7);
		ck_assert_double_eq_tol(cost[i * K] / (1e-6 * exp(7.0)), 1.0, 1e-12);
		ck_assert_double_eq_tol(cost[i * K + 1] / (1e-6 * exp(6.0)), 1.0, 1e-7);
		ck_assert_double_eq_tol(cost[i * K + 2] / (1e-6 * exp(27.8)), 1.0, 1e-12);
	}
	free(workspace);
	router_free(router);
}
END_TEST

SUITE_MAIN("MLP, router", tensors_with_a_number_that_cannot_be_or_a_wrong_shape_are_no_router,
	   biases_alone_give_the_same_estimates_for_every_query)
