/* The static learner: what is counted, shrunk and refused. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/learn/learners.h"
#include "common/learn/static/static.h"

enum { K = 3, ROWS = 12 };

static const char *const models[K] = { "a", "b", "c" };
static const char *const clients[] = { "client-00", "client-01" };

/* Model a: six scores 1 1 1 0 0 1 (one row without cost), b: five rows, c: one row. */
static struct observation rows[ROWS] = {
	{ 0, 0, 1.0, 0.01, NAN }, { 1, 0, 1.0, 0.02, NAN }, { 2, 0, 1.0, NAN, NAN },
	{ 3, 0, 0.0, 0.01, NAN }, { 4, 0, 0.0, 0.01, NAN }, { 5, 0, 1.0, 0.01, NAN },
	{ 6, 1, 0.5, 0.1, NAN },  { 7, 1, 0.5, 0.1, NAN },  { 8, 1, 0.5, 0.1, NAN },
	{ 9, 1, 0.5, 0.1, NAN },  { 10, 1, 0.5, 0.1, NAN }, { 11, 2, 1.0, 100.0, NAN },
};

static const struct encoder_identity encoder = { .name = "given", .dimension = 2, .normalization = "l2" };

static struct plan make_plan(void)
{
	struct plan plan = { .learner = "static",
			     .n_clients = 2,
			     .clients = clients,
			     .encoder = &encoder,
			     .n_models = K,
			     .models = models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = PLAN_COHORT };
	settings_init(&plan.settings, static_learner.settings);
	return plan;
}

static struct dataset part(size_t first, size_t n)
{
	return (struct dataset){
		.n_models = K, .models = models, .dimension = 2, .n_rows = n, .rows = rows + first
	};
}

static void contribute(const struct plan *plan, size_t first, size_t n, struct answer *out)
{
	struct state state = { 0 };
	struct phase phase;
	struct dataset data = part(first, n);
	ck_assert_int_eq(static_learner.next(plan, &state, &phase), LEARNER_E_OK);
	ck_assert_int_eq(static_learner.contribute(plan, &phase, &state, &data, "client-00", out), 0);
}

static struct router *learn(const struct plan *plan, const uint64_t *total)
{
	struct state state;
	struct phase phase;
	struct router *router;
	struct answers answers = { .n = 1, .rows = ROWS, .total = total };
	ck_assert_int_eq(static_learner.init(plan, &state), 0);
	ck_assert_int_eq(static_learner.next(plan, &state, &phase), LEARNER_E_OK);
	ck_assert(phase.everyone);
	ck_assert_int_eq(static_learner.fold(plan, &phase, &state, &answers), 0);
	state.phase++;
	ck_assert_int_eq(static_learner.next(plan, &state, &phase), LEARNER_E_FINISHED);
	ck_assert_int_eq(static_learner.finish(plan, &state, 1, &router, NULL), 0);
	state_deinit(&state);
	return router;
}

START_TEST(means_are_shrunk_to_the_mean_over_all_rows_with_separate_counts)
{
	struct plan plan = make_plan();
	struct answer answer;
	double score[K], cost[K];
	float x[2] = { 1.0f, 0.0f };
	contribute(&plan, 0, ROWS, &answer);
	struct router *router = learn(&plan, answer.words);
	router->predictor->predict(router, x, 1, score, cost, NULL);
	double mean_y = 7.5 / 12.0, mean_cost = (0.06 + 0.5 + 64.0) / 11.0;
	ck_assert_double_eq_tol(score[0], (4.0 + 24.0 * mean_y) / 30.0, 1e-11);
	ck_assert_double_eq_tol(score[1], (2.5 + 24.0 * mean_y) / 29.0, 1e-11);
	ck_assert_double_eq_tol(cost[0], (0.06 + 24.0 * mean_cost) / 29.0, 1e-9);
	ck_assert_double_eq_tol(cost[2], (64.0 + 24.0 * mean_cost) / 25.0, 1e-9);
	router_free(router);
	answer_deinit(&answer);
}
END_TEST

