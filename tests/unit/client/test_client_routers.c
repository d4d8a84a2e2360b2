/* test_client_routers.c: which router is in use, and how to go back. */
#include "client/store/client_routers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

static void put(struct client_store *store, uint64_t version, const char *learner)
{
	struct client_router router = { .version = version, .bytes = 3 };
	snprintf(router.learner, sizeof(router.learner), "%s", learner);
	snprintf(router.digest, sizeof(router.digest), "digest");
	ck_assert_int_eq(client_routers_put(store, &router, scratch_text("fetched", "abc")), 0);
}

/* ridge 1, mlp 2, ridge 3, ridge 4 */
static struct client_store *open_filled(void)
{
	struct client_store *store = store_open();
	put(store, 1, "ridge");
	put(store, 2, "mlp");
	put(store, 3, "ridge");
	put(store, 4, "ridge");
	return store;
}

static uint64_t current(struct client_store *store, const char *learner)
{
	struct client_router router;
	int r = client_routers_current(store, learner, &router);
	ck_assert(r == 0 || r == CLIENT_STORE_E_NONE);
	return r == 0 ? router.version : 0;
}

static uint64_t rollback(struct client_store *store, const char *learner)
{
	struct client_router router;
	int r = client_routers_rollback(store, learner, &router);
	ck_assert(r == 0 || r == CLIENT_STORE_E_NONE);
	return r == 0 ? router.version : 0;
}

START_TEST(current_is_the_newest_of_the_learner)
{
	struct client_store *store = store_open();
	uint64_t newest;
	ck_assert_int_eq(client_routers_newest(store, &newest), 0);
	ck_assert(newest == 0 && current(store, "ridge") == 0);
	client_store_close(store);
	store = open_filled();
	ck_assert(current(store, "ridge") == 4 && current(store, "mlp") == 2 &&
		  current(store, "kmeans") == 0);
	ck_assert_int_eq(client_routers_newest(store, &newest), 0);
	ck_assert_uint_eq(newest, 4);
	client_store_close(store);
}
END_TEST

START_TEST(files_are_taken_over_and_listed_with_their_states)
{
	struct client_store *store = open_filled();
	struct client_router *list;
	size_t n;
	char *path;
	ck_assert(access(scratch_path("fetched"), F_OK) != 0);
	ck_assert_int_eq(client_routers_list(store, "ridge", &list, &n), 0);
	ck_assert_uint_eq(n, 4);
	ck_assert(list[0].state == CLIENT_ROUTER_RETIRED && list[1].state == CLIENT_ROUTER_CANDIDATE);
	ck_assert(list[2].state == CLIENT_ROUTER_RETIRED && list[3].state == CLIENT_ROUTER_CURRENT);
	ck_assert_uint_eq(list[1].bytes, 3);
	ck_assert_str_eq(list[1].learner, "mlp");
	ck_assert_int_eq(client_routers_path(store, &list[1], &path), 0);
	ck_assert_int_eq(access(path, R_OK), 0);
	free(path);
	free(list);
	put(store, 4, "mlp"); /* which is there: nothing changes */
	ck_assert_uint_eq(current(store, "ridge"), 4);
	client_store_close(store);
}
END_TEST

START_TEST(use_stays_whatever_comes)
{
	struct client_store *store = open_filled();
	ck_assert_int_eq(client_routers_use(store, 9), CLIENT_STORE_E_NONE);
	ck_assert_uint_eq(current(store, "ridge"), 4);
	ck_assert_int_eq(client_routers_use(store, 2), 0);
	put(store, 5, "ridge");
	ck_assert_uint_eq(current(store, "ridge"), 2);
	ck_assert_int_eq(client_routers_use(store, 0), 0);
	ck_assert_uint_eq(current(store, "ridge"), 5);
	client_store_close(store);
}
END_TEST

START_TEST(rollback_undoes_use)
{
	struct client_store *store = open_filled();
	ck_assert(client_routers_use(store, 2) == 0 && client_routers_use(store, 1) == 0);
	ck_assert_uint_eq(rollback(store, "ridge"), 2);
	ck_assert_uint_eq(rollback(store, "ridge"), 4);
	put(store, 5, "ridge"); /* the newest is followed again */
	ck_assert_uint_eq(current(store, "ridge"), 5);
	client_store_close(store);
}
END_TEST

START_TEST(without_use_rollback_goes_to_older_ones_and_stays_there)
{
	struct client_store *store = open_filled();
	ck_assert_uint_eq(rollback(store, "ridge"), 3);
	put(store, 5, "ridge");
	ck_assert_uint_eq(current(store, "ridge"), 3);
	ck_assert_uint_eq(rollback(store, "ridge"), 1);
	ck_assert_uint_eq(rollback(store, "ridge"), 0); /* there is no older one: nothing changes */
	ck_assert_uint_eq(current(store, "ridge"), 1);
	ck_assert(client_routers_use(store, 4) == 0 && rollback(store, "ridge") == 1);
	client_store_close(store);
}
END_TEST

START_TEST(states_have_names)
{
	ck_assert_str_eq(client_router_state_name(CLIENT_ROUTER_CANDIDATE), "candidate");
	ck_assert_str_eq(client_router_state_name(CLIENT_ROUTER_CURRENT), "current");
	ck_assert_str_eq(client_router_state_name(CLIENT_ROUTER_RETIRED), "retired");
}
END_TEST

SUITE_MAIN("client_routers", current_is_the_newest_of_the_learner,
	   files_are_taken_over_and_listed_with_their_states, use_stays_whatever_comes, rollback_undoes_use,
	   without_use_rollback_goes_to_older_ones_and_stays_there, states_have_names)
