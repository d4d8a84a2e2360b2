/* The ridge as a learner: what clients send, what is refused, and that federated is pooled. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/learners.h"
#include "common/learn/log_cost.h"
#include "common/learn/ridge/ridge.h"
#include "common/numerics/rng.h"

enum { K = 3, D = 6, QUERIES = 400, CLIENTS = 4 };

static const char *const models[K] = { "a", "b", "c" };
static const char *const clients[CLIENTS] = { "client-00", "client-01", "client-02", "client-03" };
static const struct encoder_identity encoder = { .name = "given", .dimension = D, .normalization = "l2" };

struct world {
	float x[QUERIES * D];
	struct observation rows[QUERIES];
	struct plan plan;
	struct phase phase;
	struct state state;
};

/* Models a and b share 398 rows, c has two; scores depend on the query. The last four rows lack a value. */
static struct world *make_world(void)
{
	struct world *world = calloc(1, sizeof(*world));
	struct rng rng;
	rng_init(&rng, 5, 0);
	for (uint32_t i = 0; i < QUERIES; i++) {
		float *x = world->x + i * D;
		for (size_t j = 0; j < D; j++)
			x[j] = (float)rng_normal(&rng);
		ck_assert(embed_normalize(x, D));
		uint32_t model = i < 2 ? 2 : i % 3 == 0;
		double score = rng_uniform(&rng) < 0.5 + 0.4 * (model == 1 ? (double)x[0] : (double)x[1]);
		double cost = 1e-4 * exp((double)x[2] + 0.1 * rng_normal(&rng));
		world->rows[i] = (struct observation){ i, model, i >= 396 && i % 2 ? NAN : score,
						       i >= 396 && i % 2 == 0 ? NAN : cost, NAN };
	}
	world->plan = (struct plan){ .learner = "ridge",
				     .n_clients = CLIENTS,
				     .clients = clients,
				     .encoder = &encoder,
				     .n_models = K,
				     .models = models,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&world->plan.settings, ridge_learner.settings);
	ck_assert_int_eq(ridge_learner.init(&world->plan, &world->state), 0);
	ck_assert_int_eq(ridge_learner.next(&world->plan, &world->state, &world->phase), LEARNER_E_OK);
	return world;
}

static struct answer contribute(const struct world *world, size_t first, size_t n)
{
	struct dataset data = { .n_models = K,
				.models = models,
				.n_queries = QUERIES,
				.dimension = D,
				.embeddings = world->x,
				.n_rows = n,
				.rows = (struct observation *)world->rows + first };
	struct answer answer;
	ck_assert_int_eq(ridge_learner.contribute(&world->plan, &world->phase, &world->state, &data,
						  "client-00", &answer),
			 0);
	return answer;
}

static struct router *finish(struct world *world, const uint64_t *total, char **report)
{
	struct state state = { 0 };
	struct router *router;
	struct answers answers = { .n = 1, .total = total };
	ck_assert_int_eq(ridge_learner.fold(&world->plan, &world->phase, &state, &answers), 0);
	state.phase = 1;
	ck_assert_int_eq(ridge_learner.next(&world->plan, &state, &world->phase), LEARNER_E_FINISHED);
	ck_assert_int_eq(ridge_learner.finish(&world->plan, &state, 2, &router, report), 0);
	state_deinit(&state);
	return router;
}

static const double *numbers(const struct router *router, const char *name)
{
	return tensors_find(&router->tensors, name)->data;
}

START_TEST(only_rows_with_both_values_enter_and_are_counted)
{
	struct world *world = make_world();
	struct answer all = contribute(world, 0, QUERIES), good = contribute(world, 0, 396);
	ck_assert_uint_eq(all.rows, 396);
	ck_assert_mem_eq(all.words, good.words, world->phase.lanes.words * sizeof(uint64_t));
	answer_deinit(&all);
	answer_deinit(&good);
	free(world);
}
END_TEST

START_TEST(the_words_are_the_sums_at_their_scales)
{
	struct world *world = make_world();
	struct answer one = contribute(world, 0, 1);
	const struct lanes *lanes = &world->phase.lanes;
	const struct observation *row = &world->rows[0];
	const double x0 = (double)world->x[0], x1 = (double)world->x[1], l = log(1e6 * row->cost + 0.1);
	ck_assert_uint_eq(lanes->words, K * (5 + 3 * D + D * (D + 1) / 2));
	ck_assert_uint_eq(one.words[lanes_find(lanes, "n")->first + 2], 1);
	ck_assert_uint_eq(one.words[lanes_find(lanes, "sum_xx")->first + 2 * D * (D + 1) / 2 + 1],
			  (uint64_t)llrint(x0 * x1 * 0x1p38));
	ck_assert_uint_eq(one.words[lanes_find(lanes, "sum_xl")->first + 2 * D + 1],
			  (uint64_t)llrint(l * x1 * 0x1p33));
	ck_assert_uint_eq(one.words[lanes_find(lanes, "sum_ll")->first + 2],
			  (uint64_t)llrint(l * l * 0x1p28));
	ck_assert_uint_eq(one.words[lanes_find(lanes, "sum_xy")->first], 0);
	answer_deinit(&one);
	free(world);
}
END_TEST

