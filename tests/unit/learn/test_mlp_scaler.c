/* Normalization of costs where there is little to normalize, and sums that no rows can give. */
#include "tests/support/suite.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "common/learn/mlp/mlp.h"
#include "common/learn/mlp/mlp_scaler.h"

enum { K = 4, D = 16 };

static const char *const models[K] = { "a", "b", "c", "d" };

struct world {
	struct encoder_identity encoder;
	struct plan plan;
	struct phase phase;
	struct state state;
};

static struct world *a_world(bool paper)
{
	struct world *world = calloc(1, sizeof(*world));
	ck_assert_int_eq(encoder_identity_given("given", D, &world->encoder), 0);
	world->plan = (struct plan){ .encoder = &world->encoder,
				     .n_models = K,
				     .models = models,
				     .limit_rows = 100,
				     .limit_cohort = 2 };
	settings_init(&world->plan.settings, mlp_learner.settings);
	ck_assert_int_eq(settings_set(&world->plan.settings, "paper", paper ? "true" : "false"), 0);
	ck_assert_int_eq(mlp_scaler_add(K, &world->state.tensors), 0);
	ck_assert_int_eq(mlp_scaler_lanes(&world->plan, &world->phase.lanes), 0);
	return world;
}

static void end_world(struct world *world)
{
	state_deinit(&world->state);
	encoder_identity_deinit(&world->encoder);
	free(world);
}

/* The sums of one client. */
static struct answer answer_of(struct world *world, struct observation *rows, size_t n)
{
	struct dataset data = { .n_models = K, .models = models, .dimension = D, .n_rows = n, .rows = rows };
	struct answer answer = { .rows = n, .words = calloc(world->phase.lanes.words, sizeof(uint64_t)) };
	ck_assert_int_eq(mlp_scaler_contribute(&world->plan, &world->phase, &data, &answer), 0);
	return answer;
}

static void fold(struct world *world, struct observation *rows, size_t n)
{
	struct answer answer = answer_of(world, rows, n);
	struct answers answers = { .n = 1, .rows = n, .total = answer.words };
	ck_assert_int_eq(mlp_scaler_fold(&world->plan, &world->phase, &world->state, &answers), 0);
	answer_deinit(&answer);
}

static const double *numbers(struct world *world, const char *name)
{
	return tensors_data(&world->state.tensors, name, TENSOR_F64, SHAPE(K));
}

START_TEST(a_log_cost_is_that_of_micro_dollars_or_as_published_and_a_target_only_then_clamped)
{
	ck_assert_double_eq(mlp_scaler_log(1e-3, false), log(1000.1));
	ck_assert_double_eq(mlp_scaler_log(1e-3, true), log1p(1e-3));
	ck_assert_double_eq(mlp_scaler_log(0.0, false), log(0.1));
	ck_assert_double_eq_tol(mlp_scaler_target(1.0, 0.0, 1.0, false), log(1e6 + 0.1), 1e-6);
	ck_assert_double_eq(mlp_scaler_target(1e3, 0.0, 1.0, true), 3.0);
	ck_assert_double_eq(mlp_scaler_target(0.0, 9.0, 1.0, true), -3.0);
}
END_TEST

START_TEST(a_cost_beyond_all_reason_is_clipped_and_counted)
{
	for (int paper = 0; paper < 2; paper++) {
		struct world *world = a_world(paper);
		struct observation rows[] = { { 0, 0, 1.0, DBL_MAX, NAN }, { 1, 1, 0.0, 1e-3, NAN } };
		struct answer answer = answer_of(world, rows, 2);
		ck_assert_uint_eq(answer.clipped, 1);
		answer_deinit(&answer);
		fold(world, rows, 2);
		ck_assert_double_eq(numbers(world, "scaler.mu")[0], LANE_LOG_BOUND);
		ck_assert_double_eq(mlp_scaler_log(DBL_MAX, paper), LANE_LOG_BOUND);
		end_world(world);
	}
}
END_TEST

START_TEST(without_any_cost_mu_is_0_and_sigma_1_and_nothing_is_routable)
{
	struct world *world = a_world(false);
	struct observation rows[] = { { 0, 0, 1.0, NAN, NAN }, { 1, 1, 0.0, NAN, NAN } };
	fold(world, rows, 2);
	for (size_t m = 0; m < K; m++) {
		ck_assert_double_eq(numbers(world, "scaler.mu")[m], 0.0);
		ck_assert_double_eq(numbers(world, "scaler.sigma")[m], 1.0);
		ck_assert_uint_eq(((uint8_t *)tensors_find(&world->state.tensors, "routable")->data)[m], 0);
	}
	end_world(world);
}
END_TEST

