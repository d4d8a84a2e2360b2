/* test_listing.c: the store's rows come out as the JSON that scripts read. */
#include "server/listing/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static struct store *opened(void)
{
	struct findings findings = { 0 };
	struct store *store = NULL;
	const char *dir = scratch_path("store");
	(void)mkdir(dir, 0700);
	ck_assert_int_eq(store_open(dir, &findings, &store), 0);
	findings_deinit(&findings);
	return store;
}

static void put_run(struct store *store, const char *id, enum store_run_state state)
{
	char plan[] = "version: 1\n", encoder[] = "";
	struct store_run run = { .state = state,
				 .learner = "mlp",
				 .plan = plan,
				 .encoder = encoder,
				 .phase = 2,
				 .phases = 2,
				 .clients = 3,
				 .created = 1700000000 };
	snprintf(run.id, sizeof(run.id), "%s", id);
	ck_assert_int_eq(store_run_put(store, &run), 0);
}

static void open_phase(struct store *store, const char *id)
{
	struct store_run run = { 0 };
	char cohort[] = "client-00\nclient-02";
	struct store_phase phase = { .number = 2, .open = true, .cohort = cohort, .deadline = 1700000100 };
	struct store_submission submission = { .client = "client-02", .phase = 2 };
	ck_assert_int_eq(store_run_get(store, id, &run), 0);
	snprintf(phase.run, sizeof(phase.run), "%s", id);
	ck_assert_int_eq(store_phase_turn(store, &run, NULL, &phase), 0);
	store_run_deinit(&run);
	snprintf(submission.run, sizeof(submission.run), "%s", id);
	ck_assert_int_eq(store_submission_put(store, &submission), 0);
}

/* The list is as `expected`, which is written with single quotes. */
static void check(json_t *json, const char *expected)
{
	char *quoted = strdup(expected);
	for (char *at = quoted; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	char *text = json_dumps(json, JSON_PRESERVE_ORDER);
	ck_assert_str_eq(text, quoted);
	free(text);
	free(quoted);
	json_decref(json);
}

START_TEST(an_empty_store_lists_nothing)
{
	json_t *json;
	struct store *store = opened();
	ck_assert_int_eq(listing_runs(store, NULL, &json), 0);
	check(json, "{'runs': []}");
	ck_assert_int_eq(listing_clients(store, &json), 0);
	check(json, "{'clients': []}");
	ck_assert_int_eq(listing_models(store, &json), 0);
	check(json, "{'models': []}");
	store_close(store);
}
END_TEST

START_TEST(runs_come_newest_first_with_what_their_open_phase_has)
{
	json_t *json;
	struct store *store = opened();
	put_run(store, "mlp-1", STORE_WAITING);
	put_run(store, "mlp-2", STORE_COLLECTING);
	open_phase(store, "mlp-2");
	ck_assert_int_eq(listing_runs(store, NULL, &json), 0);
	check(json,
	      "{'runs': [{'run': 'mlp-2', 'learner': 'mlp', 'state': 'collecting', 'phase': 2, 'phases': 2, "
	      "'clients': 3, 'artefact': null, 'asked': 2, 'accepted': 1, "
	      "'deadline': '2023-11-14T22:15:00Z', 'reason': '', 'text': '', "
	      "'created': '2023-11-14T22:13:20Z', 'ended': null}, "
	      "{'run': 'mlp-1', 'learner': 'mlp', 'state': 'waiting', 'phase': 2, 'phases': 2, "
	      "'clients': 3, 'artefact': null, 'asked': null, 'accepted': null, 'deadline': null, "
	      "'reason': '', 'text': '', 'created': '2023-11-14T22:13:20Z', 'ended': null}]}");
	store_close(store);
}
END_TEST

START_TEST(one_run_is_found_by_its_name_or_not_at_all)
{
	json_t *json;
	struct store *store = opened();
	put_run(store, "mlp-1", STORE_WAITING);
	put_run(store, "mlp-2", STORE_WAITING);
	ck_assert_int_eq(listing_runs(store, "mlp-1", &json), 0);
	const json_t *runs = json_object_get(json, "runs");
	ck_assert_uint_eq(json_array_size(runs), 1);
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(runs, 0), "run")), "mlp-1");
	json_decref(json);
	ck_assert_int_eq(listing_runs(store, "mlp-3", &json), LISTING_E_NONE);
	store_close(store);
}
END_TEST

