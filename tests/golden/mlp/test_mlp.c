/* The MLP against numpy in float64, which has its own random streams, shuffles and masks: loss, gradients
 * and clipped AdamW steps of one batch, and two rounds from rows to router, by default and as published.
 * Tensors are compared by their projection on hashed numbers, their norm and some elements. Tolerances:
 * gradients 2e-6 of the norm; a step of AdamW divides by the size of a gradient, so what moved is compared
 * to 1e-3 of its norm; scores 1e-4, costs 5e-4. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/mlp/mlp.h"
#include "common/learn/mlp/mlp_layout.h"
#include "common/learn/mlp/mlp_step.h"

enum { MODELS_MOST = 8, CLIENTS = 3, QUERIES = 3 };

static const char *const models[MODELS_MOST] = { "a", "b", "c", "d", "e", "f", "g", "h" };
static const char *const clients[CLIENTS] = { "client-00", "client-01", "client-02" };

static json_t *load(const char *name, json_t **file)
{
	*file = json_load_file(getenv("MLP_VECTORS"), 0, NULL);
	ck_assert_ptr_nonnull(*file);
	return json_object_get(*file, name);
}

static double value(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static size_t integer(const json_t *object, const char *name)
{
	return (size_t)json_integer_value(json_object_get(object, name));
}

/* Element i of an array; null is NaN. */
static double element(const json_t *object, const char *name, size_t i)
{
	const json_t *number = json_array_get(json_object_get(object, name), i);
	return json_is_null(number) ? NAN : json_number_value(number);
}

/* The generator's hashed number i, in [−1, 1). */
static double hashed(uint32_t salt, size_t i)
{
	uint32_t h = salt + (uint32_t)i * 0x9E3779B9u;
	h = (h ^ h >> 16) * 0x85EBCA6Bu;
	h = (h ^ h >> 13) * 0xC2B2AE35u;
	h ^= h >> 16;
	return (double)(h >> 8) / 8388608.0 - 1.0;
}

static void expect_tensor(const json_t *expected, const float *p, size_t n, uint32_t salt, double tolerance)
{
	double norm = 0.0, projection = 0.0, size = fmax(1e-9, value(expected, "norm"));
	for (size_t i = 0; i < n; i++) {
		norm += (double)p[i] * (double)p[i];
		projection += (double)p[i] * hashed(salt, i);
	}
	ck_assert_double_eq_tol(sqrt(norm), value(expected, "norm"), tolerance * size);
	ck_assert_double_eq_tol(projection, value(expected, "projection"), tolerance * size);
	const json_t *elements = json_object_get(expected, "elements");
	for (size_t i = 0; i < json_array_size(elements); i++) {
		const json_t *pair = json_array_get(elements, i);
		size_t at = (size_t)json_integer_value(json_array_get(pair, 0));
		ck_assert_double_eq_tol((double)p[at], json_number_value(json_array_get(pair, 1)),
					tolerance * size);
	}
}

static void expect_block(const json_t *expected, const struct mlp_layout *layout, const float *block,
			 double tolerance)
{
	for (size_t i = 0; i < MLP_TENSORS; i++)
		expect_tensor(json_object_get(expected, layout->at[i].name), block + layout->at[i].first,
			      layout->at[i].n, 1000 + (uint32_t)i, tolerance);
}

/* --- one batch --- */

static struct mlp_work *a_batch(const json_t *c)
{
	struct mlp_layout layout = mlp_layout_of(integer(c, "d"), integer(c, "k"));
	struct mlp_work *work;
	ck_assert_int_eq(mlp_work_new(&layout, &work), 0);
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout.at[i];
		bool gamma = i == MLP_GAMMA || i == MLP_OF_LAYER + MLP_GAMMA, wide = at->rank > 1;
		double bound = wide ? value(c, "size") / sqrt((double)at->fan_in) : 0.3;
		for (size_t j = 0; j < at->n; j++)
			work->p[at->first + j] =
				(float)(bound * hashed(100 + (uint32_t)i, j)) + (gamma ? 1.0f : 0.0f);
	}
	for (size_t i = 0; i < integer(c, "rows"); i++) {
		work->targets[i] =
			(struct mlp_target){ (uint32_t)element(c, "model", i), (float)element(c, "score", i),
					     (float)element(c, "target", i) };
		for (size_t j = 0; j < layout.dimension; j++)
			work->x[i * work->x_row + j] = (float)(hashed(7, i * layout.dimension + j) / 4.0);
	}
	return work;
}