START_TEST(one_cost_alone_gives_its_model_a_mean_and_the_deviation_of_all)
{
	struct world *world = a_world(false);
	struct observation rows[] = { { 0, 0, 1.0, 1e-3, NAN },
				      { 1, 0, 0.0, 4e-3, NAN },
				      { 2, 1, 0.0, 2e-3, NAN } };
	fold(world, rows, 3);
	double l[3], mean = 0.0, squares = 0.0;
	for (size_t i = 0; i < 3; i++) {
		l[i] = log(1e6 * rows[i].cost + 0.1);
		mean += l[i] / 3.0;
		squares += l[i] * l[i] / 3.0;
	}
	ck_assert_double_eq_tol(numbers(world, "scaler.mu")[1], l[2], 1e-9);
	ck_assert_double_eq_tol(numbers(world, "scaler.sigma")[1], sqrt(squares - mean * mean), 1e-7);
	ck_assert_double_eq_tol(numbers(world, "scaler.sigma")[0], fabs(l[1] - l[0]) / 2.0, 1e-7);
	end_world(world);
}
END_TEST

START_TEST(a_model_is_routable_from_five_scores_and_five_costs_on)
{
	struct world *world = a_world(false);
	struct observation rows[19];
	for (uint32_t i = 0; i < 19; i++)
		rows[i] = (struct observation){ i, i < 5 ? 0 : i < 9 ? 1 : i < 14 ? 2 : 3, 1.0, 1e-3, NAN };
	rows[13].cost = NAN;  /* c: five scores, four costs */
	rows[18].score = NAN; /* d: four scores, five costs */
	fold(world, rows, 19);
	const uint8_t *routable = tensors_find(&world->state.tensors, "routable")->data;
	ck_assert_mem_eq(routable, ((uint8_t[]){ 1, 0, 0, 0 }), K);
	end_world(world);
}
END_TEST

/* Word `i` of a lane becomes `value`; the answer is judged. */
static void expect_refused(struct world *world, const char *lane, size_t i, int64_t value, const char *reason)
{
	struct observation rows[] = { { 0, 0, 1.0, 1e-3, NAN }, { 1, 0, 0.0, 4e-3, NAN } };
	struct answer answer = answer_of(world, rows, 2);
	struct findings findings = { 0 };
	ck_assert_int_eq(mlp_scaler_check(&world->plan, &world->phase, &answer, "client-07", &findings),
			 LEARNER_E_OK);
	answer.words[lanes_find(&world->phase.lanes, lane)->first + i] = (uint64_t)value;
	ck_assert_int_eq(mlp_scaler_check(&world->plan, &world->phase, &answer, "client-07", &findings),
			 LEARNER_E_BAD);
	ck_assert_str_eq(findings.items[0].file, "client-07");
	ck_assert_str_eq(findings.items[0].reason, reason);
	findings_deinit(&findings);
	answer_deinit(&answer);
}

START_TEST(sums_that_no_rows_can_give_are_refused)
{
	struct world *world = a_world(false);
	expect_refused(world, "n_score", 0, -1, "impossible sums");
	expect_refused(world, "n_cost", 1, -1, "impossible sums");
	expect_refused(world, "sum_log_cost", 0, INT64_C(100) << LANE_LOG_SCALE, "impossible sums");
	expect_refused(world, "sum_log_cost", 2, INT64_C(1) << LANE_LOG_SCALE, "impossible sums");
	expect_refused(world, "n_score", 3, 1, "more counted than there are rows");
	expect_refused(world, "n_cost", 3, 1, "more counted than there are rows");
	end_world(world);
}
END_TEST

SUITE_MAIN("MLP, scaler", a_log_cost_is_that_of_micro_dollars_or_as_published_and_a_target_only_then_clamped,
	   a_cost_beyond_all_reason_is_clipped_and_counted,
	   without_any_cost_mu_is_0_and_sigma_1_and_nothing_is_routable,
	   one_cost_alone_gives_its_model_a_mean_and_the_deviation_of_all,
	   a_model_is_routable_from_five_scores_and_five_costs_on, sums_that_no_rows_can_give_are_refused)