START_TEST(a_client_without_rows_contributes_zeros)
{
	struct world *world = make_world();
	struct answer nothing = contribute(world, 0, 0);
	ck_assert_uint_eq(nothing.rows, 0);
	for (size_t i = 0; i < world->phase.lanes.words; i++)
		ck_assert_uint_eq(nothing.words[i], 0);
	answer_deinit(&nothing);
	free(world);
}
END_TEST

START_TEST(clients_together_learn_what_one_with_all_rows_learns)
{
	struct world *world = make_world();
	const size_t cuts[CLIENTS + 1] = { 0, 3, 120, 120, 396 };
	struct answer all = contribute(world, 0, 396);
	uint64_t *total = calloc(world->phase.lanes.words, sizeof(*total));
	for (size_t c = 0; c < CLIENTS; c++) {
		struct answer part = contribute(world, cuts[c], cuts[c + 1] - cuts[c]);
		lanes_sum(total, part.words, world->phase.lanes.words);
		answer_deinit(&part);
	}
	struct router *pooled = finish(world, all.words, NULL), *federated = finish(world, total, NULL);
	ck_assert_mem_eq(numbers(pooled, "penalties"), numbers(federated, "penalties"), 6 * sizeof(double));
	for (size_t i = 0; i < K * (D + 1); i++) {
		double score = numbers(pooled, "theta_score")[i],
		       log_cost = numbers(pooled, "theta_log_cost")[i];
		ck_assert_double_eq_tol(numbers(federated, "theta_score")[i], score, 1e-6 * fabs(score));
		ck_assert_double_eq_tol(numbers(federated, "theta_log_cost")[i], log_cost,
					1e-6 * fabs(log_cost));
	}
	router_free(pooled);
	router_free(federated);
	answer_deinit(&all);
	free(total);
	free(world);
}
END_TEST

START_TEST(a_client_added_and_taken_out_again_leaves_the_same_router)
{
	struct world *world = make_world();
	struct answer base = contribute(world, 0, 300), guest = contribute(world, 300, 96);
	struct router *before = finish(world, base.words, NULL);
	lanes_sum(base.words, guest.words, world->phase.lanes.words);
	struct router *with = finish(world, base.words, NULL);
	lanes_subtract(base.words, guest.words, world->phase.lanes.words);
	struct router *after = finish(world, base.words, NULL);
	struct digest digests[3];
	ck_assert_int_eq(router_digest(before, &digests[0]), 0);
	ck_assert_int_eq(router_digest(with, &digests[1]), 0);
	ck_assert_int_eq(router_digest(after, &digests[2]), 0);
	ck_assert_mem_eq(&digests[0], &digests[2], sizeof(digests[0]));
	ck_assert_mem_ne(&digests[0], &digests[1], sizeof(digests[0]));
	router_free(before);
	router_free(with);
	router_free(after);
	answer_deinit(&base);
	answer_deinit(&guest);
	free(world);
}
END_TEST

/* Whether model c is routable when the first `n` rows are its. */
static bool is_routable_with(uint32_t n)
{
	struct world *world = make_world();
	for (uint32_t i = 0; i < n; i++)
		world->rows[i].model = 2;
	struct answer all = contribute(world, 0, QUERIES);
	struct router *router = finish(world, all.words, NULL);
	ck_assert(router->routable[0] && router->routable[1]);
	bool is_routable = router->routable[2];
	router_free(router);
	answer_deinit(&all);
	free(world);
	return is_routable;
}

START_TEST(a_model_below_five_rows_of_the_total_is_not_routable)
{
	ck_assert(!is_routable_with(2));
	ck_assert(!is_routable_with(4));
	ck_assert(is_routable_with(5));
}
END_TEST

START_TEST(a_federation_without_rows_still_gives_a_router_that_chooses_nobody)
{
	struct world *world = make_world();
	struct answer nothing = contribute(world, 0, 0);
	struct router *router = finish(world, nothing.words, NULL);
	ck_assert_mem_eq(router->routable, ((uint8_t[]){ 0, 0, 0 }), 3);
	router_free(router);
	answer_deinit(&nothing);
	free(world);
}
END_TEST

START_TEST(scores_that_never_differ_give_a_finite_evidence)
{
	struct world *world = make_world();
	char *report;
	for (size_t i = 0; i < QUERIES; i++)
		world->rows[i].score = 1.0;
	struct answer all = contribute(world, 0, QUERIES);
	struct router *router = finish(world, all.words, &report);
	json_t *json = json_loads(report, 0, NULL);
	ck_assert(isfinite(json_real_value(json_object_get(json, "evidence_score"))));
	ck_assert_double_eq_tol(numbers(router, "theta_score")[0], 1.0, 1e-9);
	json_decref(json);
	free(report);
	router_free(router);
	answer_deinit(&all);
	free(world);
}
END_TEST