static void expect_steps(const char *name)
{
	json_t *file;
	const json_t *c = load(name, &file);
	struct mlp_work *work = a_batch(c);
	const struct mlp_layout *layout = &work->layout;
	float *before = malloc(layout->floats * sizeof(*before));
	struct rng dropout;
	bool with = json_is_array(json_object_get(c, "dropout"));
	rng_init(&dropout, with ? (uint64_t)element(c, "dropout", 0) : 0,
		 with ? (uint64_t)element(c, "dropout", 1) : 0);
	memcpy(before, work->p, layout->floats * sizeof(*before));
	for (size_t step = 0; step < 3; step++) {
		double loss = mlp_step_gradient(work, integer(c, "rows"), with ? &dropout : NULL),
		       squares = 0.0;
		ck_assert_double_eq_tol(loss, element(c, "losses", step), step == 0 ? 1e-6 : 1e-3);
		if (step == 0)
			expect_block(json_object_get(c, "gradient"), layout, work->g, 2e-6);
		for (size_t i = 0; i < layout->floats; i++)
			squares += (double)work->g[i] * (double)work->g[i];
		ck_assert_double_eq_tol(sqrt(squares), element(c, "norms", step), step == 0 ? 1e-5 : 1e-2);
		mlp_step_update(work, value(c, "lr"), value(c, "weight_decay"));
	}
	for (size_t i = 0; i < layout->floats; i++)
		work->g[i] = work->p[i] - before[i];
	expect_block(json_object_get(c, "moved"), layout, work->g, 1e-3);
	free(before);
	mlp_work_free(work);
	json_decref(file);
}

START_TEST(loss_gradient_and_three_clipped_steps_agree_with_numpy)
{
	expect_steps("clipped");
}
END_TEST

START_TEST(so_do_those_of_a_full_batch_with_dropout)
{
	expect_steps("plain");
}
END_TEST

/* --- a run --- */

struct world {
	json_t *file;
	const json_t *json;
	size_t d, k, n[CLIENTS];
	float *x;
	struct observation *rows;
	struct encoder_identity encoder;
	struct plan plan;
	struct state state;
};

static void set(struct world *world, const char *name)
{
	ck_assert_int_eq(settings_put(&world->plan.settings, name, value(world->json, name)), SETTINGS_E_OK);
}

static struct world *a_world(const char *name)
{
	struct world *world = calloc(1, sizeof(*world));
	size_t n = 0;
	world->json = load(name, &world->file);
	world->d = integer(world->json, "d");
	world->k = integer(world->json, "k");
	for (size_t c = 0; c < CLIENTS; c++)
		n += world->n[c] = (size_t)element(world->json, "clients", c);
	world->x = calloc(n * world->d, sizeof(*world->x));
	for (size_t i = 0; i < n * world->d; i++)
		world->x[i] = (float)(hashed(9, i) / 4.0);
	world->rows = calloc(n, sizeof(*world->rows));
	for (uint32_t i = 0; i < n; i++)
		world->rows[i] = (struct observation){ i, (uint32_t)element(world->json, "model", i),
						       element(world->json, "score", i),
						       element(world->json, "cost", i), NAN };
	ck_assert_int_eq(encoder_identity_given("given", world->d, &world->encoder), 0);
	world->plan = (struct plan){ .learner = "mlp",
				     .seed = integer(world->json, "seed"),
				     .n_clients = CLIENTS,
				     .clients = clients,
				     .rounds = (uint32_t)integer(world->json, "rounds"),
				     .participation = 1.0,
				     .quorum = 1.0,
				     .encoder = &world->encoder,
				     .n_models = world->k,
				     .models = models,
				     .limit_rows = PLAN_ROWS,
				     .limit_cohort = PLAN_COHORT };
	settings_init(&world->plan.settings, mlp_learner.settings);
	set(world, "epochs");
	set(world, "lr");
	set(world, "weight_decay");
	if (json_is_true(json_object_get(world->json, "paper")))
		ck_assert_int_eq(settings_set(&world->plan.settings, "paper", "true"), SETTINGS_E_OK);
	return world;
}

static void end_world(struct world *world)
{
	state_deinit(&world->state);
	encoder_identity_deinit(&world->encoder);
	free(world->x);
	free(world->rows);
	json_decref(world->file);
	free(world);
}

