/* test_decide_router.c: which router is opened, and which is not believed. */
#include "client/decide/decide_router.h"

#include <stdlib.h>
#include <string.h>

#include "common/drive/drive.h"
#include "common/learn/learners.h"
#include "common/router/artefact.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

#define LOG ROW("q1", "a", 1, 0.5) ROW("q1", "b", 0, 0.25) ROW("q2", "b", 0.5, 0.25)

/* A static router of a small log, as a file. */
static const char *write_router(const char *name, const struct key *key)
{
	static const char *const clients[] = { "client-00" };
	struct log *log = store_log(LOG, "hash:32");
	struct plan plan = { .learner = "static",
			     .n_clients = 1,
			     .clients = clients,
			     .rounds = 1,
			     .participation = 1.0,
			     .encoder = log_encoder(log),
			     .n_models = 2,
			     .models = log_data(log)->models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = 1 };
	const struct learner *learner = learners_find("static");
	struct artefact_notes notes = { .run = "run-1" };
	struct memory_cohort cohort;
	struct router *router;
	const char *path = scratch_path(name);
	settings_init(&plan.settings, learner->settings);
	memory_cohort_init(&cohort, log_data(log), 1);
	ck_assert_int_eq(drive_run(learner, &plan, &cohort.cohort, 1, NULL, &router, NULL), DRIVE_E_OK);
	ck_assert_int_eq(artefact_write(router, &notes, key, path), 0);
	memory_cohort_deinit(&cohort);
	router_free(router);
	log_free(log);
	return path;
}

static void put(struct client_store *store, uint64_t version, const char *path)
{
	struct client_router router = { .version = version, .learner = "static" };
	ck_assert_int_eq(client_routers_put(store, &router, path), 0);
}

static void enrol(const struct key *key)
{
	char *pem;
	ck_assert_int_eq(key_public_pem(key, &pem), 0);
	scratch_text("artefact.pub", pem);
	free(pem);
}

/* The reason where it is refused. */
static void expect(struct client_store *store, const char *file, int result, const char *reason)
{
	struct decide_place place = { store, scratch_path("."), "static" };
	struct findings findings = { 0 };
	struct decide_router opened = { 0 };
	ck_assert_int_eq(decide_router_open(&place, file, &findings, &opened), result);
	if (reason)
		ck_assert_str_eq(findings.items[0].reason, reason);
	decide_router_deinit(&opened);
	findings_deinit(&findings);
}

START_TEST(before_anything_was_fetched_there_is_none)
{
	struct client_store *store = store_open();
	expect(store, NULL, DECIDE_ROUTER_E_NONE, NULL);
	expect(store, scratch_path("missing"), DECIDE_ROUTER_E_BAD, NULL);
	client_store_close(store);
}
END_TEST

START_TEST(a_client_that_has_not_enrolled_takes_any_good_file)
{
	struct client_store *store = store_open();
	expect(store, write_router("a", NULL), DECIDE_ROUTER_E_OK, NULL);
	client_store_close(store);
}
END_TEST

START_TEST(a_client_that_has_enrolled_takes_only_what_its_consortium_signed)
{
	struct client_store *store = store_open();
	struct key *key, *other;
	ck_assert_int_eq(key_generate(KEY_ED25519, &key), 0);
	ck_assert_int_eq(key_generate(KEY_ED25519, &other), 0);
	enrol(key);
	expect(store, write_router("a", NULL), DECIDE_ROUTER_E_BAD, "not a good artefact");
	expect(store, write_router("b", other), DECIDE_ROUTER_E_BAD, "not a good artefact");
	expect(store, write_router("c", key), DECIDE_ROUTER_E_OK, NULL);
	put(store, 1, write_router("d", other));
	expect(store, NULL, DECIDE_ROUTER_E_BAD, "not a good artefact");
	put(store, 2, write_router("e", key));
	expect(store, NULL, DECIDE_ROUTER_E_OK, NULL);
	key_free(key);
	key_free(other);
	client_store_close(store);
}
END_TEST

START_TEST(a_key_that_is_none_is_told)
{
	struct client_store *store = store_open();
	scratch_text("artefact.pub", "no key");
	expect(store, write_router("a", NULL), DECIDE_ROUTER_E_BAD, "not the consortium's key");
	client_store_close(store);
}
END_TEST

START_TEST(the_newest_of_a_learner_is_found_whatever_is_in_use)
{
	struct client_store *store = store_open();
	struct decide_place place = { store, scratch_path("."), "static" };
	struct findings findings = { 0 };
	struct decide_router opened = { 0 };
	put(store, 1, write_router("a", NULL));
	put(store, 2, write_router("b", NULL));
	ck_assert_int_eq(client_routers_use(store, 1), 0);
	ck_assert_int_eq(decide_router_newest(&place, "static", &findings, &opened), 0);
	ck_assert(opened.entry.version == 2 && opened.router->n_models == 2 && !opened.is_signed);
	ck_assert_uint_eq(strlen(opened.digest), 64);
	decide_router_deinit(&opened);
	ck_assert_int_eq(decide_router_newest(&place, "ridge", &findings, &opened), DECIDE_ROUTER_E_NONE);
	client_store_close(store);
}
END_TEST

SUITE_MAIN("decide_router", before_anything_was_fetched_there_is_none,
	   a_client_that_has_not_enrolled_takes_any_good_file,
	   a_client_that_has_enrolled_takes_only_what_its_consortium_signed, a_key_that_is_none_is_told,
	   the_newest_of_a_learner_is_found_whatever_is_in_use)
