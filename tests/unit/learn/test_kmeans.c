/* The K-means learner, phase by phase, with answers computed by hand. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/kmeans/kmeans.h"
#include "common/learn/kmeans/kmeans_centroids.h"
#include "common/learn/learners.h"
#include "common/numerics/lloyd.h"

enum { QUERIES = 400, D = 16, CLIENTS = 4 };

static const char *const models[] = { "a", "b", "c" };
static const char *const names[CLIENTS] = { "client-00", "client-01", "client-02", "client-03" };
static struct query queries[QUERIES];
static float embeddings[QUERIES * D];
static struct observation rows[CLIENTS][2 * QUERIES];

/* Queries 0–4 and 10–15 point along the first axis (A), all others along the second (B). */
static void make_two_directions(void)
{
	memset(embeddings, 0, sizeof(embeddings));
	for (size_t q = 0; q < QUERIES; q++) {
		bool first = q < 5 || (q >= 10 && q < 16);
		embeddings[q * D + !first] = 1.0f;
	}
}

static void make_random_directions(void)
{
	struct rng rng;
	rng_init(&rng, 8, 8);
	for (size_t q = 0; q < QUERIES; q++) {
		float *x = embeddings + q * D;
		double square = 0.0;
		for (size_t i = 0; i < D; i++) {
			x[i] = (float)(rng_normal(&rng) + (i == q % 7 ? 3.0 : 0.0));
			square += (double)x[i] * x[i];
		}
		for (size_t i = 0; i < D; i++)
			x[i] = (float)(x[i] / sqrt(square));
	}
}

static struct dataset empty_dataset(size_t client)
{
	return (struct dataset){ .n_models = 3,
				 .models = models,
				 .n_queries = QUERIES,
				 .queries = queries,
				 .dimension = D,
				 .embeddings = embeddings,
				 .rows = rows[client] };
}

static void add(struct dataset *data, uint32_t query, uint32_t model, double score, double cost)
{
	data->rows[data->n_rows++] = (struct observation){ query, model, score, cost, NAN };
}

/* client-00: A 0–4 by model a, B 5–9 by model b, query 0 also by b; client-01: A 10–15, B 16–17; client-02:
 * nothing. */
static void three_clients(struct dataset data[3])
{
	make_two_directions();
	for (size_t i = 0; i < 3; i++)
		data[i] = empty_dataset(i);
	add(&data[0], 0, 0, 1.0, 0.25);
	add(&data[0], 0, 1, 0.5, 0.125);
	for (uint32_t q = 1; q < 5; q++)
		add(&data[0], q, 0, 1.0, 0.25);
	for (uint32_t q = 5; q < 10; q++)
		add(&data[0], q, 1, 0.25, q == 9 ? NAN : 0.125);
	for (uint32_t q = 10; q < 16; q++)
		add(&data[1], q, 0, 0.5, 0.25);
	add(&data[1], 16, 1, 1.0, 0.125);
	add(&data[1], 17, 0, NAN, 0.5);
}

struct run {
	struct encoder_identity encoder;
	struct plan plan;
	struct state state;
	const struct dataset *data;
};

static struct run start(const struct dataset *data, size_t n_clients)
{
	static struct run run;
	run = (struct run){ .data = data };
	ck_assert_int_eq(encoder_identity_given("given", D, &run.encoder), 0);
	run.plan = (struct plan){ .learner = "kmeans",
				  .seed = 100,
				  .n_clients = n_clients,
				  .clients = names,
				  .participation = 1.0,
				  .quorum = 1.0,
				  .encoder = &run.encoder,
				  .n_models = 3,
				  .models = models,
				  .limit_rows = PLAN_ROWS,
				  .limit_cohort = PLAN_COHORT };
	settings_init(&run.plan.settings, kmeans_learner.settings);
	ck_assert_int_eq(kmeans_learner.init(&run.plan, &run.state), 0);
	return run;
}

static void run_deinit(struct run *run)
{
	state_deinit(&run->state);
}

static void contribute(const struct run *run, const struct phase *phase, size_t client, struct answer *out)
{
	struct findings findings = { 0 };
	ck_assert_int_eq(kmeans_learner.contribute(&run->plan, phase, &run->state, &run->data[client],
						   names[client], out),
			 0);
	ck_assert_int_eq(kmeans_learner.check(&run->plan, phase, &run->state, out, names[client], &findings),
			 LEARNER_E_OK);
	ck_assert_uint_eq(findings.n, 0);
}

