/* The ridge, from rows to router, against numpy, which knows only the rows: their covariance, one least
 * squares with all unknowns, its posterior. Tolerances: penalties exact, evidence 1e-6, the rest 1e-7
 * (sums are fixed-point integers). */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge.h"
#include "common/learn/ridge/ridge_variance.h"

enum { MODELS_MOST = 8, QUERIES = 3 };

static const char *const models[MODELS_MOST] = { "a", "b", "c", "d", "e", "f", "g", "h" };

struct vectors {
	json_t *file, *json;
	size_t n, d, k;
	float *x, *queries;
	struct observation *rows;
	struct encoder_identity encoder;
	struct plan plan;
};

static double number(const json_t *object, const char *name, size_t i)
{
	return json_number_value(json_array_get(json_object_get(object, name), i));
}

static float *floats(const json_t *object, const char *name)
{
	size_t n = json_array_size(json_object_get(object, name));
	float *out = calloc(n, sizeof(*out));
	for (size_t i = 0; i < n; i++)
		out[i] = (float)number(object, name, i);
	return out;
}

static struct vectors load(const char *name)
{
	struct vectors v = { .file = json_load_file(getenv("RIDGE_VECTORS"), 0, NULL) };
	ck_assert_ptr_nonnull(v.file);
	v.json = json_object_get(v.file, name);
	v.n = (size_t)json_integer_value(json_object_get(v.json, "n"));
	v.d = (size_t)json_integer_value(json_object_get(v.json, "d"));
	v.k = (size_t)json_integer_value(json_object_get(v.json, "k"));
	v.x = floats(v.json, "x");
	v.queries = floats(v.json, "queries");
	v.rows = calloc(v.n, sizeof(*v.rows));
	for (uint32_t i = 0; i < v.n; i++)
		v.rows[i] =
			(struct observation){ i, (uint32_t)number(v.json, "model", i),
					      number(v.json, "score", i), number(v.json, "cost", i), NAN };
	ck_assert_int_eq(encoder_identity_given("given", v.d, &v.encoder), 0);
	return v;
}

static struct router *learn(struct vectors *v, json_t **report_out)
{
	struct dataset data = { .n_models = v->k,
				.models = models,
				.n_queries = v->n,
				.dimension = v->d,
				.embeddings = v->x,
				.n_rows = v->n,
				.rows = v->rows };
	struct state state = { 0 };
	struct phase phase;
	struct answer answer;
	struct router *router;
	char *report;
	v->plan = (struct plan){ .learner = "ridge",
				 .encoder = &v->encoder,
				 .n_models = v->k,
				 .models = models,
				 .limit_rows = PLAN_ROWS,
				 .limit_cohort = PLAN_COHORT };
	settings_init(&v->plan.settings, ridge_learner.settings);
	ck_assert_int_eq(settings_set(&v->plan.settings, "variance", "true"), SETTINGS_E_OK);
	ck_assert_int_eq(ridge_learner.next(&v->plan, &state, &phase), LEARNER_E_OK);
	ck_assert_int_eq(ridge_learner.contribute(&v->plan, &phase, &state, &data, "client", &answer), 0);
	struct answers answers = { .n = 1, .rows = answer.rows, .total = answer.words };
	ck_assert_int_eq(ridge_learner.fold(&v->plan, &phase, &state, &answers), 0);
	ck_assert_int_eq(ridge_learner.finish(&v->plan, &state, 2, &router, &report), 0);
	*report_out = json_loads(report, 0, NULL);
	ck_assert_ptr_nonnull(*report_out);
	free(report);
	answer_deinit(&answer);
	state_deinit(&state);
	return router;
}

static void expect_target(const struct router *router, const json_t *report, const json_t *expected,
			  const char *suffix)
{
	char name[40];
	size_t n = router->n_models * (router->dimension + 1);
	snprintf(name, sizeof(name), "penalties_%s", suffix);
	for (size_t i = 0; i < 3; i++)
		ck_assert_double_eq(number(report, name, i), number(expected, "penalties", i));
	snprintf(name, sizeof(name), "evidence_%s", suffix);
	ck_assert_double_eq_tol(json_number_value(json_object_get(report, name)),
				json_number_value(json_object_get(expected, "evidence")), 1e-6);
	snprintf(name, sizeof(name), "sigma2_%s", suffix);
	ck_assert_double_eq_tol(json_number_value(json_object_get(report, name)),
				json_number_value(json_object_get(expected, "sigma2")), 1e-8);
	snprintf(name, sizeof(name), "theta_%s", suffix);
	const double *theta = tensors_find(&router->tensors, name)->data;
	ck_assert_uint_eq(json_array_size(json_object_get(expected, "theta")), n);
	for (size_t i = 0; i < n; i++)
		ck_assert_double_eq_tol(theta[i], number(expected, "theta", i), 1e-7);
}

static void expect_case(const char *name)
{
	struct vectors v = load(name);
	json_t *report;
	struct router *router = learn(&v, &report);
	const json_t *targets = json_object_get(v.json, "targets");
	double *workspace = calloc(2 * (v.d + 1), sizeof(*workspace)), variance;
	expect_target(router, report, json_array_get(targets, 0), "score");
	expect_target(router, report, json_array_get(targets, 1), "log_cost");
	for (size_t i = 0; i < QUERIES * v.k; i++) {
		const float *x = v.queries + i / v.k * v.d;
		ck_assert_int_eq(ridge_variance(router, i % v.k, x, workspace, &variance),
				 RIDGE_VARIANCE_E_OK);
		ck_assert_double_eq_tol(variance, number(json_array_get(targets, 0), "variance", i), 1e-7);
	}
	free(workspace);
	router_free(router);
	json_decref(report);
	json_decref(v.file);
	free(v.x);
	free(v.queries);
	free(v.rows);
}

START_TEST(a_small_log_gives_numpys_penalties_evidence_coefficients_and_variances)
{
	expect_case("small");
}
END_TEST

START_TEST(so_does_one_whose_models_have_fewer_rows_than_dimensions)
{
	expect_case("few_rows");
}
END_TEST

START_TEST(so_does_one_with_more_rows_than_dimensions)
{
	expect_case("more_rows");
}
END_TEST

SUITE_MAIN("Ridge against numpy", a_small_log_gives_numpys_penalties_evidence_coefficients_and_variances,
	   so_does_one_whose_models_have_fewer_rows_than_dimensions,
	   so_does_one_with_more_rows_than_dimensions)
