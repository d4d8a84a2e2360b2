/* Tensors that are no table of clusters. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/learn/kmeans/kmeans_router.h"

enum { D = 16 };

static const char *const models[] = { "a", "b", "c" };

/* A router of two centres with `spoil` changed by the caller: ROUTER_E_BAD or not. */
enum spoilt { NOTHING, CENTRE_NAN, SCORE_INFINITE, COST_NEGATIVE, MASSES_MISSING, COST_SHORT };

static int open_router(enum spoilt spoilt)
{
	struct tensors tensors = { 0 };
	struct encoder_identity encoder;
	struct router *router = NULL;
	float *centres;
	double *score, *cost;
	int64_t *masses;
	uint8_t *routable;
	ck_assert_int_eq(encoder_identity_given("given", D, &encoder), 0);
	ck_assert_int_eq(tensors_add(&tensors, "centres", TENSOR_F32, SHAPE(2, D), &centres), 0);
	ck_assert_int_eq(tensors_add(&tensors, "score", TENSOR_F64, SHAPE(2, 3), &score), 0);
	ck_assert_int_eq(tensors_add(&tensors, "cost", TENSOR_F64, SHAPE(spoilt == COST_SHORT ? 1 : 2, 3),
				     &cost),
			 0);
	if (spoilt != MASSES_MISSING)
		ck_assert_int_eq(tensors_add(&tensors, "masses", TENSOR_I64, SHAPE(2), &masses), 0);
	ck_assert_int_eq(tensors_add(&tensors, "routable", TENSOR_U8, SHAPE(3), &routable), 0);
	if (spoilt == CENTRE_NAN)
		centres[D] = NAN;
	if (spoilt == SCORE_INFINITE)
		score[5] = INFINITY;
	if (spoilt == COST_NEGATIVE)
		cost[5] = -1e-9;
	int result = router_new(&kmeans_router_predictor, 3, models, &encoder, "{}", &tensors, &router);
	router_free(router);
	encoder_identity_deinit(&encoder);
	return result;
}

START_TEST(a_table_with_a_number_that_cannot_be_or_a_wrong_shape_is_no_router)
{
	ck_assert_int_eq(open_router(NOTHING), ROUTER_E_OK);
	for (enum spoilt spoilt = CENTRE_NAN; spoilt <= COST_SHORT; spoilt++)
		ck_assert_int_eq(open_router(spoilt), ROUTER_E_BAD);
}
END_TEST

SUITE_MAIN("K-means, router", a_table_with_a_number_that_cannot_be_or_a_wrong_shape_is_no_router)
