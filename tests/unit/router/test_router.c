/* The life of a router, its digest, and the choice. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/router/fake.h"

START_TEST(the_largest_utility_wins_and_the_lowest_index_a_tie)
{
	const double score[] = { 0.5, 0.9, 0.9, 0.2 }, cost[] = { 0.1, 2.0, 2.0, 0.0 };
	ck_assert_int_eq(router_choose(score, cost, NULL, 4, 0.0), 1);
	ck_assert_int_eq(router_choose(score, cost, NULL, 4, 0.5), 0);
	ck_assert_int_eq(router_choose(score, cost, NULL, 4, 100.0), 3);
	const double same[] = { 0.0, 0.0, 0.0 }, minus[] = { -0.0, 0.0, 0.0 };
	ck_assert_int_eq(router_choose(same, same, NULL, 3, 1.0), 0);
	ck_assert_int_eq(router_choose(minus, same, NULL, 3, 1.0), 0);
}
END_TEST

START_TEST(only_models_that_are_allowed_are_chosen)
{
	const double score[] = { 0.5, 0.9, 0.7 }, cost[] = { 0.0, 0.0, 0.0 };
	ck_assert_int_eq(router_choose(score, cost, (const uint8_t[]){ 1, 0, 1 }, 3, 0.0), 2);
	ck_assert_int_eq(router_choose(score, cost, (const uint8_t[]){ 255, 0, 0 }, 3, 0.0), 0);
	ck_assert_int_eq(router_choose(score, cost, (const uint8_t[]){ 0, 0, 0 }, 3, 0.0), -1);
	ck_assert_int_eq(router_choose(score, cost, NULL, 0, 0.0), -1);
}
END_TEST

START_TEST(a_model_without_a_number_is_never_chosen)
{
	const double score[] = { (double)NAN, 0.1, 0.2 }, cost[] = { 0.0, (double)NAN, 0.0 };
	ck_assert_int_eq(router_choose(score, cost, NULL, 3, 1.0), 2);
	ck_assert_int_eq(router_choose(score, cost, NULL, 2, 1.0), -1);
	const double good[] = { 0.1, 0.2 }, endless[] = { INFINITY, 1.0 };
	ck_assert_int_eq(router_choose(good, endless, NULL, 2, 0.0), 1);
	ck_assert_int_eq(router_choose(good, endless, NULL, 2, 1.0), 1);
	ck_assert_int_eq(router_choose(good, endless, NULL, 1, 1.0), 0);
}
END_TEST

START_TEST(a_router_predicts_by_its_tensors)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	double score[3], cost[3];
	float x[16] = { [1] = 1.0f };
	router->predictor->predict(router, x, 1, score, cost, NULL);
	ck_assert_double_eq(score[0], 2.0 / 3.0);
	ck_assert_double_eq(score[2], 34.0 / 3.0);
	ck_assert_int_eq(router_choose(score, cost, router->routable, 3, 0.0), 2);
}
END_TEST

/* What router_new says of these tensors, three models and dimension 16. */
static int refused(struct tensors tensors)
{
	static const char *const models[] = { "a", "b", "c" };
	struct encoder_identity encoder;
	struct router *router = NULL;
	ck_assert_int_eq(encoder_identity_given("given", 16, &encoder), 0);
	int r = router_new(&fake_predictor, 3, models, &encoder, "{}", &tensors, &router);
	ck_assert_ptr_null(tensors.items);
	ck_assert_ptr_null(router);
	return r;
}

START_TEST(tensors_of_another_shape_make_no_router)
{
	struct tensors bad = fake_tensors(3, 16);
	((double *)tensors_data(&bad, "theta", TENSOR_F64, SHAPE(3, 16)))[47] = (double)NAN;
	ck_assert_int_eq(refused(fake_tensors(3, 15)), ROUTER_E_BAD);
	ck_assert_int_eq(refused(fake_tensors(2, 16)), ROUTER_E_BAD);
	ck_assert_int_eq(refused((struct tensors){ 0 }), ROUTER_E_BAD);
	ck_assert_int_eq(refused(bad), ROUTER_E_BAD);
	struct tensors without = { 0 };
	ck_assert_int_eq(tensors_add(&without, "theta", TENSOR_F64, SHAPE(3, 16), NULL), 0);
	ck_assert_int_eq(refused(without), ROUTER_E_BAD);
}
END_TEST

