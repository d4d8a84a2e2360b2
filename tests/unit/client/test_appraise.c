/* test_appraise.c: routers are judged on rows that they have not seen, each beside its static learner. */
#include "client/appraise/appraise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

enum { QUERIES = 400 };
#define SHARE 0.4

/* Questions about numbers are answered right by "maths", about words by "words", for the same cost; "cheap"
 * is right half the time. A query has the labels of `labels` models. */
static void fill(struct client_store *store, size_t labels)
{
	static const char *const models[] = { "cheap", "maths", "words" };
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	for (size_t q = 0; q < QUERIES; q++) {
		for (size_t i = 0; i < labels; i++) {
			size_t m = (q / 2 + i) % 3;
			bool is_maths = q % 2 == 0;
			double score = m == 0 ? (double)(q / 6 % 2) : m == 1 ? is_maths : !is_maths;
			fprintf(stream,
				"{\"id\":\"q%03zu\",\"query\":\"%s %zu\","
				"\"model\":\"%s\",\"score\":%g,\"cost\":%g}\n",
				q, is_maths ? "add the numbers" : "spell this word", q, models[m], score,
				m == 0 ? 0.001 : 0.01);
		}
	}
	fclose(stream);
	store_import(store, text);
	free(text);
}

static int run(const struct appraise_task *task, struct appraisal *out, const char *reason)
{
	struct findings findings = { 0 };
	int r = appraise(task, &findings, out);
	if (reason)
		ck_assert_str_eq(findings.items[0].reason, reason);
	findings_deinit(&findings);
	return r;
}

static struct appraise_task task_of(struct client_store *store)
{
	return (struct appraise_task){ .store = store, .held_out = SHARE, .threads = 1 };
}

START_TEST(a_ridge_learned_here_beats_the_static_learner_where_routing_pays)
{
	struct client_store *store = store_open();
	struct appraisal appraisal;
	fill(store, 3);
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	ck_assert(appraisal.n_routers == 2 && appraisal.robust.table.n == 0);
	ck_assert_uint_eq(appraisal.observed.table.n, appraisal.held_out_queries);
	ck_assert_uint_eq(appraisal.training_rows + appraisal.held_out_rows, 3 * QUERIES);
	const struct appraise_result *ridge = &appraisal.observed.results[APPRAISE_LOCAL_RIDGE];
	ck_assert(ridge->judged.max_accuracy > 0.95 && ridge->gains.lift > 0.1);
	ck_assert(ridge->gains.lift_interval.low > 0.0 && isnan(ridge->over_local));
	ck_assert(isnan(appraisal.observed.results[APPRAISE_LOCAL_STATIC].gains.lift));
	appraisal_deinit(&appraisal);
	client_store_close(store);
}
END_TEST

START_TEST(with_one_label_per_query_values_are_doubly_robust)
{
	struct client_store *store = store_open();
	struct appraisal appraisal;
	fill(store, 1);
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	ck_assert(appraisal.observed.table.n == 0);
	ck_assert_uint_eq(appraisal.robust.table.n, appraisal.held_out_queries);
	const struct single *maths = &appraisal.robust.controls.singles[1];
	ck_assert_double_eq_tol(maths->accuracy, 0.5, 0.1);
	ck_assert_double_eq_tol(maths->cost, 0.01, 0.001);
	const struct appraise_result *ridge = &appraisal.robust.results[APPRAISE_LOCAL_RIDGE];
	ck_assert_double_eq_tol(ridge->judged.max_accuracy, 1.0, 0.1);
	ck_assert(ridge->gains.lift_interval.low > 0.0);
	appraisal_deinit(&appraisal);
	client_store_close(store);
}
END_TEST

/* What a store learned stands for a consortium's router. */
static struct decide_router as_federated(const struct appraisal *learned, size_t which)
{
	struct decide_router federated = { .router = learned->routers[which].owned,
					   .entry = { .version = 7 + which } };
	memcpy(federated.digest, learned->routers[which].digest, sizeof(federated.digest));
	return federated;
}