START_TEST(the_report_names_penalties_and_evidence_of_both_targets)
{
	struct world *world = make_world();
	char *report;
	struct answer all = contribute(world, 0, QUERIES);
	struct router *router = finish(world, all.words, &report);
	json_t *json = json_loads(report, 0, NULL);
	ck_assert_ptr_nonnull(json);
	for (size_t i = 0; i < 3; i++) {
		const json_t *score = json_array_get(json_object_get(json, "penalties_score"), i);
		const json_t *log_cost = json_array_get(json_object_get(json, "penalties_log_cost"), i);
		ck_assert_double_eq(json_number_value(score), numbers(router, "penalties")[i]);
		ck_assert_double_eq(json_number_value(log_cost), numbers(router, "penalties")[3 + i]);
	}
	ck_assert(json_is_real(json_object_get(json, "evidence_score")));
	ck_assert(json_is_real(json_object_get(json, "evidence_log_cost")));
	ck_assert_int_eq(json_integer_value(json_object_get(json, "models_repaired")), 0);
	json_decref(json);
	free(report);
	router_free(router);
	answer_deinit(&all);
	free(world);
}
END_TEST

START_TEST(inverse_matrices_are_in_the_router_only_when_asked_for)
{
	struct world *world = make_world();
	struct answer all = contribute(world, 0, QUERIES);
	struct router *router = finish(world, all.words, NULL);
	ck_assert_ptr_null(tensors_find(&router->tensors, "inverse_models"));
	router_free(router);
	ck_assert_int_eq(settings_set(&world->plan.settings, "variance", "true"), SETTINGS_E_OK);
	router = finish(world, all.words, NULL);
	ck_assert_ptr_nonnull(tensors_data(&router->tensors, "inverse_models", TENSOR_F64, SHAPE(K, 28)));
	ck_assert_ptr_nonnull(tensors_data(&router->tensors, "inverse_shared", TENSOR_F64, SHAPE(21)));
	router_free(router);
	answer_deinit(&all);
	free(world);
}
END_TEST

static void expect_refused(struct world *world, const char *lane, size_t word, double by, const char *because)
{
	struct answer answer = contribute(world, 0, QUERIES);
	struct findings findings = { 0 };
	const struct lane *found = lanes_find(&world->phase.lanes, lane);
	ck_assert_int_eq(ridge_learner.check(&world->plan, &world->phase, &world->state, &answer, "client-09",
					     &findings),
			 LEARNER_E_OK);
	answer.words[found->first + word] += (uint64_t)llrint(ldexp(by, found->scale));
	ck_assert_int_eq(ridge_learner.check(&world->plan, &world->phase, &world->state, &answer, "client-09",
					     &findings),
			 LEARNER_E_BAD);
	ck_assert_str_eq(findings.items[0].file, "client-09");
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, because));
	findings_deinit(&findings);
	answer_deinit(&answer);
}

START_TEST(sums_that_no_rows_can_give_are_refused_with_their_reason)
{
	struct world *world = make_world();
	expect_refused(world, "n", 0, -300.0, "negative count");
	expect_refused(world, "sum_y", 1, 400.0, "scores outside");
	expect_refused(world, "sum_yy", 0, 0.001, "scores outside");
	expect_refused(world, "sum_ll", 2, -100.0, "squares are too small");
	expect_refused(world, "sum_xx", 0, -200.0, "negative square");
	expect_refused(world, "sum_xx", 1, 395.0, "beyond 1");
	expect_refused(world, "sum_xx", 0, 1.0, "not unit vectors");
	free(world);
}
END_TEST

START_TEST(counts_that_differ_from_the_rows_announced_are_refused)
{
	struct world *world = make_world();
	struct answer answer = contribute(world, 0, QUERIES);
	struct findings findings = { 0 };
	answer.rows++;
	ck_assert_int_eq(ridge_learner.check(&world->plan, &world->phase, &world->state, &answer, "c",
					     &findings),
			 LEARNER_E_BAD);
	ck_assert_str_eq(findings.items[0].reason, "counts do not add up");
	findings_deinit(&findings);
	answer_deinit(&answer);
	free(world);
}
END_TEST

START_TEST(the_learner_is_found_by_its_name_behind_static)
{
	ck_assert_ptr_eq(learners_find("ridge"), &ridge_learner);
	ck_assert_str_eq(learners[0]->name, "static");
	ck_assert_str_eq(learners[1]->name, "ridge");
	ck_assert_str_eq(learners_predictor("ridge")->learner, "ridge");
}
END_TEST

SUITE_MAIN("Ridge", only_rows_with_both_values_enter_and_are_counted, the_words_are_the_sums_at_their_scales,
	   a_client_without_rows_contributes_zeros, clients_together_learn_what_one_with_all_rows_learns,
	   a_client_added_and_taken_out_again_leaves_the_same_router,
	   a_model_below_five_rows_of_the_total_is_not_routable,
	   a_federation_without_rows_still_gives_a_router_that_chooses_nobody,
	   scores_that_never_differ_give_a_finite_evidence,
	   the_report_names_penalties_and_evidence_of_both_targets,
	   inverse_matrices_are_in_the_router_only_when_asked_for,
	   sums_that_no_rows_can_give_are_refused_with_their_reason,
	   counts_that_differ_from_the_rows_announced_are_refused,
	   the_learner_is_found_by_its_name_behind_static)