/* One phase with everyone. */
static void step(struct run *run)
{
	struct phase phase;
	struct answer parts[CLIENTS];
	struct answers answers = { .n = run->plan.n_clients, .parts = parts };
	ck_assert_int_eq(kmeans_learner.next(&run->plan, &run->state, &phase), 0);
	ck_assert(phase.everyone);
	uint64_t *total = calloc(phase.lanes.words + 1, sizeof(*total));
	for (size_t i = 0; i < answers.n; i++) {
		contribute(run, &phase, i, &parts[i]);
		answers.rows += parts[i].rows;
		if (phase.kind == PHASE_SUMS)
			lanes_sum(total, parts[i].words, phase.lanes.words);
	}
	answers.total = total;
	ck_assert_int_eq(kmeans_learner.fold(&run->plan, &phase, &run->state, &answers), 0);
	run->state.phase++;
	for (size_t i = 0; i < answers.n; i++)
		answer_deinit(&parts[i]);
	free(total);
}

static struct router *finish(struct run *run)
{
	struct router *router;
	struct phase phase;
	ck_assert_int_eq(kmeans_learner.next(&run->plan, &run->state, &phase), LEARNER_E_FINISHED);
	ck_assert_int_eq(kmeans_learner.finish(&run->plan, &run->state, 1, &router, NULL), 0);
	return router;
}

static void predict(const struct router *router, const float *x, double score[3], double cost[3])
{
	router->predictor->predict(router, x, 1, score, cost, NULL);
}

/* The centre along the axis of query `q` (centres keep no promised order). */
static size_t centre_of(const struct run *run, size_t q)
{
	size_t k;
	const float *centres = kmeans_centroids_centres(&run->state, D, &k);
	size_t j = lloyd_nearest(centres, k, D, embeddings + q * D, NULL);
	ck_assert_mem_eq(centres + j * D, embeddings + q * D, D * sizeof(float));
	return j;
}

START_TEST(a_client_sends_its_clusters_and_merges_the_small_one)
{
	struct dataset data[3];
	struct phase phase;
	struct answer answer;
	three_clients(data);
	cleanup(run_deinit) struct run run = start(data, 3);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	ck_assert_int_eq(phase.kind, PHASE_GATHER);
	contribute(&run, &phase, 0, &answer);
	const int64_t *counts = tensors_data(&answer.parts, "counts", TENSOR_I64, SHAPE(2));
	ck_assert_ptr_nonnull(counts);
	ck_assert_int_eq(counts[0], 5);
	ck_assert_int_eq(counts[1], 5);
	ck_assert_uint_eq(answer.rows, 10);
	answer_deinit(&answer);
	contribute(&run, &phase, 1, &answer);
	const float *merged = tensors_data(&answer.parts, "centroids", TENSOR_F32, SHAPE(1, D));
	ck_assert_ptr_nonnull(merged);
	ck_assert_float_eq(merged[0], 0.75f);
	ck_assert_float_eq(merged[1], 0.25f);
	ck_assert_int_eq(*(int64_t *)tensors_data(&answer.parts, "counts", TENSOR_I64, SHAPE(1)), 8);
	answer_deinit(&answer);
	contribute(&run, &phase, 2, &answer);
	ck_assert_ptr_nonnull(tensors_data(&answer.parts, "centroids", TENSOR_F32, SHAPE(0, D)));
	ck_assert_uint_eq(answer.rows, 0);
	answer_deinit(&answer);
}
END_TEST

static void expect_cell(const struct run *run, const struct lanes *lanes, size_t cell,
			const double expected[5])
{
	static const char *const lane_names[] = { "n_score", "sum_y", "sum_yy", "n_cost", "sum_cost" };
	const int64_t *total = tensors_data(&run->state.tensors, "total", TENSOR_I64, SHAPE(lanes->words));
	ck_assert_ptr_nonnull(total);
	for (size_t i = 0; i < 5; i++) {
		const struct lane *lane = lanes_find(lanes, lane_names[i]);
		ck_assert_double_eq((double)total[lane->first + cell], ldexp(expected[i], lane->scale));
	}
}

