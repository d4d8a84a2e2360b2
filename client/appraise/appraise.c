/* appraise.c: train here, judge all alike.                                              (kind: conductor) */
#include "client/appraise/appraise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/drive/drive.h"
#include "common/evaluate/off_policy.h"
#include "common/evaluate/predictions.h"
#include "common/learn/learners.h"

enum { SEED = 100 };

static const char *const local_client[] = { "local" };
static const struct interval no_interval = { (double)NAN, (double)NAN };

static void test_deinit(struct appraise_test *test)
{
	for (size_t i = 0; i < APPRAISE_ROUTERS; i++)
		judged_deinit(&test->results[i].judged);
	controls_deinit(&test->controls);
	test_table_deinit(&test->table);
}

void appraisal_deinit(struct appraisal *appraisal)
{
	for (size_t i = 0; i < appraisal->n_routers; i++)
		router_free(appraisal->routers[i].owned);
	test_deinit(&appraisal->observed);
	test_deinit(&appraisal->robust);
	client_snapshot_deinit(&appraisal->own);
	*appraisal = (struct appraisal){ 0 };
}

/* --- rows --- */

struct split {
	struct dataset training, held;
};

static void split_deinit(struct split *split)
{
	dataset_deinit(&split->training);
	dataset_deinit(&split->held);
}

static int split_rows(const struct appraise_task *task, struct appraisal *appraisal, struct split *split)
{
	const struct dataset *own = &appraisal->own.data;
	bool is_held = false;
	TRY(dataset_like(own, own->n_rows, &split->training));
	TRY(dataset_like(own, own->n_rows, &split->held));
	for (size_t i = 0; i < own->n_rows; i++) {
		bool is_first = i == 0 || own->rows[i].query != own->rows[i - 1].query;
		if (is_first)
			TRY(client_store_held_out(own->queries[own->rows[i].query].id, task->held_out,
						  &is_held));
		struct dataset *part = is_held ? &split->held : &split->training;
		part->rows[part->n_rows++] = own->rows[i];
		appraisal->held_out_queries += is_first && is_held;
	}
	appraisal->training_rows = split->training.n_rows;
	appraisal->held_out_rows = split->held.n_rows;
	return 0;
}

/* Rows of the federated router's models, or of all that are here. */
static int open_rows(const struct appraise_task *task, struct findings *findings, struct appraisal *appraisal)
{
	const struct router *router = task->federated ? task->federated->router : NULL;
	struct client_want want = { .names = task->names,
				    .models = router ? (const char *const *)router->models : NULL,
				    .n_models = router ? router->n_models : 0,
				    .encoder = router ? &router->encoder : NULL,
				    .part = CLIENT_ALL };
	int r = client_store_snapshot(task->store, &want, findings, &appraisal->own);
	if (r == CLIENT_STORE_E_ENCODER)
		return APPRAISE_E_ENCODER;
	return r > 0 ? APPRAISE_E_BAD : r;
}

static int judge_rows(const struct appraise_task *task, const struct appraisal *appraisal,
		      struct findings *findings)
{
	if (appraisal->training_rows > 0 && appraisal->held_out_rows > 0)
		return APPRAISE_E_OK;
	findings_add(
		findings, NULL, 0, "too few rows to evaluate",
		"%zu to train on and %zu held out (share %g), of models that the router has: import more, or "
		"change the share by --held-out",
		appraisal->training_rows, appraisal->held_out_rows, task->held_out);
	return APPRAISE_E_BAD;
}

/* --- routers --- */

static int train(const struct appraise_task *task, const char *name, const struct appraisal *appraisal,
		 const struct dataset *rows, struct router **out)
{
	const struct learner *learner = learners_find(name);
	struct plan plan = { .learner = learner->name,
			     .seed = SEED,
			     .n_clients = 1,
			     .clients = local_client,
			     .rounds = 1,
			     .participation = 1.0,
			     .quorum = 1.0,
			     .encoder = &appraisal->own.encoder,
			     .n_models = rows->n_models,
			     .models = rows->models,
			     .limit_rows = rows->n_rows > PLAN_ROWS ? rows->n_rows : PLAN_ROWS,
			     .limit_cohort = 1 };
	cleanup(memory_cohort_deinit) struct memory_cohort cohort;
	settings_init(&plan.settings, learner->settings);
	if (learner->local)
		learner->local(&plan);
	memory_cohort_init(&cohort, rows, task->threads);
	return drive_run(learner, &plan, &cohort.cohort, task->threads, NULL, out, NULL);
}

