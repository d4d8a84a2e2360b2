/* The phases of the MLP learner: what clients send and what the coordinator makes of it. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/mlp/mlp.h"
#include "common/learn/mlp/mlp_layout.h"
#include "common/numerics/rng.h"

enum { D = 32, K = 3, QUERIES = 200 };

static const char *const models[K] = { "a", "b", "c" };
static const char *const clients[] = { "client-00", "client-01" };

struct world {
	struct encoder_identity encoder;
	struct plan plan;
	float x[QUERIES * D];
	struct query queries[QUERIES];
	char ids[QUERIES][8];
	struct observation rows[QUERIES];
	struct state state;
};

/* Query i is good for model i mod 2 or not, by the sign of its first coordinate; client-00 sees models a and
 * b only. */
static struct world *a_world(void)
{
	struct world *world = calloc(1, sizeof(*world));
	struct rng rng;
	rng_init(&rng, 5, 0);
	ck_assert_int_eq(encoder_identity_given("given", D, &world->encoder), 0);
	world->plan = (struct plan){ .learner = "mlp",
				     .seed = 100,
				     .n_clients = 2,
				     .clients = clients,
				     .rounds = 2,
				     .participation = 1.0,
				     .quorum = 1.0,
				     .encoder = &world->encoder,
				     .n_models = K,
				     .models = models,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&world->plan.settings, mlp_learner.settings);
	for (size_t i = 0; i < QUERIES; i++) {
		float *x = world->x + i * D;
		for (size_t j = 0; j < D; j++)
			x[j] = (float)rng_normal(&rng);
		ck_assert(embed_normalize(x, D));
		snprintf(world->ids[i], sizeof(world->ids[i]), "q%03zu", i);
		world->queries[i] = (struct query){ world->ids[i], NULL, "unknown" };
		world->rows[i] =
			(struct observation){ (uint32_t)i, (uint32_t)(i % 2), (x[0] > 0.0f) == (i % 2 == 0),
					      i % 2 ? 1e-4 : 3e-3 * (1.0 + rng_uniform(&rng)), NAN };
	}
	return world;
}

static void end_world(struct world *world)
{
	state_deinit(&world->state);
	encoder_identity_deinit(&world->encoder);
	free(world);
}

static struct dataset rows_of(struct world *world, size_t first, size_t n)
{
	return (struct dataset){ .n_models = K,
				 .models = models,
				 .n_queries = QUERIES,
				 .queries = world->queries,
				 .dimension = D,
				 .embeddings = world->x,
				 .n_rows = n,
				 .rows = world->rows + first };
}

static struct answer ask(struct world *world, const struct phase *phase, const struct dataset *data,
			 const char *client)
{
	struct answer answer;
	struct findings findings = { 0 };
	ck_assert_int_eq(mlp_learner.contribute(&world->plan, phase, &world->state, data, client, &answer),
			 0);
	ck_assert_int_eq(lanes_check(&phase->lanes, answer.words, answer.rows, client, &findings), 0);
	ck_assert_int_eq(mlp_learner.check(&world->plan, phase, &world->state, &answer, client, &findings),
			 0);
	return answer;
}

static void fold(struct world *world, const struct phase *phase, struct answer *parts, size_t n)
{
	uint64_t *total = calloc(phase->lanes.words, sizeof(*total)), rows = 0;
	for (size_t i = 0; i < n; i++) {
		lanes_sum(total, parts[i].words, phase->lanes.words);
		rows += parts[i].rows;
		answer_deinit(&parts[i]);
	}
	struct answers answers = { .n = n, .rows = rows, .total = total };
	ck_assert_int_eq(mlp_learner.fold(&world->plan, phase, &world->state, &answers), 0);
	world->state.phase++;
	free(total);
}

static struct phase next(struct world *world)
{
	struct phase phase;
	ck_assert_int_eq(mlp_learner.next(&world->plan, &world->state, &phase), LEARNER_E_OK);
	return phase;
}