START_TEST(clients_come_by_name_with_what_they_reported)
{
	json_t *json;
	struct store *store = opened();
	const struct store_client clients[] = {
		{ .name = "beta", .state = STORE_INVITED, .token = "aa", .token_expires = 1700000000 },
		{ .name = "alpha",
		  .state = STORE_ENROLLED,
		  .token = "bb",
		  .token_expires = 1700000000,
		  .certificate_expires = 1700000060,
		  .last_seen = 1700000001,
		  .rows = 12,
		  .unknown_models = 1,
		  .program = "0.1.0" },
		{ .name = "gamma", .state = STORE_REVOKED },
	};
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
		ck_assert_int_eq(store_client_put(store, &clients[i]), 0);
	ck_assert_int_eq(listing_clients(store, &json), 0);
	check(json,
	      "{'clients': [{'name': 'alpha', 'state': 'enrolled', 'last_seen': '2023-11-14T22:13:21Z', "
	      "'rows': 12, 'unknown_models': 1, 'program': '0.1.0', 'certificate_expires': "
	      "'2023-11-14T22:14:20Z', 'invitation_expires': null}, "
	      "{'name': 'beta', 'state': 'invited', 'last_seen': null, 'rows': 0, 'unknown_models': 0, "
	      "'program': '', 'certificate_expires': null, 'invitation_expires': "
	      "'2023-11-14T22:13:20Z'}, "
	      "{'name': 'gamma', 'state': 'revoked', 'last_seen': null, 'rows': 0, 'unknown_models': 0, "
	      "'program': '', 'certificate_expires': null, 'invitation_expires': null}]}");
	store_close(store);
}
END_TEST

START_TEST(models_come_oldest_first_and_the_newest_of_a_learner_is_current)
{
	json_t *json;
	struct store *store = opened();
	for (int i = 0; i < 2; i++) {
		char empty[] = "";
		struct store_run run = { .id = "mlp-1", .learner = "mlp", .plan = empty, .encoder = empty };
		struct store_artefact artefact = { .learner = "mlp",
						   .digest = "d1",
						   .run = "mlp-1",
						   .state = STORE_CURRENT,
						   .file = { "f1", 99 },
						   .created = 1700000000,
						   .phases = 6,
						   .participants = 10 };
		ck_assert_int_eq(store_artefact_put(store, &run, &artefact), 0);
	}
	ck_assert_int_eq(listing_models(store, &json), 0);
	const char *expected = "'learner': 'mlp', 'digest': 'd1', 'run': 'mlp-1', 'state': '%s', "
			       "'sha256': 'f1', 'bytes': 99, 'created': '2023-11-14T22:13:20Z', "
			       "'phases': 6, 'participants': 10}";
	char row[2][512], all[1200];
	snprintf(row[0], sizeof(row[0]), expected, "retired");
	snprintf(row[1], sizeof(row[1]), expected, "current");
	snprintf(all, sizeof(all), "{'models': [{'version': 1, %s, {'version': 2, %s]}", row[0], row[1]);
	check(json, all);
	store_close(store);
}
END_TEST

SUITE_MAIN("server/listing", an_empty_store_lists_nothing,
	   runs_come_newest_first_with_what_their_open_phase_has, one_run_is_found_by_its_name_or_not_at_all,
	   clients_come_by_name_with_what_they_reported,
	   models_come_oldest_first_and_the_newest_of_a_learner_is_current)
