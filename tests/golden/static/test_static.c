/* The static learner against numpy, on rows of which some lack a score and some a cost. Tolerance 1e-9
 * (fixed point). */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "common/learn/static/static.h"

enum { MODELS_MOST = 8, ROWS_MOST = 128 };

static const char *const models[MODELS_MOST] = { "a", "b", "c", "d", "e", "f", "g", "h" };

static double number(const json_t *object, const char *name, size_t i)
{
	const json_t *value = json_array_get(json_object_get(object, name), i);
	return json_is_null(value) ? NAN : json_number_value(value);
}

START_TEST(means_of_what_was_observed_are_numpys)
{
	json_t *json = json_load_file(getenv("STATIC_VECTORS"), 0, NULL);
	ck_assert_ptr_nonnull(json);
	size_t k = (size_t)json_integer_value(json_object_get(json, "k"));
	size_t n = json_array_size(json_object_get(json, "model"));
	struct observation rows[ROWS_MOST];
	struct encoder_identity encoder;
	struct state state = { 0 };
	struct phase phase;
	struct answer answer;
	struct router *router;
	double score[MODELS_MOST], cost[MODELS_MOST];
	const float x = 1.0f;
	ck_assert(k <= MODELS_MOST && n <= ROWS_MOST);
	for (uint32_t i = 0; i < n; i++)
		rows[i] = (struct observation){ i, (uint32_t)number(json, "model", i),
						number(json, "score", i), number(json, "cost", i), NAN };
	struct dataset data = { .n_models = k, .models = models, .n_rows = n, .rows = rows };
	ck_assert_int_eq(encoder_identity_given("given", 1, &encoder), 0);
	struct plan plan = { .learner = "static",
			     .encoder = &encoder,
			     .n_models = k,
			     .models = models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = PLAN_COHORT };
	settings_init(&plan.settings, static_learner.settings);
	ck_assert_int_eq(static_learner.next(&plan, &state, &phase), LEARNER_E_OK);
	ck_assert_int_eq(static_learner.contribute(&plan, &phase, &state, &data, "client", &answer), 0);
	struct answers answers = { .n = 1, .rows = answer.rows, .total = answer.words };
	ck_assert_int_eq(static_learner.fold(&plan, &phase, &state, &answers), 0);
	ck_assert_int_eq(static_learner.finish(&plan, &state, 1, &router, NULL), 0);
	router->predictor->predict(router, &x, 1, score, cost, NULL);
	for (size_t m = 0; m < k; m++) {
		ck_assert_double_eq_tol(score[m], number(json, "expected_score", m), 1e-9);
		ck_assert_double_eq_tol(cost[m], number(json, "expected_cost", m), 1e-9);
		ck_assert_uint_eq(router->routable[m], (unsigned)number(json, "routable", m));
	}
	router_free(router);
	answer_deinit(&answer);
	state_deinit(&state);
	json_decref(json);
}
END_TEST

SUITE_MAIN("Static learner against numpy", means_of_what_was_observed_are_numpys)
