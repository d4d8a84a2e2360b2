/* test_client_store_snapshot.c: what learners see of a store is what they see of its logs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/client_store.h"
#include "common/learn/learners.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

#define LOG ROW("q1", "a", 1, 0.5) ROW("q1", "b", 0, 0.25) ROW("q2", "b", 0.5, 0.25)

enum { QUERIES = 60 };

/* Some hundred rows of three models, one of them without a cost where the id is odd, in no order of ids. What
 * a row says depends on query and model alone. */
static char *many(size_t from, size_t to)
{
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	for (size_t i = from; i < to; i++) {
		size_t id = i * 37 % QUERIES, m = i / 7 % 3;
		fprintf(stream,
			"{\"id\":\"q%zu\",\"query\":\"number %zu about %c\","
			"\"task\":\"t%zu\",\"model\":\"m%zu\","
			"\"score\":%.3f",
			id, id, (char)('a' + id % 7), id % 4, m, (double)((7 * id + m) % 11) / 10.0);
		if (m == 1 && id % 2 == 1)
			fprintf(stream, "}\n");
		else
			fprintf(stream, ",\"cost\":%.6f}\n", 0.001 * (double)(1 + (id + m) % 5));
	}
	fclose(stream);
	return text;
}

/* The words that a learner would send of these rows. */
static uint64_t *contribution(const char *name, const struct dataset *data,
			      const struct encoder_identity *encoder, size_t *n)
{
	static const char *const clients[] = { "client-00" };
	const struct learner *learner = learners_find(name);
	struct plan plan = { .learner = name,
			     .seed = 7,
			     .n_clients = 1,
			     .clients = clients,
			     .rounds = 1,
			     .participation = 1,
			     .quorum = 1,
			     .encoder = encoder,
			     .n_models = data->n_models,
			     .models = data->models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = 1 };
	struct state state = { 0 };
	struct phase phase = { 0 };
	struct answer answer = { 0 };
	settings_init(&plan.settings, learner->settings);
	ck_assert_int_eq(learner->init(&plan, &state), 0);
	ck_assert_int_eq(learner->next(&plan, &state, &phase), 0);
	ck_assert_int_eq(phase.kind, PHASE_SUMS);
	ck_assert_int_eq(learner->contribute(&plan, &phase, &state, data, "client-00", &answer), 0);
	*n = phase.lanes.words;
	uint64_t *words = answer.words;
	answer.words = NULL;
	answer_deinit(&answer);
	state_deinit(&state);
	return words;
}

static void expect_same_sums(const char *learner, const struct log *log,
			     const struct client_snapshot *snapshot)
{
	size_t n, m;
	uint64_t *of_log = contribution(learner, log_data(log), log_encoder(log), &n);
	uint64_t *of_store = contribution(learner, &snapshot->data, &snapshot->encoder, &m);
	ck_assert_uint_eq(n, m);
	ck_assert_int_eq(memcmp(of_log, of_store, n * sizeof(*of_log)), 0);
	free(of_log);
	free(of_store);
}

static void expect_same_data(const struct dataset *a, const struct dataset *b)
{
	ck_assert(a->n_rows == b->n_rows && a->n_models == b->n_models && a->dimension == b->dimension);
	for (size_t m = 0; m < a->n_models; m++)
		ck_assert_str_eq(a->models[m], b->models[m]);
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct observation *r = &a->rows[i], *s = &b->rows[i];
		ck_assert_str_eq(a->queries[r->query].id, b->queries[s->query].id);
		ck_assert_str_eq(a->queries[r->query].task, b->queries[s->query].task);
		ck_assert_uint_eq(r->model, s->model);
		ck_assert_int_eq(memcmp(&r->score, &s->score, sizeof(double)), 0);
		ck_assert((isnan(r->cost) && isnan(s->cost)) || r->cost == s->cost);
		ck_assert(isnan(r->propensity) && isnan(s->propensity));
		ck_assert_int_eq(memcmp(dataset_x(a, i), dataset_x(b, i), a->dimension * sizeof(float)), 0);
	}
}