static void run_phase(struct world *world, const struct phase *phase)
{
	uint64_t *total = calloc(phase->lanes.words, sizeof(*total)), rows = 0;
	size_t first = 0;
	for (size_t c = 0; c < CLIENTS; c++) {
		struct answer answer;
		struct dataset data = { .n_models = world->k,
					.models = models,
					.n_queries = first + world->n[c],
					.dimension = world->d,
					.embeddings = world->x,
					.n_rows = world->n[c],
					.rows = world->rows + first };
		ck_assert_int_eq(mlp_learner.contribute(&world->plan, phase, &world->state, &data, clients[c],
							&answer),
				 0);
		lanes_sum(total, answer.words, phase->lanes.words);
		rows += answer.rows;
		first += world->n[c];
		answer_deinit(&answer);
	}
	struct answers answers = { .n = CLIENTS, .rows = rows, .total = total };
	ck_assert_int_eq(mlp_learner.fold(&world->plan, phase, &world->state, &answers), 0);
	world->state.phase++;
	free(total);
}

static void expect_state(const struct world *world, const char *name, double tolerance)
{
	struct mlp_layout layout = mlp_layout_of(world->d, world->k);
	float *p[MLP_TENSORS];
	const json_t *expected = json_object_get(world->json, name);
	ck_assert(mlp_layout_find(&layout, &world->state.tensors, p));
	for (size_t i = 0; i < MLP_TENSORS; i++)
		expect_tensor(json_object_get(expected, layout.at[i].name), p[i], layout.at[i].n,
			      1000 + (uint32_t)i, tolerance);
}

static void expect_scaler(const struct world *world)
{
	const double *mu = tensors_data(&world->state.tensors, "scaler.mu", TENSOR_F64, SHAPE(world->k));
	const double *sigma =
		tensors_data(&world->state.tensors, "scaler.sigma", TENSOR_F64, SHAPE(world->k));
	for (size_t m = 0; m < world->k; m++) {
		ck_assert_double_eq_tol(mu[m], element(world->json, "mu", m), 1e-9);
		ck_assert_double_eq_tol(sigma[m], element(world->json, "sigma", m), 1e-7);
	}
}

static void expect_estimates(const struct world *world)
{
	struct router *router;
	float *x = calloc(QUERIES * world->d, sizeof(*x));
	double score[QUERIES * MODELS_MOST], cost[QUERIES * MODELS_MOST];
	double unit = json_is_true(json_object_get(world->json, "paper")) ? 1.0 : 0.0; /* of ln(1 + c) */
	ck_assert_int_eq(mlp_learner.finish(&world->plan, &world->state, 1, &router, NULL), 0);
	void *workspace =
		aligned_alloc(64, (mlp_learner.predictor->workspace(router, QUERIES) + 63) / 64 * 64);
	for (size_t i = 0; i < QUERIES * world->d; i++)
		x[i] = (float)(hashed(11, i) / 4.0);
	mlp_learner.predictor->predict(router, x, QUERIES, score, cost, workspace);
	for (size_t i = 0; i < QUERIES * world->k; i++) {
		double expected = element(world->json, "costs", i);
		ck_assert_double_eq_tol(score[i], element(world->json, "scores", i), 1e-4);
		ck_assert_double_eq_tol(cost[i], expected, 5e-4 * (expected + unit));
	}
	free(workspace);
	free(x);
	router_free(router);
}

static void expect_run(const char *name)
{
	struct world *world = a_world(name);
	struct phase phase;
	ck_assert_int_eq(mlp_learner.init(&world->plan, &world->state), 0);
	expect_state(world, "initial", 1e-6);
	while (mlp_learner.next(&world->plan, &world->state, &phase) == LEARNER_E_OK)
		run_phase(world, &phase);
	expect_scaler(world);
	expect_state(world, "final", 3e-4);
	expect_estimates(world);
	end_world(world);
}

START_TEST(two_rounds_from_rows_to_router_agree_with_numpy)
{
	expect_run("default");
}
END_TEST

START_TEST(so_do_two_rounds_as_published)
{
	expect_run("paper");
}
END_TEST

SUITE_MAIN("MLP against numpy", loss_gradient_and_three_clipped_steps_agree_with_numpy,
	   so_do_those_of_a_full_batch_with_dropout, two_rounds_from_rows_to_router_agree_with_numpy,
	   so_do_two_rounds_as_published)