START_TEST(three_clients_give_the_cells_computed_by_hand)
{
	struct dataset data[3];
	struct phase phase;
	three_clients(data);
	cleanup(run_deinit) struct run run = start(data, 3);
	step(&run);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	ck_assert_int_eq(phase.kind, PHASE_SUMS);
	ck_assert_uint_eq(phase.lanes.words, 5 * 3 * 3); /* A, B and client-01's mixture */
	size_t a = centre_of(&run, 0), b = centre_of(&run, 5);
	step(&run);
	expect_cell(&run, &phase.lanes, a * 3 + 0, (double[]){ 11, 8, 6.5, 11, 2.75 });
	expect_cell(&run, &phase.lanes, a * 3 + 1, (double[]){ 1, 0.5, 0.25, 1, 0.125 });
	expect_cell(&run, &phase.lanes, b * 3 + 0, (double[]){ 0, 0, 0, 1, 0.5 });
	expect_cell(&run, &phase.lanes, b * 3 + 1, (double[]){ 6, 2.25, 1.3125, 5, 0.625 });
	expect_cell(&run, &phase.lanes, a * 3 + 2, (double[]){ 0, 0, 0, 0, 0 });
}
END_TEST

START_TEST(the_router_shrinks_every_cell_to_its_models_mean)
{
	struct dataset data[3];
	double score[3], cost[3];
	three_clients(data);
	cleanup(run_deinit) struct run run = start(data, 3);
	step(&run);
	step(&run);
	struct router *router = finish(&run);
	ck_assert_mem_eq(router->routable, ((uint8_t[]){ 1, 1, 0 }), 3);
	predict(router, embeddings + 0 * D, score, cost);
	ck_assert_double_eq_tol(score[0], (8 + 24 * 8.0 / 11) / (11 + 24), 1e-15);
	ck_assert_double_eq_tol(score[1], (0.5 + 24 * 2.75 / 7) / (1 + 24), 1e-15);
	ck_assert_double_eq_tol(score[2], 10.75 / 18, 1e-15);
	ck_assert_double_eq_tol(cost[0], (2.75 + 24 * 3.25 / 12) / (11 + 24), 1e-15);
	predict(router, embeddings + 5 * D, score, cost);
	ck_assert_double_eq_tol(score[0], 8.0 / 11, 1e-15); /* no row here: the model's mean, never a block */
	ck_assert_double_eq_tol(score[1], (2.25 + 24 * 2.75 / 7) / (6 + 24), 1e-15);
	ck_assert_double_eq_tol(cost[1], (0.625 + 24 * 0.75 / 6) / (5 + 24), 1e-15);
	router_free(router);
}
END_TEST

START_TEST(as_published_empty_cells_block_and_nothing_merges)
{
	struct dataset data[3];
	double score[3], cost[3];
	three_clients(data);
	cleanup(run_deinit) struct run run = start(data, 3);
	ck_assert_int_eq(settings_set(&run.plan.settings, "paper", "true"), 0);
	step(&run);
	step(&run);
	struct router *router = finish(&run);
	ck_assert_mem_eq(router->routable, ((uint8_t[]){ 1, 1, 1 }), 3);
	predict(router, embeddings + 0 * D, score, cost);
	ck_assert_double_eq(score[0], 8.0 / 11);
	ck_assert_double_eq(cost[0], 0.25);
	ck_assert_double_eq(score[2], 0.0);
	ck_assert_double_eq(cost[2], 1e6);
	const int64_t *masses = tensors_data(&router->tensors, "masses", TENSOR_I64, SHAPE(4));
	ck_assert_ptr_nonnull(masses); /* 5 A, 5 B, 6 A, 2 B: the two of client-01 were not merged */
	router_free(router);
}
END_TEST