START_TEST(a_store_gives_the_dataset_of_its_log)
{
	struct client_store *store = store_open();
	char *text = many(0, 200);
	struct log *log = store_log(text, "hash:32");
	store_import(store, text);
	struct client_want want = { .part = CLIENT_ALL,
				    .models = log_data(log)->models,
				    .n_models = log_data(log)->n_models };
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	expect_same_data(log_data(log), &snapshot.data);
	expect_same_sums("static", log, &snapshot);
	expect_same_sums("ridge", log, &snapshot);
	client_snapshot_deinit(&snapshot);
	log_free(log);
	free(text);
	client_store_close(store);
}
END_TEST

START_TEST(it_does_not_matter_in_how_many_imports_the_rows_came)
{
	struct client_store *store = store_open();
	char *parts[] = { many(90, 200), many(0, 90), many(40, 60) }, *text = many(0, 200);
	struct log *log = store_log(text, "hash:32");
	for (size_t i = 0; i < 3; i++)
		store_import(store, parts[i]);
	struct client_want want = { .part = CLIENT_ALL,
				    .models = log_data(log)->models,
				    .n_models = log_data(log)->n_models };
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	expect_same_sums("ridge", log, &snapshot);
	client_snapshot_deinit(&snapshot);
	log_free(log);
	free(text);
	for (size_t i = 0; i < 3; i++)
		free(parts[i]);
	client_store_close(store);
}
END_TEST

START_TEST(a_snapshot_does_not_change_while_imports_go_on)
{
	struct client_store *store = store_open(), *other = store_open();
	store_import(store, LOG);
	struct client_snapshot before = store_all(store), again = store_all(store);
	store_import(other, ROW("q1", "a", 0, 0.5) ROW("q0", "c", 1, 1) ROW("q0", "a", 1, 1));
	expect_same_data(&before.data, &again.data);
	ck_assert(before.data.n_rows == 3 && before.data.rows[0].score == 1);
	struct client_snapshot after = store_all(store);
	ck_assert(after.data.n_rows == 5 && after.data.n_models == 3);
	client_snapshot_deinit(&before);
	client_snapshot_deinit(&again);
	client_snapshot_deinit(&after);
	client_store_close(store);
	client_store_close(other);
}
END_TEST

START_TEST(rows_of_models_outside_the_plan_are_counted_by_name)
{
	static const char *const models[] = { "a", "never-seen" };
	struct client_store *store = store_open();
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	store_import(store, LOG);
	struct client_want want = { .part = CLIENT_ALL, .models = models, .n_models = 2 };
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	ck_assert(snapshot.data.n_models == 2 && snapshot.data.n_rows == 1);
	ck_assert(snapshot.rows_outside == 2 && snapshot.outside.n == 1);
	ck_assert_str_eq(snapshot.outside.items[0].name, "b");
	ck_assert_uint_eq(snapshot.outside.items[0].rows, 2);
	client_snapshot_deinit(&snapshot);
	client_store_close(store);
}
END_TEST

START_TEST(local_names_become_canonical_and_two_of_them_are_united)
{
	static const struct client_name items[] = { { "a", "large" }, { "b", "large" } };
	static const struct client_names names = { 2, items };
	struct client_store *store = store_open();
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	struct client_models models;
	store_import(store, LOG ROW("q2", "c", 1, 1));
	struct client_want want = { .part = CLIENT_ALL, .names = &names };
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	ck_assert(snapshot.data.n_models == 2 && snapshot.data.n_rows == 3 && snapshot.rows_united == 1);
	ck_assert_str_eq(snapshot.data.models[0], "c");
	ck_assert_str_eq(snapshot.data.models[1], "large");
	ck_assert(snapshot.data.rows[0].score == 0); /* q1: that of b, the last name */
	ck_assert(snapshot.data.rows[1].model == 0 && snapshot.data.rows[2].model == 1);
	ck_assert_int_eq(client_store_models(store, &names, &models), 0);
	ck_assert(models.n == 2 && models.rows == 4 && models.items[1].rows == 3);
	ck_assert_str_eq(models.items[1].name, "large");
	client_models_deinit(&models);
	client_snapshot_deinit(&snapshot);
	client_store_close(store);
}
END_TEST

