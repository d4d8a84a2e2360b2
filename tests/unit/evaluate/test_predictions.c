/* test_predictions.c: estimates for many queries: batches are those of one query at a time. */
#include "common/evaluate/predictions.h"

#include <stdlib.h>

#include "common/drive/drive.h"
#include "common/learn/learners.h"
#include "common/numerics/rng.h"
#include "tests/support/suite.h"

enum { MODELS = 3, DIMENSION = 8, QUERIES = 700 };

static const char *const models[MODELS] = { "large", "middle", "small" };
static const char *const clients[] = { "client-00" };
static const struct encoder_identity encoder = { .name = "given",
						 .dimension = DIMENSION,
						 .normalization = "l2" };
static float embeddings[QUERIES * DIMENSION];
static struct observation rows[QUERIES];

static struct dataset draw(void)
{
	struct rng rng;
	rng_init(&rng, 3, 0);
	for (uint32_t q = 0; q < QUERIES; q++) {
		for (size_t i = 0; i < DIMENSION; i++)
			embeddings[q * DIMENSION + i] = (float)rng_normal(&rng);
		embed_normalize(embeddings + q * DIMENSION, DIMENSION);
		rows[q] = (struct observation){ q, q % MODELS, rng_uniform(&rng), rng_uniform(&rng), NAN };
	}
	return (struct dataset){ .n_models = MODELS,
				 .models = models,
				 .n_queries = QUERIES,
				 .dimension = DIMENSION,
				 .embeddings = embeddings,
				 .n_rows = QUERIES,
				 .rows = rows };
}

static struct router *learn(const struct learner *learner, const struct dataset *data)
{
	struct plan plan = { .learner = learner->name,
			     .n_clients = 1,
			     .clients = clients,
			     .rounds = 1,
			     .participation = 1.0,
			     .encoder = &encoder,
			     .n_models = MODELS,
			     .models = models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = 1 };
	struct memory_cohort cohort;
	struct router *router;
	settings_init(&plan.settings, learner->settings);
	memory_cohort_init(&cohort, data, 1);
	ck_assert_int_eq(drive_run(learner, &plan, &cohort.cohort, 1, NULL, &router, NULL), DRIVE_E_OK);
	memory_cohort_deinit(&cohort);
	return router;
}

START_TEST(many_queries_at_once_are_estimated_as_each_alone)
{
	struct dataset data = draw();
	uint32_t queries[QUERIES];
	double *score = calloc(4 * QUERIES * MODELS, sizeof(*score)), *cost = score + QUERIES * MODELS;
	double *one_score = cost + QUERIES * MODELS, *one_cost = one_score + QUERIES * MODELS;
	for (uint32_t i = 0; i < QUERIES; i++)
		queries[i] = QUERIES - 1 - i;
	for (size_t l = 0; learners[l]; l++) {
		struct router *router = learn(learners[l], &data);
		ck_assert_int_eq(predictions_make(router, &data, queries, QUERIES, score, cost), 0);
		for (size_t i = 0; i < QUERIES; i++)
			ck_assert_int_eq(predictions_make(router, &data, queries + i, 1,
							  one_score + i * MODELS, one_cost + i * MODELS),
					 0);
		for (size_t cell = 0; cell < QUERIES * MODELS; cell++) {
			ck_assert_double_eq_tol(score[cell], one_score[cell], 1e-6);
			ck_assert_double_eq_tol(cost[cell], one_cost[cell], 1e-6);
		}
		router_free(router);
	}
	free(score);
}
END_TEST

START_TEST(no_query_at_all_is_no_work)
{
	struct dataset data = draw();
	struct router *router = learn(learners_find("ridge"), &data);
	ck_assert_int_eq(predictions_make(router, &data, NULL, 0, NULL, NULL), 0);
	router_free(router);
}
END_TEST

SUITE_MAIN("Predictions", many_queries_at_once_are_estimated_as_each_alone, no_query_at_all_is_no_work)
