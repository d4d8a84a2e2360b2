/* The ridge's algebra: the fixture of algorithms.md §10, and the block forms against the plain ones. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge_check.h"
#include "common/learn/ridge/ridge_predict.h"
#include "common/learn/ridge/ridge_schur.h"
#include "common/learn/ridge/ridge_solve.h"
#include "common/learn/ridge/ridge_variance.h"
#include "common/numerics/rng.h"
#include "common/numerics/stats.h"

static const struct ridge_penalties fixture_penalties = { 1.0, 2.0, 1.0 };

static void add_row(struct ridge_sums *sums, size_t model, const double *x, double y, double log_cost)
{
	const double value[RIDGE_TARGETS] = { y, log_cost };
	size_t d = sums->d;
	double *gram = sums->xx + model * stats_packed(d);
	sums->n[model] += 1.0;
	for (size_t i = 0; i < d; i++) {
		sums->x[model * d + i] += x[i];
		for (size_t j = i; j < d; j++)
			*gram++ += x[i] * x[j];
	}
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		sums->target[t].y[model] += value[t];
		sums->target[t].yy[model] += value[t] * value[t];
		for (size_t i = 0; i < d; i++)
			sums->target[t].xy[model * d + i] += value[t] * x[i];
	}
}

/* The fixture's five rows; the log cost is twice the score. */
static struct ridge_sums fixture(void)
{
	struct ridge_sums sums;
	ck_assert_int_eq(ridge_sums_init(&sums, 3, 2), 0);
	add_row(&sums, 0, (double[]){ 1.0, 0.0 }, 1.0, 2.0);
	add_row(&sums, 0, (double[]){ 0.6, 0.8 }, 0.0, 0.0);
	add_row(&sums, 0, (double[]){ 0.0, 1.0 }, 1.0, 2.0);
	add_row(&sums, 1, (double[]){ 0.8, 0.6 }, 0.0, 0.0);
	add_row(&sums, 1, (double[]){ 0.0, 1.0 }, 1.0, 2.0);
	return sums;
}

/* k models of d dimensions, unit vectors; model m has few or many rows, the last one none. */
static struct ridge_sums random_sums(size_t k, size_t d, uint64_t key)
{
	struct ridge_sums sums;
	struct rng rng;
	double x[64];
	rng_init(&rng, key, 0);
	ck_assert_int_eq(ridge_sums_init(&sums, k, d), 0);
	for (size_t row = 0; row < 12 * k; row++) {
		double norm = 0.0, tilt = 0.0;
		size_t model = rng_below(&rng, k - 1);
		model = row % 3 == 0 ? 0 : model;
		for (size_t i = 0; i < d; i++) {
			x[i] = rng_normal(&rng);
			norm += x[i] * x[i];
		}
		for (size_t i = 0; i < d; i++) {
			x[i] /= sqrt(norm);
			tilt += x[i] * (double)(i % 3);
		}
		add_row(&sums, model, x, rng_uniform(&rng) < 0.5 + 0.3 * tilt, 4.0 * tilt + rng_normal(&rng));
	}
	return sums;
}

/* Gaussian elimination with pivoting: a (n × n) and b are destroyed, b becomes the solution; returns ln
 * |det a|. */
static double solve_densely(double *a, double *b, size_t n)
{
	double log_det = 0.0;
	for (size_t c = 0; c < n; c++) {
		size_t best = c;
		for (size_t i = c + 1; i < n; i++)
			best = fabs(a[i * n + c]) > fabs(a[best * n + c]) ? i : best;
		for (size_t j = 0; j < n && best != c; j++) {
			double swap = a[c * n + j];
			a[c * n + j] = a[best * n + j];
			a[best * n + j] = swap;
		}
		double swap = b[c];
		b[c] = b[best];
		b[best] = swap;
		log_det += log(fabs(a[c * n + c]));
		for (size_t i = c + 1; i < n; i++) {
			double factor = a[i * n + c] / a[c * n + c];
			for (size_t j = c; j < n; j++)
				a[i * n + j] -= factor * a[c * n + j];
			b[i] -= factor * b[c];
		}
	}
	for (size_t i = n; i-- > 0;) {
		for (size_t j = i + 1; j < n; j++)
			b[i] -= a[i * n + j] * b[j];
		b[i] /= a[i * n + i];
	}
	return log_det;
}

/* The normal equations of all K(d + 1) + d unknowns, straight from the objective; unknowns: (a_m, v_m) by
 * model, then w0. Returns ln det of the matrix and leaves the solution in `z` and the right-hand side in
 * `right`. */