/* Phase 0 with both clients: rows 0 … 119 and 120 … 199. */
static void scale(struct world *world)
{
	struct dataset data[] = { rows_of(world, 0, 120), rows_of(world, 120, 80) };
	ck_assert_int_eq(mlp_learner.init(&world->plan, &world->state), 0);
	struct phase phase = next(world);
	struct answer parts[] = { ask(world, &phase, &data[0], clients[0]),
				  ask(world, &phase, &data[1], clients[1]) };
	fold(world, &phase, parts, 2);
}

static float *tensor(struct world *world, enum mlp_tensor i)
{
	struct mlp_layout layout = mlp_layout_of(D, K);
	float *arrays[MLP_TENSORS];
	ck_assert(mlp_layout_find(&layout, &world->state.tensors, arrays));
	return arrays[i];
}

static double value(const struct phase *phase, const struct answer *answer, const char *name, size_t i)
{
	const struct lane *lane = lanes_find(&phase->lanes, name);
	ck_assert(lane && i < lane->n);
	return ldexp((double)(int64_t)answer->words[lane->first + i], -lane->scale);
}

START_TEST(costs_are_normalized_by_the_sums_of_all_clients)
{
	struct world *world = a_world();
	scale(world);
	const double *mu = tensors_data(&world->state.tensors, "scaler.mu", TENSOR_F64, SHAPE(K));
	const double *sigma = tensors_data(&world->state.tensors, "scaler.sigma", TENSOR_F64, SHAPE(K));
	const uint8_t *routable = tensors_data(&world->state.tensors, "routable", TENSOR_U8, SHAPE(K));
	double n = 0.0, l = 0.0, ll = 0.0, all = 0.0, all_2 = 0.0;
	for (size_t i = 0; i < QUERIES; i++) {
		double log_cost = log(1e6 * world->rows[i].cost + 0.1);
		all += log_cost;
		all_2 += log_cost * log_cost;
		if (world->rows[i].model != 0)
			continue;
		n += 1.0;
		l += log_cost;
		ll += log_cost * log_cost;
	}
	double pooled = sqrt(all_2 / QUERIES - all * all / QUERIES / QUERIES);
	ck_assert_double_eq_tol(mu[0], l / n, 1e-9);
	ck_assert_double_eq_tol(sigma[0], sqrt(ll / n - l * l / n / n), 1e-7);
	/* Model b always costs the same, c was never seen: both borrow the deviation of all costs. */
	ck_assert_double_eq_tol(mu[1], log(100.1), 1e-9);
	ck_assert_double_eq_tol(sigma[1], pooled, 1e-7);
	ck_assert_double_eq_tol(mu[2], all / QUERIES, 1e-9);
	ck_assert_double_eq_tol(sigma[2], pooled, 1e-7);
	ck_assert_mem_eq(routable, ((uint8_t[]){ 1, 1, 0 }), K);
	end_world(world);
}
END_TEST

START_TEST(the_published_scaler_is_ln_of_one_plus_cost_and_routes_to_every_model)
{
	struct world *world = a_world();
	ck_assert_int_eq(settings_set(&world->plan.settings, "paper", "true"), 0);
	scale(world);
	const double *mu = tensors_data(&world->state.tensors, "scaler.mu", TENSOR_F64, SHAPE(K));
	const double *sigma = tensors_data(&world->state.tensors, "scaler.sigma", TENSOR_F64, SHAPE(K));
	const uint8_t *routable = tensors_data(&world->state.tensors, "routable", TENSOR_U8, SHAPE(K));
	ck_assert_double_eq_tol(mu[1], log1p(1e-4), 1e-9);
	ck_assert_double_eq(sigma[1], 1.0);
	ck_assert_double_eq(mu[2], 0.0);
	ck_assert_double_eq(sigma[2], 1.0);
	ck_assert_mem_eq(routable, ((uint8_t[]){ 1, 1, 1 }), K);
	end_world(world);
}
END_TEST