static int add_local(const struct appraise_task *task, const char *learner, const struct dataset *rows,
		     struct appraisal *appraisal)
{
	struct digest digest;
	struct appraise_router *router = &appraisal->routers[appraisal->n_routers];
	*router = (struct appraise_router){ .learner = learner,
					    .scope = "local",
					    .baseline = APPRAISE_LOCAL_STATIC };
	TRY(train(task, learner, appraisal, rows, &router->owned));
	appraisal->n_routers++;
	router->router = router->owned;
	TRY(router_digest(router->router, &digest));
	digest_hex(&digest, router->digest);
	return 0;
}

static void add_federated(const struct decide_router *opened, size_t baseline, struct appraisal *appraisal)
{
	struct appraise_router *router = &appraisal->routers[appraisal->n_routers++];
	*router = (struct appraise_router){ .learner = opened->router->predictor->learner,
					    .scope = "federated",
					    .version = opened->entry.version,
					    .router = opened->router,
					    .baseline = baseline };
	memcpy(router->digest, opened->digest, sizeof(router->digest));
}

static bool has_same_models(const struct router *a, const struct router *b)
{
	if (a->n_models != b->n_models)
		return false;
	for (size_t m = 0; m < a->n_models; m++)
		if (strcmp(a->models[m], b->models[m]) != 0)
			return false;
	return true;
}

static int gather_routers(const struct appraise_task *task, const struct dataset *rows,
			  struct appraisal *appraisal)
{
	const struct decide_router *federated = task->federated, *baseline = task->baseline;
	TRY(add_local(task, "static", rows, appraisal));
	TRY(add_local(task, "ridge", rows, appraisal));
	if (!federated)
		return 0;
	size_t static_learner = APPRAISE_LOCAL_STATIC;
	bool is_static = strcmp(federated->router->predictor->learner, "static") == 0;
	if (baseline && !is_static && has_same_models(federated->router, baseline->router) &&
	    encoder_identity_matches(&federated->router->encoder, &baseline->router->encoder, NULL, 0)) {
		static_learner = appraisal->n_routers;
		add_federated(baseline, static_learner, appraisal);
	}
	add_federated(federated, is_static ? appraisal->n_routers : static_learner, appraisal);
	return 0;
}

/* --- judging --- */

static int estimate(const struct router *router, const struct dataset *data, const struct test_table *table,
		    struct estimates *out)
{
	size_t cells = table->n * table->n_models + 1;
	*out = (struct estimates){ .score = malloc(cells * sizeof(double)),
				   .cost = malloc(cells * sizeof(double)),
				   .routable = router->routable };
	TRY_ALLOC(out->score);
	TRY_ALLOC(out->cost);
	return predictions_make(router, data, table->query, table->n, out->score, out->cost);
}

/* How much more than the local ridge: the same resamples, with that one as the baseline. */
static int compare_with_local(const struct appraise_task *task, const struct appraisal *appraisal,
			      const struct judged *const *judged, struct appraise_test *test)
{
	size_t baseline[APPRAISE_ROUTERS], n = appraisal->n_routers;
	struct gains gains[APPRAISE_ROUTERS];
	for (size_t i = 0; i < n; i++)
		baseline[i] = strcmp(appraisal->routers[i].scope, "local") == 0 ? n : APPRAISE_LOCAL_RIDGE;
	TRY(bootstrap_gains(&test->table, judged, n, baseline, SEED, task->threads, gains));
	for (size_t i = 0; i < n; i++) {
		bool is_local = baseline[i] == n;
		test->results[i].over_local = is_local ? (double)NAN : gains[i].lift;
		test->results[i].over_local_interval = is_local ? no_interval : gains[i].lift_interval;
	}
	return 0;
}

