/* test_decide.c: the choice, the runner-up, and the price that keeps a budget. */
#include "client/decide/decide.h"

#include <math.h>
#include <string.h>

#include "tests/support/suite.h"

enum { MODELS = 3, QUERIES = 50 };

/* Scores .9, .5 and .7 less what the query asks of the last two, at costs .01, .001 and .004. */
static void predict(const struct router *router, const float *x, size_t n, double *score, double *cost,
		    void *workspace)
{
	static const double scores[MODELS] = { 0.9, 0.5, 0.7 }, costs[MODELS] = { 0.01, 0.001, 0.004 };
	(void)workspace;
	for (size_t i = 0; i < n; i++)
		for (size_t m = 0; m < MODELS; m++) {
			score[i * MODELS + m] = scores[m] - (m > 0 ? (double)x[i * router->dimension] : 0.0);
			cost[i * MODELS + m] = costs[m];
		}
}

static size_t workspace(const struct router *router, size_t n)
{
	return router->dimension * n;
}

static const struct predictor predictor = { "fixed", NULL, workspace, predict };
static char large[] = "large", small[] = "small", middle[] = "middle";
static char *models[MODELS] = { large, small, middle };

static struct router make(const uint8_t *routable)
{
	return (struct router){ .predictor = &predictor,
				.n_models = MODELS,
				.models = models,
				.dimension = 2,
				.routable = routable };
}

static float embeddings[QUERIES * 2];
static struct query queries[QUERIES];

static struct dataset log_of_queries(size_t n)
{
	for (size_t q = 0; q < n; q++) {
		embeddings[2 * q] = (float)q / QUERIES * 0.5f;
		queries[q].id = "id";
	}
	return (struct dataset){
		.n_queries = n, .queries = queries, .dimension = 2, .embeddings = embeddings
	};
}

START_TEST(the_highest_utility_is_chosen_and_the_next_is_named)
{
	const float x[2] = { 0.1f, 0 };
	struct router router = make((const uint8_t[]){ 1, 1, 1 });
	struct decision decision;
	ck_assert_int_eq(decide_query(&router, x, 0.0, &decision), 0);
	ck_assert(decision.model == 0 && decision.second == 2);
	ck_assert_double_eq(decision.utility[0], 0.9);
	decision_deinit(&decision);
	ck_assert_int_eq(decide_query(&router, x, 100.0, &decision), 0);
	ck_assert(decision.model == 1 && decision.second == 2);
	ck_assert_double_eq_tol(decision.utility[1], 0.5 - 0.1 - 100 * 0.001, 1e-6);
	decision_deinit(&decision);
}
END_TEST

START_TEST(models_with_too_few_rows_are_neither_chosen_nor_next)
{
	const float x[2] = { 0 };
	struct router router = make((const uint8_t[]){ 0, 1, 0 }), none = make((const uint8_t[]){ 0, 0, 0 });
	struct decision decision;
	ck_assert_int_eq(decide_query(&router, x, 0.0, &decision), 0);
	ck_assert(decision.model == 1 && decision.second == MODELS);
	decision_deinit(&decision);
	ck_assert_int_eq(decide_query(&none, x, 0.0, &decision), DECIDE_E_NONE);
}
END_TEST

static double cost_at(const struct router *router, const struct dataset *data, double lambda)
{
	double sum = 0.0;
	for (size_t q = 0; q < data->n_queries; q++) {
		struct decision decision;
		ck_assert_int_eq(decide_query(router, data->embeddings + 2 * q, lambda, &decision), 0);
		sum += decision.cost[decision.model];
		decision_deinit(&decision);
	}
	return sum / (double)data->n_queries;
}

START_TEST(a_budget_becomes_the_least_price_that_keeps_it)
{
	struct router router = make((const uint8_t[]){ 1, 1, 1 });
	struct dataset data = log_of_queries(QUERIES);
	struct decide_budget budget;
	ck_assert_int_eq(decide_calibrate(&router, &data, 0.005, &budget), 0);
	ck_assert(budget.queries == QUERIES && budget.lambda > 0.0);
	ck_assert(budget.cost <= 0.005 && fabs(budget.cheapest - 0.001) < 1e-12);
	ck_assert_double_eq_tol(cost_at(&router, &data, budget.lambda), budget.cost, 1e-12);
	ck_assert(cost_at(&router, &data, budget.lambda * 0.999999) > 0.005);
}
END_TEST

START_TEST(a_budget_that_pays_for_everything_makes_the_cost_free)
{
	struct router router = make((const uint8_t[]){ 1, 1, 1 });
	struct dataset data = log_of_queries(QUERIES);
	struct decide_budget budget;
	ck_assert_int_eq(decide_calibrate(&router, &data, 0.02, &budget), 0);
	ck_assert(budget.lambda == 0.0 && fabs(budget.cost - 0.01) < 1e-12);
}
END_TEST

START_TEST(a_budget_below_the_cheapest_choices_is_told)
{
	struct router router = make((const uint8_t[]){ 1, 0, 1 });
	struct dataset data = log_of_queries(QUERIES);
	struct decide_budget budget;
	ck_assert_int_eq(decide_calibrate(&router, &data, 0.003, &budget), DECIDE_E_BELOW);
	ck_assert_double_eq_tol(budget.cheapest, 0.004, 1e-12);
}
END_TEST

START_TEST(without_queries_or_models_there_is_nothing_to_calibrate)
{
	struct router router = make((const uint8_t[]){ 1, 1, 1 }), none = make((const uint8_t[]){ 0, 0, 0 });
	struct dataset data = log_of_queries(QUERIES), empty = log_of_queries(0);
	struct decide_budget budget;
	ck_assert_int_eq(decide_calibrate(&router, &empty, 1.0, &budget), DECIDE_E_NONE);
	ck_assert_int_eq(decide_calibrate(&none, &data, 1.0, &budget), DECIDE_E_NONE);
}
END_TEST

START_TEST(a_text_is_embedded_as_logs_are)
{
	float x[16], y[16];
	ck_assert_int_eq(decide_embed("What is routing?", 16, x), 0);
	ck_assert_int_eq(hash_encode("What is routing?", 16, y, 16), 0);
	ck_assert(embed_normalize(y, 16));
	ck_assert_int_eq(memcmp(x, y, sizeof(x)), 0);
	ck_assert_int_eq(decide_embed("", 16, x), DECIDE_E_NONE);
}
END_TEST

SUITE_MAIN("decide", the_highest_utility_is_chosen_and_the_next_is_named,
	   models_with_too_few_rows_are_neither_chosen_nor_next,
	   a_budget_becomes_the_least_price_that_keeps_it,
	   a_budget_that_pays_for_everything_makes_the_cost_free, a_budget_below_the_cheapest_choices_is_told,
	   without_queries_or_models_there_is_nothing_to_calibrate, a_text_is_embedded_as_logs_are)