START_TEST(a_client_weighs_with_its_rows_and_each_head_with_the_rows_of_its_model)
{
	struct world *world = a_world();
	scale(world);
	world->rows[0].model = 2;
	struct dataset data = rows_of(world, 0, 120);
	struct phase phase = next(world);
	struct answer answer = ask(world, &phase, &data, clients[0]);
	ck_assert_double_eq(value(&phase, &answer, "w", 0), 120.0 / 65536.0);
	ck_assert_double_eq(value(&phase, &answer, "w_model", 0), 59.0 / 65536.0);
	ck_assert_double_eq(value(&phase, &answer, "w_model", 1), 60.0 / 65536.0);
	ck_assert_double_eq(value(&phase, &answer, "w_model", 2), 1.0 / 65536.0);
	answer_deinit(&answer);
	ck_assert_int_eq(settings_set(&world->plan.settings, "paper", "true"), 0);
	answer = ask(world, &phase, &data, clients[0]);
	for (size_t m = 0; m < K; m++)
		ck_assert_double_eq(value(&phase, &answer, "w_model", m), 120.0 / 65536.0);
	answer_deinit(&answer);
	end_world(world);
}
END_TEST

/* Coverage: 1.0·(d of client 0) for a model that only it observed, the mean weighted with rows for the
 * trunk. */
START_TEST(a_fold_moves_every_tensor_by_the_mean_of_those_who_had_rows_for_it)
{
	struct world *world = a_world();
	scale(world);
	for (size_t i = 120; i < QUERIES; i++)
		world->rows[i].model = 1;
	struct dataset data[] = { rows_of(world, 0, 120), rows_of(world, 120, 80) };
	struct phase phase = next(world);
	struct answer parts[] = { ask(world, &phase, &data[0], clients[0]),
				  ask(world, &phase, &data[1], clients[1]) };
	float trunk = tensor(world, MLP_WEIGHT)[77], a = tensor(world, MLP_SCORE_WEIGHT)[5];
	float b = tensor(world, MLP_COST_WEIGHT)[MLP_UNITS + 9], c = tensor(world, MLP_SCORE_BIAS)[2];
	double d_trunk = (value(&phase, &parts[0], "d.trunk.0.weight", 77) +
			  value(&phase, &parts[1], "d.trunk.0.weight", 77)) /
			 (200.0 / 65536.0);
	double d_a = value(&phase, &parts[0], "d.score.weight", 5) / (60.0 / 65536.0);
	double d_b = (value(&phase, &parts[0], "d.cost.weight", MLP_UNITS + 9) +
		      value(&phase, &parts[1], "d.cost.weight", MLP_UNITS + 9)) /
		     (140.0 / 65536.0);
	fold(world, &phase, parts, 2);
	ck_assert_float_eq(tensor(world, MLP_WEIGHT)[77], (float)(trunk + d_trunk));
	ck_assert_float_eq(tensor(world, MLP_SCORE_WEIGHT)[5], (float)(a + d_a));
	ck_assert_float_eq(tensor(world, MLP_COST_WEIGHT)[MLP_UNITS + 9], (float)(b + d_b));
	ck_assert_float_eq(tensor(world, MLP_SCORE_BIAS)[2], c);
	ck_assert_float_ne(tensor(world, MLP_WEIGHT)[77], trunk);
	end_world(world);
}
END_TEST

START_TEST(a_client_without_rows_contributes_zeros)
{
	struct world *world = a_world();
	scale(world);
	struct dataset none = rows_of(world, 0, 0);
	struct phase phase = next(world);
	struct answer answer = ask(world, &phase, &none, clients[1]);
	ck_assert_uint_eq(answer.rows, 0);
	for (size_t i = 0; i < phase.lanes.words; i++)
		ck_assert_uint_eq(answer.words[i], 0);
	answer_deinit(&answer);
	end_world(world);
}
END_TEST