static double solve_whole(const struct ridge_sums *sums, size_t t, struct ridge_penalties penalties,
			  double *z, double *right)
{
	size_t k = sums->k, d = sums->d, n = k * (d + 1) + d, shared = k * (d + 1);
	double *a = calloc(n * n, sizeof(*a)), *h = calloc((d + 1) * (d + 1), sizeof(*h));
	memset(z, 0, n * sizeof(*z));
	for (size_t i = 0; i < d; i++)
		a[(shared + i) * n + shared + i] = penalties.l0;
	for (size_t m = 0; m < k; m++) {
		size_t first = m * (d + 1);
		ridge_sums_whole(sums, m, 0.0, 0.0, h);
		for (size_t i = 0; i <= d; i++) {
			double b = i == 0 ? sums->target[t].y[m] : sums->target[t].xy[m * d + i - 1];
			z[first + i] = b;
			a[(first + i) * n + first + i] = i == 0 ? penalties.li : penalties.l1;
			if (i > 0)
				z[shared + i - 1] += b;
			for (size_t j = 0; j <= d; j++) {
				double value = i <= j ? h[i * (d + 1) + j] : h[j * (d + 1) + i];
				a[(first + i) * n + first + j] += value;
				if (j > 0)
					a[(first + i) * n + shared + j - 1] += value;
				if (i > 0)
					a[(shared + i - 1) * n + first + j] += value;
				if (i > 0 && j > 0)
					a[(shared + i - 1) * n + shared + j - 1] += value;
			}
		}
	}
	memcpy(right, z, n * sizeof(*z));
	double log_det = solve_densely(a, z, n);
	free(a);
	free(h);
	return log_det;
}

START_TEST(the_fixtures_schur_complement_comes_out_to_its_printed_digits)
{
	struct ridge_sums sums = fixture();
	struct ridge_schur schur;
	ridge_sums_centre(&sums);
	ck_assert_double_eq_tol(sums.target[RIDGE_SCORE].mean, 0.6, 1e-15);
	ck_assert_int_eq(ridge_schur_init(&schur, &sums), 0);
	ck_assert_int_eq(ridge_schur_slopes(&schur, 2.0), 0);
	ridge_schur_intercepts(&schur, 1.0);
	ck_assert_double_eq_tol(schur.matrix[0] + 1.0, 1.869201800312, 1e-12);
	ck_assert_double_eq_tol(schur.matrix[1], -0.090566730964, 1e-12);
	ck_assert_double_eq_tol(schur.matrix[3] + 1.0, 1.979425002296, 1e-12);
	ck_assert_double_eq_tol(schur.right[0], -0.394700101038, 1e-12);
	ck_assert_double_eq_tol(schur.right[1], 0.001001194085, 1e-12);
	ridge_schur_deinit(&schur);
	ridge_sums_deinit(&sums);
}
END_TEST

static const double fixture_theta[9] = { 0.757722929936,
					 -0.177498009554,
					 -0.081608280255,
					 0.595780254777,
					 -0.351512738854,
					 0.058668391720,
					 0.6,
					 -0.211604299363,
					 -0.009175955414 };

START_TEST(the_fixtures_coefficients_come_out_to_their_printed_digits)
{
	struct ridge_sums sums = fixture();
	double theta[9];
	ridge_sums_centre(&sums);
	ck_assert_int_eq(ridge_solve_theta(&sums, RIDGE_SCORE, fixture_penalties, theta), 0);
	for (size_t i = 0; i < 9; i++)
		ck_assert_double_eq_tol(theta[i], fixture_theta[i], 1e-12);
	ck_assert_int_eq(ridge_solve_theta(&sums, RIDGE_LOG_COST, fixture_penalties, theta), 0);
	for (size_t i = 0; i < 9; i++)
		ck_assert_double_eq_tol(theta[i], 2.0 * fixture_theta[i], 2e-12);
	ridge_sums_deinit(&sums);
}
END_TEST

