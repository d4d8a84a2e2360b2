/* test_client_outbox.c: a contribution is kept before it is sent, once, until it is acknowledged. */
#include "client/store/client_outbox.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

static struct client_contribution make(const char *run, uint32_t phase)
{
	struct client_contribution contribution = {
		.phase = phase, .zstd = true, .uncompressed = 80, .rows = 9
	};
	snprintf(contribution.run, sizeof(contribution.run), "%s", run);
	snprintf(contribution.lanes_digest, sizeof(contribution.lanes_digest), "lanes");
	snprintf(contribution.question, sizeof(contribution.question), "question");
	return contribution;
}

START_TEST(what_was_put_comes_back_with_its_body)
{
	struct client_store *store = store_open();
	struct client_contribution put = make("run-1", 3), got;
	char *path, *body;
	size_t n;
	ck_assert_int_eq(client_outbox_get(store, "run-1", 3, &got), CLIENT_STORE_E_NONE);
	ck_assert_int_eq(client_outbox_put(store, &put, "abc", 3), 0);
	client_store_close(store);
	store = store_open();
	ck_assert_int_eq(client_outbox_get(store, "run-1", 3, &got), 0);
	ck_assert(got.zstd && !got.gather && !got.acknowledged && got.bytes == 3 && got.rows == 9);
	ck_assert_uint_eq(got.uncompressed, 80);
	ck_assert_str_eq(got.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_str_eq(got.lanes_digest, "lanes");
	ck_assert_str_eq(got.question, "question");
	ck_assert_int_eq(client_outbox_path(store, &got, &path), 0);
	body = scratch_read(path, &n);
	ck_assert(n == 3 && memcmp(body, "abc", 3) == 0);
	free(body);
	free(path);
	client_store_close(store);
}
END_TEST

START_TEST(a_phase_is_not_put_twice)
{
	struct client_store *store = store_open();
	struct client_contribution put = make("run-1", 3);
	ck_assert_int_eq(client_outbox_put(store, &put, "abc", 3), 0);
	ck_assert_int_eq(client_outbox_put(store, &put, "abd", 3), -EEXIST);
	client_store_close(store);
}
END_TEST

START_TEST(pending_are_those_that_nobody_acknowledged_oldest_first)
{
	struct client_store *store = store_open();
	struct client_contribution puts[] = { make("run-2", 0), make("run-1", 0), make("run-1", 1) },
				   *pending;
	size_t n;
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(client_outbox_put(store, &puts[i], "abc", 3), 0);
	ck_assert_int_eq(client_outbox_acknowledge(store, "run-1", 0), 0);
	ck_assert_int_eq(client_outbox_acknowledge(store, "run-1", 0), 0); /* a duplicate's answer */
	ck_assert_int_eq(client_outbox_acknowledge(store, "run-1", 7), CLIENT_STORE_E_NONE);
	ck_assert_int_eq(client_outbox_pending(store, &pending, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(pending[0].run, "run-2");
	ck_assert(strcmp(pending[1].run, "run-1") == 0 && pending[1].phase == 1);
	free(pending);
	client_store_close(store);
}
END_TEST

START_TEST(dropped_phases_are_gone_with_their_bodies)
{
	struct client_store *store = store_open();
	struct client_contribution puts[] = { make("run-1", 0), make("run-1", 1), make("run-2", 0) }, got;
	char *paths[3];
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(client_outbox_put(store, &puts[i], "abc", 3), 0);
		ck_assert_int_eq(client_outbox_path(store, &puts[i], &paths[i]), 0);
	}
	ck_assert_int_eq(client_outbox_drop(store, "run-1", 1), 0);
	ck_assert(access(paths[0], F_OK) != 0 && access(paths[1], F_OK) == 0);
	ck_assert_int_eq(client_outbox_drop(store, "run-1", UINT32_MAX), 0);
	ck_assert(access(paths[1], F_OK) != 0 && access(paths[2], F_OK) == 0);
	ck_assert_int_eq(client_outbox_get(store, "run-1", 1, &got), CLIENT_STORE_E_NONE);
	ck_assert_int_eq(client_outbox_get(store, "run-2", 0, &got), 0);
	for (size_t i = 0; i < 3; i++)
		free(paths[i]);
	client_store_close(store);
}
END_TEST

/* A child dies at the point while it puts a contribution; whether the store then has one. */
static bool survives(const char *point, uint32_t phase)
{
	struct client_contribution put = make("run-1", phase), got;
	int status;
	client_store_close(store_open());
	pid_t child = fork();
	if (child == 0) {
		setenv("FEDROUTER_FAILPOINT", point, 1);
		int r = client_outbox_put(store_open(), &put, "abc", 3);
		_exit(r == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	struct client_store *store = store_open();
	int r = client_outbox_get(store, "run-1", phase, &got);
	if (r == CLIENT_STORE_E_NONE)
		ck_assert_int_eq(client_outbox_put(store, &put, "abc", 3), 0);
	client_store_close(store);
	return r == 0;
}

START_TEST(a_contribution_counts_from_the_journal_on)
{
	ck_assert(!survives("outbox-synced", 0));
	ck_assert(!survives("outbox-renamed", 1));
	ck_assert(!survives("outbox-published", 2));
	ck_assert(survives("outbox-journaled", 3));
}
END_TEST

SUITE_MAIN("client_outbox", what_was_put_comes_back_with_its_body, a_phase_is_not_put_twice,
	   pending_are_those_that_nobody_acknowledged_oldest_first, dropped_phases_are_gone_with_their_bodies,
	   a_contribution_counts_from_the_journal_on)