START_TEST(the_same_client_answers_a_phase_with_the_same_bytes_and_another_name_with_others)
{
	struct world *world = a_world();
	scale(world);
	struct dataset data = rows_of(world, 0, 120);
	struct phase phase = next(world);
	struct answer once = ask(world, &phase, &data, clients[0]),
		      again = ask(world, &phase, &data, clients[0]);
	struct answer other = ask(world, &phase, &data, clients[1]);
	ck_assert_mem_eq(once.words, again.words, phase.lanes.words * sizeof(*once.words));
	ck_assert_mem_ne(once.words, other.words, phase.lanes.words * sizeof(*once.words));
	answer_deinit(&once);
	answer_deinit(&again);
	answer_deinit(&other);
	end_world(world);
}
END_TEST

START_TEST(a_difference_beyond_eight_is_clipped_and_counted)
{
	struct world *world = a_world();
	scale(world);
	ck_assert_int_eq(settings_put(&world->plan.settings, "lr", 1.0), 0);
	ck_assert_int_eq(settings_put(&world->plan.settings, "epochs", 40), 0);
	struct dataset data = rows_of(world, 0, 120);
	struct phase phase = next(world);
	struct answer answer = ask(world, &phase, &data, clients[0]);
	size_t at_bound = 0;
	for (size_t i = 1 + K; i < phase.lanes.words; i++) {
		double size = fabs((double)(int64_t)answer.words[i]);
		at_bound +=
			size == ldexp(8.0 * 120.0 / 65536.0, 40) || size == ldexp(8.0 * 60.0 / 65536.0, 40);
	}
	ck_assert_uint_gt(answer.clipped, 0);
	ck_assert_uint_ge(at_bound, answer.clipped);
	answer_deinit(&answer);
	end_world(world);
}
END_TEST

START_TEST(a_weight_that_does_not_fit_the_rows_is_refused)
{
	struct world *world = a_world();
	struct findings findings = { 0 };
	scale(world);
	struct dataset data = rows_of(world, 0, 120);
	struct phase phase = next(world);
	struct answer answer = ask(world, &phase, &data, clients[0]);
	answer.words[0] += 1;
	ck_assert_int_eq(mlp_learner.check(&world->plan, &phase, &world->state, &answer, "client-00",
					   &findings),
			 LEARNER_E_BAD);
	answer.words[0] -= 1;
	size_t head = lanes_find(&phase.lanes, "d.cost.bias")->first + 2; /* of a model without rows */
	ck_assert_uint_eq(answer.words[head], 0);
	answer.words[head] = 1;
	ck_assert_int_eq(mlp_learner.check(&world->plan, &phase, &world->state, &answer, "client-00",
					   &findings),
			 LEARNER_E_BAD);
	ck_assert_str_eq(findings.items[1].detail, "lane d.cost.bias");
	findings_deinit(&findings);
	answer_deinit(&answer);
	end_world(world);
}
END_TEST

static void run(struct world *world, struct router **router)
{
	struct phase phase;
	struct dataset data[] = { rows_of(world, 0, 120), rows_of(world, 120, 80) };
	scale(world);
	while (mlp_learner.next(&world->plan, &world->state, &phase) == LEARNER_E_OK) {
		struct answer parts[] = { ask(world, &phase, &data[0], clients[0]),
					  ask(world, &phase, &data[1], clients[1]) };
		fold(world, &phase, parts, 2);
	}
	ck_assert_int_eq(mlp_learner.finish(&world->plan, &world->state, 1, router, NULL), 0);
}