START_TEST(a_cost_above_sixty_four_dollars_is_clipped_and_counted)
{
	struct plan plan = make_plan();
	struct answer answer;
	contribute(&plan, 0, ROWS, &answer);
	ck_assert_uint_eq(answer.clipped, 1);
	ck_assert_uint_eq(answer.words[3 * K + 2], UINT64_C(64) << LANE_USD_SCALE);
	answer_deinit(&answer);
}
END_TEST

START_TEST(a_model_below_five_rows_of_the_total_is_not_routable)
{
	struct plan plan = make_plan();
	struct answer answer;
	contribute(&plan, 0, ROWS, &answer);
	struct router *router = learn(&plan, answer.words);
	ck_assert_uint_eq(router->routable[0], 1);
	ck_assert_uint_eq(router->routable[1], 1);
	ck_assert_uint_eq(router->routable[2], 0);
	router_free(router);
	answer_deinit(&answer);
}
END_TEST

START_TEST(two_clients_learn_what_one_with_all_rows_learns)
{
	struct plan plan = make_plan();
	struct answer all, left, right, nothing;
	double score[2][K], cost[2][K];
	float x[2] = { 1.0f, 0.0f };
	contribute(&plan, 0, ROWS, &all);
	contribute(&plan, 0, 7, &left);
	contribute(&plan, 7, ROWS - 7, &right);
	contribute(&plan, 0, 0, &nothing);
	lanes_sum(left.words, right.words, 4 * K);
	lanes_sum(left.words, nothing.words, 4 * K);
	struct router *pooled = learn(&plan, all.words), *federated = learn(&plan, left.words);
	pooled->predictor->predict(pooled, x, 1, score[0], cost[0], NULL);
	federated->predictor->predict(federated, x, 1, score[1], cost[1], NULL);
	for (size_t m = 0; m < K; m++) {
		ck_assert_double_eq_tol(score[0][m], score[1][m], 1e-11);
		ck_assert_double_eq_tol(cost[0][m], cost[1][m], 1e-9);
	}
	router_free(pooled);
	router_free(federated);
	answer_deinit(&all);
	answer_deinit(&left);
	answer_deinit(&right);
	answer_deinit(&nothing);
}
END_TEST

START_TEST(impossible_sums_of_a_client_are_refused)
{
	struct plan plan = make_plan();
	struct state state = { 0 };
	struct phase phase;
	struct answer answer;
	struct findings findings = { 0 };
	contribute(&plan, 0, ROWS, &answer);
	ck_assert_int_eq(static_learner.next(&plan, &state, &phase), 0);
	ck_assert_int_eq(static_learner.check(&plan, &phase, &state, &answer, "c", &findings), LEARNER_E_OK);
	answer.words[2 * K] = UINT64_C(7) << LANE_UNIT_SCALE;
	ck_assert_int_eq(static_learner.check(&plan, &phase, &state, &answer, "c", &findings), LEARNER_E_BAD);
	answer.words[2 * K] = UINT64_C(4) << LANE_UNIT_SCALE;
	answer.words[0] = 7;
	ck_assert_int_eq(static_learner.check(&plan, &phase, &state, &answer, "c", &findings), LEARNER_E_BAD);
	ck_assert_uint_eq(findings.n, 2);
	findings_deinit(&findings);
	answer_deinit(&answer);
}
END_TEST

START_TEST(a_federation_without_rows_routes_to_nobody)
{
	struct plan plan = make_plan();
	uint64_t nothing[4 * K] = { 0 };
	struct router *router = learn(&plan, nothing);
	for (size_t m = 0; m < K; m++)
		ck_assert_uint_eq(router->routable[m], 0);
	router_free(router);
}
END_TEST

SUITE_MAIN("Static learner", means_are_shrunk_to_the_mean_over_all_rows_with_separate_counts,
	   a_cost_above_sixty_four_dollars_is_clipped_and_counted,
	   a_model_below_five_rows_of_the_total_is_not_routable,
	   two_clients_learn_what_one_with_all_rows_learns, impossible_sums_of_a_client_are_refused,
	   a_federation_without_rows_routes_to_nobody)