START_TEST(a_repeated_phase_gives_the_same_bytes)
{
	struct dataset data[1];
	struct phase phase;
	struct answer first, second;
	make_random_directions();
	data[0] = empty_dataset(0);
	for (uint32_t q = 0; q < QUERIES; q++)
		add(&data[0], q, q % 3, 0.5, 0.25);
	cleanup(run_deinit) struct run run = start(data, 1);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	contribute(&run, &phase, 0, &first);
	contribute(&run, &phase, 0, &second);
	ck_assert_uint_eq(first.parts.n, 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert_mem_eq(first.parts.items[i].data, second.parts.items[i].data,
				 tensor_bytes(&first.parts.items[i]));
	ck_assert_uint_eq(first.parts.items[0].shape[0], 15);
	run.plan.seed++;
	answer_deinit(&second);
	contribute(&run, &phase, 0, &second);
	const struct tensor *a = tensors_find(&first.parts, "centroids"),
			    *b = tensors_find(&second.parts, "centroids");
	ck_assert(a->n != b->n || memcmp(a->data, b->data, tensor_bytes(a)) != 0);
	answer_deinit(&first);
	answer_deinit(&second);
}
END_TEST

/* Rows of a random log dealt to four clients, and all of them in one. */
static void deal(struct dataset dealt[CLIENTS], struct dataset *all)
{
	static struct observation pooled[2 * QUERIES];
	struct rng rng;
	rng_init(&rng, 9, 9);
	make_random_directions();
	*all = empty_dataset(0);
	all->rows = pooled;
	for (size_t i = 0; i < CLIENTS; i++)
		dealt[i] = empty_dataset(i);
	for (uint32_t q = 0; q < QUERIES; q++) {
		size_t client = (size_t)rng_below(&rng, CLIENTS);
		for (uint32_t m = 0; m < 1 + q % 2; m++) {
			double score = (double)rng_below(&rng, 257) / 256.0;
			double cost = (double)rng_below(&rng, 1024) / 1024.0;
			add(&dealt[client], q, m, score, cost);
			add(all, q, m, score, cost);
		}
	}
}

START_TEST(cells_of_four_clients_add_up_to_the_cells_of_the_pooled_rows)
{
	struct dataset dealt[CLIENTS], all;
	struct phase phase;
	struct answer pooled;
	deal(dealt, &all);
	cleanup(run_deinit) struct run run = start(dealt, CLIENTS);
	step(&run);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	struct run central = run;
	central.data = &all;
	contribute(&central, &phase, 0, &pooled);
	step(&run);
	const int64_t *total =
		tensors_data(&run.state.tensors, "total", TENSOR_I64, SHAPE(phase.lanes.words));
	ck_assert_mem_eq(total, pooled.words, phase.lanes.words * sizeof(*total));
	ck_assert_uint_eq(phase.lanes.items[0].shape[0], 20);
	answer_deinit(&pooled);
}
END_TEST

START_TEST(masses_of_the_centres_are_the_queries_of_all_clients)
{
	struct dataset dealt[CLIENTS], all;
	int64_t sum = 0;
	deal(dealt, &all);
	cleanup(run_deinit) struct run run = start(dealt, CLIENTS);
	step(&run);
	const int64_t *masses = tensors_data(&run.state.tensors, "masses", TENSOR_I64, SHAPE(20));
	for (size_t j = 0; j < 20; j++)
		sum += masses[j];
	ck_assert_int_eq(sum, QUERIES);
}
END_TEST

START_TEST(without_any_row_the_router_is_valid_and_routes_to_nothing)
{
	struct dataset data[2];
	double score[3], cost[3];
	struct digest digest;
	make_two_directions();
	data[0] = empty_dataset(0);
	data[1] = empty_dataset(1);
	cleanup(run_deinit) struct run run = start(data, 2);
	step(&run);
	step(&run);
	struct router *router = finish(&run);
	ck_assert_mem_eq(router->routable, ((uint8_t[]){ 0, 0, 0 }), 3);
	predict(router, embeddings, score, cost);
	ck_assert_double_eq(score[0], 0.0);
	ck_assert_int_eq(router_choose(score, cost, router->routable, 3, 1.0), -1);
	ck_assert_int_eq(router_digest(router, &digest), 0);
	router_free(router);
}
END_TEST

START_TEST(equal_queries_and_fewer_queries_than_clusters_are_legal)
{
	struct dataset data[2];
	double score[3], cost[3];
	make_two_directions();
	data[0] = empty_dataset(0);
	data[1] = empty_dataset(1);
	for (uint32_t q = 20; q < 120; q++)
		add(&data[0], q, 1, 0.5, 0.5); /* a hundred times B */
	add(&data[1], 0, 1, 1.0, 0.5);         /* one query: one centroid, nothing to merge it into */
	cleanup(run_deinit) struct run run = start(data, 2);
	step(&run);
	ck_assert_ptr_nonnull(tensors_data(&run.state.tensors, "centres", TENSOR_F32, SHAPE(2, D)));
	step(&run);
	struct router *router = finish(&run);
	predict(router, embeddings + 20 * D, score, cost);
	ck_assert_double_eq_tol(score[1], (50 + 24 * 51.0 / 101) / 124, 1e-15);
	predict(router, embeddings, score, cost);
	ck_assert_double_eq_tol(score[1], (1 + 24 * 51.0 / 101) / 25, 1e-15);
	router_free(router);
}
END_TEST

static void expect_cells_refused(const struct run *run, const struct phase *phase, struct answer *answer,
				 const char *lane, int64_t change)
{
	struct findings findings = { 0 };
	uint64_t *word = &answer->words[lanes_find(&phase->lanes, lane)->first];
	*word += (uint64_t)change;
	ck_assert_int_eq(kmeans_learner.check(&run->plan, phase, &run->state, answer, "client-00", &findings),
			 LEARNER_E_BAD);
	ck_assert_str_eq(findings.items[0].file, "client-00");
	*word -= (uint64_t)change;
	findings_deinit(&findings);
}

START_TEST(cells_that_no_honest_client_sends_are_refused)
{
	struct dataset data[1];
	struct phase phase;
	struct answer answer;
	make_two_directions();
	data[0] = empty_dataset(0);
	for (uint32_t q = 0; q < 5; q++)
		add(&data[0], q, 0, 1.0, 0.25);
	cleanup(run_deinit) struct run run = start(data, 1);
	step(&run);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	contribute(&run, &phase, 0, &answer);
	expect_cells_refused(&run, &phase, &answer, "sum_y", 1);  /* more than n */
	expect_cells_refused(&run, &phase, &answer, "sum_y", -1); /* less than Σy² */
	expect_cells_refused(&run, &phase, &answer, "sum_yy", -(INT64_C(6) << LANE_UNIT_SCALE));
	expect_cells_refused(&run, &phase, &answer, "sum_cost", -(INT64_C(2) << LANE_USD_SCALE));
	expect_cells_refused(&run, &phase, &answer, "n_cost", -1000);
	expect_cells_refused(&run, &phase, &answer, "n_score", 1); /* more than rows */
	answer_deinit(&answer);
}
END_TEST

START_TEST(as_published_a_cell_with_scores_and_no_cost_keeps_its_score_and_costs_a_million)
{
	struct dataset data[1];
	double score[3], cost[3];
	make_two_directions();
	data[0] = empty_dataset(0);
	for (uint32_t q = 0; q < 3; q++)
		add(&data[0], q, 1, 0.5, NAN);
	cleanup(run_deinit) struct run run = start(data, 1);
	ck_assert_int_eq(settings_set(&run.plan.settings, "paper", "true"), 0);
	step(&run);
	step(&run);
	struct router *router = finish(&run);
	predict(router, embeddings, score, cost);
	ck_assert_double_eq(score[1], 0.5);
	ck_assert_double_eq(cost[1], 1e6);
	router_free(router);
}
END_TEST

START_TEST(a_cost_beyond_its_bound_is_clipped_and_counted)
{
	struct dataset data[1];
	struct phase phase;
	struct answer answer;
	make_two_directions();
	data[0] = empty_dataset(0);
	add(&data[0], 0, 0, 1.0, 1.0);
	add(&data[0], 1, 0, 1.0, 100.0);
	cleanup(run_deinit) struct run run = start(data, 1);
	step(&run);
	ck_assert_int_eq(kmeans_learner.next(&run.plan, &run.state, &phase), 0);
	contribute(&run, &phase, 0, &answer);
	ck_assert_uint_eq(answer.clipped, 1);
	ck_assert_uint_eq(answer.words[lanes_find(&phase.lanes, "sum_cost")->first],
			  UINT64_C(65) << LANE_USD_SCALE);
	answer_deinit(&answer);
}
END_TEST

START_TEST(baselines_have_their_own_numbers_of_clusters)
{
	cleanup(run_deinit) struct run run = start(NULL, 1);
	ck_assert_ptr_eq(learners_find("kmeans"), &kmeans_learner);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_local"), 15);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_global"), 20);
	kmeans_learner.central(&run.plan);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_local"), 30);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_global"), 30);
	kmeans_learner.local(&run.plan);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_local"), 8);
	ck_assert_uint_eq(settings_integer(&run.plan.settings, "k_global"), 8);
}
END_TEST

SUITE_MAIN("K-means", a_client_sends_its_clusters_and_merges_the_small_one,
	   three_clients_give_the_cells_computed_by_hand, the_router_shrinks_every_cell_to_its_models_mean,
	   as_published_empty_cells_block_and_nothing_merges, a_repeated_phase_gives_the_same_bytes,
	   cells_of_four_clients_add_up_to_the_cells_of_the_pooled_rows,
	   masses_of_the_centres_are_the_queries_of_all_clients,
	   without_any_row_the_router_is_valid_and_routes_to_nothing,
	   equal_queries_and_fewer_queries_than_clusters_are_legal,
	   cells_that_no_honest_client_sends_are_refused, a_cost_beyond_its_bound_is_clipped_and_counted,
	   as_published_a_cell_with_scores_and_no_cost_keeps_its_score_and_costs_a_million,
	   baselines_have_their_own_numbers_of_clusters)