START_TEST(a_run_learns_which_queries_a_model_answers_and_what_it_costs)
{
	struct world *world = a_world();
	struct router *router;
	ck_assert_int_eq(settings_put(&world->plan.settings, "epochs", 60), 0);
	run(world, &router);
	double score[QUERIES * K], cost[QUERIES * K];
	void *workspace =
		aligned_alloc(64, (mlp_learner.predictor->workspace(router, QUERIES) + 63) / 64 * 64);
	mlp_learner.predictor->predict(router, world->x, QUERIES, score, cost, workspace);
	size_t right = 0;
	for (size_t i = 0; i < QUERIES; i++) {
		right += (score[i * K] > score[i * K + 1]) == (world->x[i * D] > 0.0f);
		ck_assert_double_gt(cost[i * K], 2e-3);
		ck_assert_double_lt(cost[i * K], 9e-3);
		ck_assert_double_gt(cost[i * K + 1], 5e-5);
		ck_assert_double_lt(cost[i * K + 1], 2e-4);
	}
	ck_assert_uint_ge(right, 190);
	free(workspace);
	router_free(router);
	end_world(world);
}
END_TEST

START_TEST(one_query_alone_gets_the_bits_that_it_gets_in_a_batch)
{
	struct world *world = a_world();
	struct router *router;
	run(world, &router);
	double score[QUERIES * K], cost[QUERIES * K], one_score[K], one_cost[K];
	void *workspace =
		aligned_alloc(64, (mlp_learner.predictor->workspace(router, QUERIES) + 63) / 64 * 64);
	mlp_learner.predictor->predict(router, world->x, QUERIES, score, cost, workspace);
	for (size_t i = 0; i < QUERIES; i += 37) {
		mlp_learner.predictor->predict(router, world->x + i * D, 1, one_score, one_cost, workspace);
		ck_assert_mem_eq(one_score, score + i * K, sizeof(one_score));
		ck_assert_mem_eq(one_cost, cost + i * K, sizeof(one_cost));
	}
	free(workspace);
	router_free(router);
	end_world(world);
}
END_TEST

START_TEST(baselines_have_the_published_budgets)
{
	struct world *world = a_world();
	struct plan plan = world->plan;
	plan.rounds = 5;
	plan.participation = 0.6;
	mlp_learner.central(&plan);
	ck_assert_double_eq(settings_number(&plan.settings, "lr"), 2e-5);
	ck_assert_uint_eq(settings_integer(&plan.settings, "epochs"), 8);
	ck_assert_uint_eq(plan.rounds, 1);
	plan = world->plan;
	mlp_learner.local(&plan);
	ck_assert_double_eq(settings_number(&plan.settings, "lr"), 6e-5);
	ck_assert_uint_eq(settings_integer(&plan.settings, "epochs"), 15);
	plan = world->plan;
	plan.rounds = 5;
	plan.participation = 0.6;
	ck_assert(mlp_learner.central_matched(&plan));
	ck_assert_double_eq(settings_number(&plan.settings, "lr"), 1e-3);
	ck_assert_uint_eq(settings_integer(&plan.settings, "epochs"), 3);
	ck_assert_double_eq(plan.participation, 1.0);
	end_world(world);
}
END_TEST

SUITE_MAIN("MLP", costs_are_normalized_by_the_sums_of_all_clients,
	   the_published_scaler_is_ln_of_one_plus_cost_and_routes_to_every_model,
	   a_client_weighs_with_its_rows_and_each_head_with_the_rows_of_its_model,
	   a_fold_moves_every_tensor_by_the_mean_of_those_who_had_rows_for_it,
	   a_client_without_rows_contributes_zeros,
	   the_same_client_answers_a_phase_with_the_same_bytes_and_another_name_with_others,
	   a_difference_beyond_eight_is_clipped_and_counted, a_weight_that_does_not_fit_the_rows_is_refused,
	   a_run_learns_which_queries_a_model_answers_and_what_it_costs,
	   one_query_alone_gets_the_bits_that_it_gets_in_a_batch, baselines_have_the_published_budgets)