static struct router *fixture_router(const struct ridge_sums *sums, bool variance)
{
	static const char *const models[] = { "a", "b", "c" };
	static const struct encoder_identity encoder = { .name = "given",
							 .dimension = 2,
							 .normalization = "l2" };
	struct tensors tensors = { 0 };
	struct router *router;
	double *theta[2], *sigma2, *penalties, *inverse_models, *inverse_shared;
	uint8_t *routable;
	ck_assert_int_eq(tensors_add(&tensors, "theta_score", TENSOR_F64, SHAPE(3, 3), &theta[0]), 0);
	ck_assert_int_eq(tensors_add(&tensors, "theta_log_cost", TENSOR_F64, SHAPE(3, 3), &theta[1]), 0);
	ck_assert_int_eq(tensors_add(&tensors, "sigma2", TENSOR_F64, SHAPE(2), &sigma2), 0);
	ck_assert_int_eq(tensors_add(&tensors, "penalties", TENSOR_F64, SHAPE(2, 3), &penalties), 0);
	ck_assert_int_eq(tensors_add(&tensors, "routable", TENSOR_U8, SHAPE(3), &routable), 0);
	memcpy(theta[0], fixture_theta, sizeof(fixture_theta));
	memcpy(theta[1], (double[]){ 1.0, 2.0, 3.0, -100.0, 0.0, 0.0, 100.0, 0.0, 0.0 },
	       sizeof(fixture_theta));
	sigma2[0] = 1.0;
	memcpy(penalties, &fixture_penalties, sizeof(fixture_penalties));
	if (variance) {
		ck_assert_int_eq(tensors_add(&tensors, "inverse_models", TENSOR_F64, SHAPE(3, 6),
					     &inverse_models),
				 0);
		ck_assert_int_eq(tensors_add(&tensors, "inverse_shared", TENSOR_F64, SHAPE(3),
					     &inverse_shared),
				 0);
		ck_assert_int_eq(ridge_solve_inverses(sums, fixture_penalties, inverse_models,
						      inverse_shared),
				 0);
	}
	ck_assert_int_eq(router_new(&ridge_predict_predictor, 3, models, &encoder, "{}", &tensors, &router),
			 0);
	return router;
}

START_TEST(the_fixtures_variances_come_out_to_their_printed_digits)
{
	struct ridge_sums sums = fixture();
	const float x[2] = { 1.0f, 0.0f };
	const double expected[3] = { 0.566070362261, 0.961783439490, 2.036176353503 };
	double workspace[6], variance;
	ridge_sums_centre(&sums);
	struct router *router = fixture_router(&sums, true);
	for (size_t m = 0; m < 3; m++) {
		ck_assert_int_eq(ridge_variance(router, m, x, workspace, &variance), RIDGE_VARIANCE_E_OK);
		ck_assert_double_eq_tol(variance, expected[m], 1e-12);
	}
	router_free(router);
	router = fixture_router(&sums, false);
	ck_assert_int_eq(ridge_variance(router, 0, x, workspace, &variance), RIDGE_VARIANCE_E_NONE);
	router_free(router);
	ridge_sums_deinit(&sums);
}
END_TEST

START_TEST(a_prediction_is_an_affine_function_and_its_cost_is_clipped)
{
	struct router *router = fixture_router(NULL, false);
	const float x[4] = { 1.0f, 0.0f, 0.0f, 1.0f };
	double score[6], cost[6], workspace[2];
	ck_assert_uint_eq(router->predictor->workspace(router, 2), sizeof(workspace));
	router->predictor->predict(router, x, 2, score, cost, workspace);
	ck_assert_double_eq_tol(score[0], 0.757722929936 - 0.177498009554, 1e-15);
	ck_assert_double_eq_tol(score[3], 0.757722929936 - 0.081608280255, 1e-15);
	ck_assert_double_eq_tol(score[5], 0.6 - 0.009175955414, 1e-15);
	ck_assert_double_eq_tol(cost[0], 1e-6 * exp(3.0), 1e-18);
	ck_assert_double_eq_tol(cost[3], 1e-6 * exp(4.0), 1e-18);
	ck_assert_double_eq(cost[1], 1e-6 * exp(-6.2));
	ck_assert_double_eq(cost[2], 1e-6 * exp(27.8));
	router_free(router);
}
END_TEST

START_TEST(the_block_solve_agrees_with_a_dense_solve_of_the_whole_system)
{
	const struct ridge_penalties penalties[] = {
		{ 1, 2, 1 }, { .01, .1, .001 }, { 300, 3000, 10 }, { .3, 10, .01 }
	};
	enum { K = 5, D = 7, ALL = K * (D + 1) + D };
	double theta[K * (D + 1)], z[ALL], right[ALL];
	struct ridge_sums sums = random_sums(K, D, 7);
	ridge_sums_centre(&sums);
	for (size_t p = 0; p < 4; p++) {
		for (size_t t = 0; t < RIDGE_TARGETS; t++) {
			ck_assert_int_eq(ridge_solve_theta(&sums, (enum ridge_target)t, penalties[p], theta),
					 0);
			solve_whole(&sums, t, penalties[p], z, right);
			for (size_t m = 0; m < K; m++) {
				const double *own = z + m * (D + 1), *found = theta + m * (D + 1);
				ck_assert_double_eq_tol(found[0], sums.target[t].mean + own[0], 1e-10);
				for (size_t i = 1; i <= D; i++)
					ck_assert_double_eq_tol(found[i], own[i] + z[K * (D + 1) + i - 1],
								1e-10);
			}
		}
	}
	ridge_sums_deinit(&sums);
}
END_TEST