START_TEST(a_model_without_any_score_or_cost_is_left_out_of_the_own_list)
{
	struct client_store *store = store_open();
	store_import(store, LOG "{\"id\":\"q1\",\"query\":\"text of q1\",\"model\":\"z\",\"score\":1}\n");
	struct client_snapshot all = store_all(store);
	ck_assert(all.data.n_models == 2 && all.data.n_rows == 3 && all.rows_outside == 1);
	client_snapshot_deinit(&all);
	client_store_close(store);
}
END_TEST

START_TEST(held_out_rows_and_the_others_are_all_rows)
{
	struct client_store *store = store_open();
	char *text = many(0, 200);
	struct findings findings = { 0 };
	struct client_snapshot parts[3];
	store_import(store, text);
	for (int part = 0; part < 3; part++) {
		struct client_want want = { .part = (enum client_part)part, .held_out = 0.3 };
		ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &parts[part]), 0);
	}
	size_t training = parts[CLIENT_TRAINING].data.n_rows, held = parts[CLIENT_HELD_OUT].data.n_rows;
	ck_assert(held > 0 && training > held);
	ck_assert_uint_eq(training + held, parts[CLIENT_ALL].data.n_rows);
	for (size_t i = 0; i < held; i++) {
		const struct dataset *data = &parts[CLIENT_HELD_OUT].data;
		bool is_held;
		ck_assert_int_eq(client_store_held_out(data->queries[data->rows[i].query].id, 0.3, &is_held),
				 0);
		ck_assert(is_held);
	}
	for (int part = 0; part < 3; part++)
		client_snapshot_deinit(&parts[part]);
	free(text);
	client_store_close(store);
}
END_TEST

/* int.from_bytes(hashlib.sha256(b'held-outq1').digest()[:8], 'big') / 2**64 */
#define HELD_Q1 0.874815

START_TEST(who_is_held_out_is_decided_by_the_digest_of_the_id)
{
	bool is_held;
	ck_assert_int_eq(client_store_held_out("q1", HELD_Q1 + 0.0001, &is_held), 0);
	ck_assert(is_held);
	ck_assert_int_eq(client_store_held_out("q1", HELD_Q1 - 0.0001, &is_held), 0);
	ck_assert(!is_held);
	ck_assert_int_eq(client_store_held_out("q1", 0, &is_held), 0);
	ck_assert(!is_held);
	ck_assert_int_eq(client_store_held_out("q1", 1, &is_held), 0);
	ck_assert(is_held);
}
END_TEST

START_TEST(an_empty_store_has_no_rows_and_the_encoder_that_is_wanted)
{
	static const char *const models[] = { "a", "b" };
	struct client_store *store = store_open();
	struct encoder_identity hash = { 0 };
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	size_t n;
	ck_assert_int_eq(hash_identity(32, &hash), 0);
	struct client_want want = { .models = models, .n_models = 2, .encoder = &hash };
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	ck_assert(snapshot.data.n_rows == 0 && snapshot.data.dimension == 32);
	free(contribution("ridge", &snapshot.data, &snapshot.encoder, &n));
	client_snapshot_deinit(&snapshot);
	encoder_identity_deinit(&hash);
	client_store_close(store);
}
END_TEST

START_TEST(another_encoder_than_the_wanted_one_is_refused)
{
	struct client_store *store = store_open();
	struct encoder_identity given = { 0 };
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	store_import(store, LOG);
	ck_assert_int_eq(encoder_identity_given("mine", 32, &given), 0);
	struct client_want want = { .encoder = &given };
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), CLIENT_STORE_E_ENCODER);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "mine"));
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "hash"));
	findings_deinit(&findings);
	encoder_identity_deinit(&given);
	client_store_close(store);
}
END_TEST

SUITE_MAIN("client_store_snapshot", a_store_gives_the_dataset_of_its_log,
	   it_does_not_matter_in_how_many_imports_the_rows_came,
	   a_snapshot_does_not_change_while_imports_go_on,
	   rows_of_models_outside_the_plan_are_counted_by_name,
	   local_names_become_canonical_and_two_of_them_are_united,
	   a_model_without_any_score_or_cost_is_left_out_of_the_own_list,
	   held_out_rows_and_the_others_are_all_rows, who_is_held_out_is_decided_by_the_digest_of_the_id,
	   an_empty_store_has_no_rows_and_the_encoder_that_is_wanted,
	   another_encoder_than_the_wanted_one_is_refused)