/* A router's parts, one of them changed. */
struct parts {
	const char *schema, *learner, *settings;
	size_t n_models;
	const char *models[3];
	struct encoder_identity encoder;
	struct tensors tensors;
};

static struct parts parts_new(void)
{
	struct parts parts = { "schema/1",        "fake", "{}", 2, { "ab", "c", "d" }, { .probes = NULL },
			       fake_tensors(2, 4) };
	ck_assert_int_eq(hash_identity(4, &parts.encoder), 0);
	return parts;
}

static struct digest digest_of(struct parts *parts)
{
	struct digest digest;
	ck_assert_int_eq(router_digest_parts(parts->schema, parts->learner, &parts->encoder, parts->n_models,
					     parts->models, parts->settings, &parts->tensors, &digest),
			 0);
	encoder_identity_deinit(&parts->encoder);
	tensors_deinit(&parts->tensors);
	return digest;
}

static struct tensors one_tensor(const char *name, enum tensor_type type, size_t rank, const size_t *shape)
{
	struct tensors tensors = { 0 };
	ck_assert_int_eq(tensors_add(&tensors, name, type, rank, shape, NULL), 0);
	return tensors;
}

static void change(struct parts *parts, size_t what)
{
	double *theta = tensors_data(&parts->tensors, "theta", TENSOR_F64, SHAPE(2, 4));
	switch (what) {
	case 0:
		parts->schema = "schema/2";
		break;
	case 1:
		parts->learner = "fakf";
		break;
	case 2:
		parts->settings = "{} ";
		break;
	case 3:
		parts->n_models = 3;
		break;
	case 4:
		parts->n_models = 1;
		break;
	case 5:
		parts->models[0] = "a", parts->models[1] = "bc";
		break;
	case 6:
		parts->models[0] = "c", parts->models[1] = "ab";
		break;
	case 7:
		parts->encoder.name[0] = 'H';
		break;
	case 8:
		parts->encoder.dimension = 3;
		break;
	case 9:
		parts->encoder.probes[31] ^= 1;
		break;
	case 10:
		memset(parts->encoder.weights, 'a', 64);
		break;
	case 11:
		theta[7] = nextafter(theta[7], 0.0);
		break;
	case 12:
		theta[0] = -theta[0];
		break;
	case 13:
		parts->tensors.items[0].name[0] = 's';
		break;
	case 14:
		parts->tensors.items[0].rank = 0;
		break;
	case 15:
		parts->tensors.items[1].shape[0] = 4, parts->tensors.items[1].shape[1] = 2;
		break;
	case 16:
		parts->tensors.items[1].type = TENSOR_I64;
		break;
	default:
		tensors_deinit(&parts->tensors);
		parts->tensors = one_tensor("theta", TENSOR_F64, SHAPE(2, 4));
	}
}

START_TEST(the_digest_changes_with_every_part)
{
	struct digest seen[19];
	struct parts parts = parts_new();
	seen[18] = digest_of(&parts);
	for (size_t i = 0; i < 18; i++) {
		parts = parts_new();
		change(&parts, i);
		seen[i] = digest_of(&parts);
		for (size_t j = 0; j < i; j++)
			ck_assert_mem_ne(&seen[i], &seen[j], sizeof(seen[i]));
		ck_assert_mem_ne(&seen[i], &seen[18], sizeof(seen[i]));
	}
	parts = parts_new();
	struct digest again = digest_of(&parts);
	ck_assert_mem_eq(&again, &seen[18], sizeof(again));
}
END_TEST

START_TEST(a_routers_digest_is_that_of_its_parts)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	struct digest whole, parts;
	ck_assert_int_eq(router_digest(router, &whole), 0);
	ck_assert_int_eq(router_digest_parts("fedrouter.router/1", "fake", &router->encoder, router->n_models,
					     (const char *const *)router->models, router->settings,
					     &router->tensors, &parts),
			 0);
	ck_assert_mem_eq(&whole, &parts, sizeof(whole));
	router_free(NULL);
}
END_TEST

SUITE_MAIN("Routers", the_largest_utility_wins_and_the_lowest_index_a_tie,
	   only_models_that_are_allowed_are_chosen, a_model_without_a_number_is_never_chosen,
	   a_router_predicts_by_its_tensors, tensors_of_another_shape_make_no_router,
	   the_digest_changes_with_every_part, a_routers_digest_is_that_of_its_parts)