/* Evidence from the whole system: its determinant is Π det H · det S, its quadratic form Σ cᵀH⁻¹c +
 * rᵀS⁻¹r. */
static struct ridge_choice direct_evidence(const struct ridge_sums *sums, size_t t,
					   struct ridge_penalties penalties)
{
	size_t k = sums->k, d = sums->d, n = k * (d + 1) + d;
	double *z = calloc(n, sizeof(*z)), *right = calloc(n, sizeof(*right)), rest = 0.0;
	double rows = ridge_sums_rows(sums), log_det = solve_whole(sums, t, penalties, z, right);
	for (size_t m = 0; m < k; m++)
		rest += sums->target[t].yy[m];
	for (size_t i = 0; i < n; i++)
		rest -= z[i] * right[i];
	double sigma2 = rest / rows;
	double twice = rows * log(2.0 * M_PI * sigma2) + rows + log_det - (double)d * log(penalties.l0) -
		       (double)k * ((double)d * log(penalties.l1) + log(penalties.li));
	free(z);
	free(right);
	return (struct ridge_choice){ .penalties = penalties, .evidence = -0.5 * twice, .sigma2 = sigma2 };
}

START_TEST(the_fast_grid_chooses_what_the_direct_form_chooses)
{
	struct ridge_sums sums = random_sums(4, 5, 11);
	struct ridge_choice chosen[RIDGE_TARGETS];
	ridge_sums_centre(&sums);
	ck_assert_int_eq(ridge_evidence_choose(&sums, 1, chosen), 0);
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		struct ridge_choice best = { .evidence = -INFINITY };
		for (size_t i = 0; i < 500; i++) {
			struct ridge_penalties penalties = { ridge_evidence_l0[i / 50],
							     ridge_evidence_l1[i / 5 % 10],
							     ridge_evidence_li[i % 5] };
			struct ridge_choice point = direct_evidence(&sums, t, penalties);
			best = point.evidence > best.evidence ? point : best;
		}
		ck_assert_mem_eq(&chosen[t].penalties, &best.penalties, sizeof(best.penalties));
		ck_assert_double_eq_tol(chosen[t].evidence, best.evidence, 1e-8);
		ck_assert_double_eq_tol(chosen[t].sigma2, best.sigma2, 1e-10);
	}
	ridge_sums_deinit(&sums);
}
END_TEST

START_TEST(any_number_of_threads_gives_the_same_bits)
{
	struct ridge_sums sums = random_sums(4, 33, 13);
	struct ridge_choice one[RIDGE_TARGETS], many[RIDGE_TARGETS];
	ridge_sums_centre(&sums);
	ck_assert_int_eq(ridge_evidence_choose(&sums, 1, one), 0);
	for (size_t threads = 2; threads < 14; threads += 3) {
		ck_assert_int_eq(ridge_evidence_choose(&sums, threads, many), 0);
		ck_assert_mem_eq(one, many, sizeof(one));
	}
	ridge_sums_deinit(&sums);
}
END_TEST

START_TEST(sums_that_no_rows_can_give_are_made_semidefinite_and_counted)
{
	struct ridge_sums sums = fixture();
	struct ridge_choice chosen[RIDGE_TARGETS];
	size_t repaired = 99;
	ck_assert_int_eq(ridge_check_repair(&sums, &repaired), 0);
	ck_assert_uint_eq(repaired, 0);
	sums.xx[1] = 9.0;
	ck_assert_int_eq(ridge_check_repair(&sums, &repaired), 0);
	ck_assert_uint_eq(repaired, 1);
	ck_assert_double_ge(sums.xx[0] * sums.xx[2], sums.xx[1] * sums.xx[1] * (1.0 - 1e-12));
	ridge_sums_centre(&sums);
	ck_assert_int_eq(ridge_evidence_choose(&sums, 1, chosen), 0);
	ridge_sums_deinit(&sums);
}
END_TEST

SUITE_MAIN("Ridge, algebra", the_fixtures_schur_complement_comes_out_to_its_printed_digits,
	   the_fixtures_coefficients_come_out_to_their_printed_digits,
	   the_fixtures_variances_come_out_to_their_printed_digits,
	   a_prediction_is_an_affine_function_and_its_cost_is_clipped,
	   the_block_solve_agrees_with_a_dense_solve_of_the_whole_system,
	   the_fast_grid_chooses_what_the_direct_form_chooses, any_number_of_threads_gives_the_same_bits,
	   sums_that_no_rows_can_give_are_made_semidefinite_and_counted)