START_TEST(a_federated_router_is_compared_with_its_static_learner_and_with_the_local_one)
{
	struct client_store *store = store_open();
	struct appraisal learned, appraisal;
	fill(store, 3);
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &learned, NULL), 0);
	struct decide_router baseline = as_federated(&learned, APPRAISE_LOCAL_STATIC),
			     federated = as_federated(&learned, APPRAISE_LOCAL_RIDGE);
	task.federated = &federated;
	task.baseline = &baseline;
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	ck_assert_uint_eq(appraisal.n_routers, 4);
	ck_assert(appraisal.routers[2].baseline == 2 && appraisal.routers[3].baseline == 2);
	ck_assert(appraisal.routers[3].version == 8);
	ck_assert_str_eq(appraisal.routers[3].digest, appraisal.routers[APPRAISE_LOCAL_RIDGE].digest);
	/* It is the local ridge: neither better nor worse, to the bit. */
	const struct appraise_result *last = &appraisal.observed.results[3];
	ck_assert(last->over_local == 0.0 && last->over_local_interval.low == 0.0);
	ck_assert(last->gains.lift == appraisal.observed.results[APPRAISE_LOCAL_RIDGE].gains.lift);
	appraisal_deinit(&appraisal);
	task.federated = &baseline; /* a static learner in question has no other one */
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	ck_assert(appraisal.n_routers == 3 && appraisal.routers[2].baseline == 2);
	appraisal_deinit(&appraisal);
	appraisal_deinit(&learned);
	client_store_close(store);
}
END_TEST

START_TEST(a_model_without_rows_here_has_no_value)
{
	struct client_store *store = store_open();
	struct appraisal appraisal;
	fill(store, 1);
	store_import(store, "{\"id\":\"q000\",\"query\":\"add the numbers 0\",\"model\":\"rare\",\"score\":1,"
			    "\"cost\":1}\n");
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	ck_assert_uint_eq(appraisal.own.data.n_models, 4);
	ck_assert_str_eq(appraisal.own.data.models[2], "rare");
	ck_assert(isnan(appraisal.robust.controls.singles[2].accuracy));
	appraisal_deinit(&appraisal);
	client_store_close(store);
}
END_TEST

START_TEST(too_few_rows_are_told)
{
	struct client_store *store = store_open();
	struct appraisal appraisal;
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &appraisal, "too few rows to evaluate"), APPRAISE_E_BAD);
	fill(store, 1);
	task.held_out = 0.0;
	ck_assert_int_eq(run(&task, &appraisal, "too few rows to evaluate"), APPRAISE_E_BAD);
	client_store_close(store);
}
END_TEST

START_TEST(a_router_of_another_encoder_is_refused)
{
	struct client_store *store = store_open();
	struct appraisal learned, appraisal;
	fill(store, 3);
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &learned, NULL), 0);
	struct decide_router federated = as_federated(&learned, APPRAISE_LOCAL_RIDGE);
	snprintf(federated.router->encoder.name, ENCODER_NAME, "another");
	task.federated = &federated;
	ck_assert_int_eq(run(&task, &appraisal, "another encoder's embeddings"), APPRAISE_E_ENCODER);
	appraisal_deinit(&learned);
	client_store_close(store);
}
END_TEST

START_TEST(a_person_reads_the_tables_and_sees_the_picture)
{
	struct client_store *store = store_open();
	struct appraisal appraisal;
	char *text = NULL;
	size_t n;
	fill(store, 3);
	struct appraise_task task = task_of(store);
	ck_assert_int_eq(run(&task, &appraisal, NULL), 0);
	FILE *out = open_memstream(&text, &n);
	appraise_print(&appraisal, out);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "local ridge is better than the static learner"));
	ck_assert_ptr_null(strstr(text, "doubly robust"));
	free(text);
	ck_assert_int_eq(appraise_plot(&appraisal, scratch_path("plot.svg")), 0);
	text = scratch_read(scratch_path("plot.svg"), &n);
	ck_assert_ptr_nonnull(strstr(text, "local ridge"));
	ck_assert_ptr_nonnull(strstr(text, "maths"));
	free(text);
	appraisal_deinit(&appraisal);
	client_store_close(store);
}
END_TEST

SUITE_MAIN("appraise", a_ridge_learned_here_beats_the_static_learner_where_routing_pays,
	   with_one_label_per_query_values_are_doubly_robust,
	   a_federated_router_is_compared_with_its_static_learner_and_with_the_local_one,
	   a_model_without_rows_here_has_no_value, too_few_rows_are_told,
	   a_router_of_another_encoder_is_refused, a_person_reads_the_tables_and_sees_the_picture)