static int judge(const struct appraise_task *task, const struct appraisal *appraisal,
		 struct appraise_test *test)
{
	const struct judged *judged[APPRAISE_ROUTERS];
	size_t baseline[APPRAISE_ROUTERS], n = appraisal->n_routers;
	struct gains gains[APPRAISE_ROUTERS];
	if (test->table.n == 0)
		return 0;
	TRY(controls_new(&test->table, &test->controls));
	for (size_t i = 0; i < n; i++) {
		cleanup(estimates_deinit) struct estimates estimates = { 0 };
		TRY(estimate(appraisal->routers[i].router, &appraisal->own.data, &test->table, &estimates));
		TRY(evaluate_router(&test->table, &estimates, &test->results[i].judged));
		judged[i] = &test->results[i].judged;
		baseline[i] = appraisal->routers[i].baseline == i ? n : appraisal->routers[i].baseline;
	}
	TRY(bootstrap_gains(&test->table, judged, n, baseline, SEED, task->threads, gains));
	for (size_t i = 0; i < n; i++)
		test->results[i].gains = gains[i];
	return compare_with_local(task, appraisal, judged, test);
}

/* A model with too few rows here has no estimates that say anything: its values stay unknown. */
static void forget_unknown(const struct router *ridge, struct test_table *table)
{
	for (size_t cell = 0; cell < table->n * table->n_models; cell++)
		if (!ridge->routable[cell % table->n_models])
			table->score[cell] = table->cost[cell] = (double)NAN;
}

/* Values of all models for all held-out queries, by the local ridge's estimates. */
static int value_all(const struct appraisal *appraisal, const struct dataset *held, struct test_table *out)
{
	const struct router *ridge = appraisal->routers[APPRAISE_LOCAL_RIDGE].router;
	size_t n = held->n_rows, cells = n * held->n_models + 1;
	cleanup(off_policy_log_deinit) struct off_policy_log log = { 0 };
	cleanup(free_pointer) uint32_t *queries = calloc(n + 1, sizeof(*queries));
	cleanup(free_pointer) double *score = malloc(cells * sizeof(*score));
	cleanup(free_pointer) double *cost = malloc(cells * sizeof(*cost));
	TRY_ALLOC(queries && score && cost);
	for (size_t i = 0; i < n; i++)
		queries[i] = held->rows[i].query;
	TRY(predictions_make(ridge, held, queries, n, score, cost));
	TRY(off_policy_log_new(held, score, cost, &log));
	TRY(off_policy_table(&log, out));
	forget_unknown(ridge, out);
	return 0;
}

static int judge_all(const struct appraise_task *task, const struct dataset *held,
		     struct appraisal *appraisal)
{
	cleanup(test_table_deinit) struct test_table all = { 0 };
	TRY(test_table_new(held, &all));
	TRY(test_table_comparable(&all, &appraisal->observed.table));
	if (appraisal->observed.table.n < all.n)
		TRY(value_all(appraisal, held, &appraisal->robust.table));
	TRY(judge(task, appraisal, &appraisal->observed));
	return judge(task, appraisal, &appraisal->robust);
}

int appraise(const struct appraise_task *task, struct findings *findings, struct appraisal *out)
{
	cleanup(appraisal_deinit) struct appraisal appraisal = { 0 };
	cleanup(split_deinit) struct split split = { 0 };
	int r = open_rows(task, findings, &appraisal);
	if (r != APPRAISE_E_OK)
		return r;
	TRY(split_rows(task, &appraisal, &split));
	r = judge_rows(task, &appraisal, findings);
	if (r != APPRAISE_E_OK)
		return r;
	TRY(gather_routers(task, &split.training, &appraisal));
	TRY(judge_all(task, &split.held, &appraisal));
	*out = appraisal;
	appraisal = (struct appraisal){ 0 };
	return APPRAISE_E_OK;
}
