/* test_client_store_import.c: rows come in once, later values win, what does not fit changes nothing. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/store/client_store.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/client/store.h"

#define LOG ROW("q1", "a", 1, 0.5) ROW("q1", "b", 0, 0.25) ROW("q2", "b", 0.5, 0.25)

static long file_bytes(const char *name)
{
	struct stat status;
	ck_assert_int_eq(stat(scratch_path(name), &status), 0);
	return (long)status.st_size;
}

START_TEST(the_same_log_twice_is_one)
{
	struct client_store *store = store_open();
	struct client_import first = store_import(store, LOG), second = store_import(store, LOG);
	ck_assert(first.queries == 2 && first.added == 3 && first.same == 0 && first.changed == 0);
	ck_assert(second.queries == 0 && second.added == 0 && second.same == 3 && second.changed == 0);
	ck_assert(second.reembedded == 0);
	ck_assert_int_eq(file_bytes("embeddings.f32"), 2 * 32 * 4);
	client_store_close(store);
}
END_TEST

START_TEST(later_values_win_and_are_counted)
{
	struct client_store *store = store_open();
	store_import(store, LOG);
	struct client_import second = store_import(store, ROW("q1", "b", 0.75, 0.25) ROW("q3", "a", 1, 1));
	ck_assert(second.queries == 1 && second.added == 1 && second.same == 0 && second.changed == 1);
	struct client_snapshot all = store_all(store);
	ck_assert_uint_eq(all.data.n_rows, 4);
	ck_assert(all.data.rows[1].score == 0.75 && all.data.rows[1].cost == 0.25);
	client_snapshot_deinit(&all);
	client_store_close(store);
}
END_TEST

START_TEST(a_missing_value_stays_missing_and_is_the_same_again)
{
	static const char row[] = "{\"id\":\"q9\",\"query\":\"t\",\"model\":\"a\",\"score\":1}\n";
	struct client_store *store = store_open();
	store_import(store, LOG);
	struct client_import first = store_import(store, row), second = store_import(store, row);
	ck_assert(first.added == 1 && second.same == 1 && second.added == 0 && second.changed == 0);
	client_store_close(store);
}
END_TEST

START_TEST(another_text_of_a_query_gives_it_another_embedding)
{
	struct client_store *store = store_open();
	store_import(store, LOG);
	struct client_snapshot before = store_all(store);
	struct client_import second = store_import(
		store, "{\"id\":\"q1\",\"query\":\"mended\",\"model\":\"a\",\"score\":1,\"cost\":0.5}\n");
	ck_assert(second.reembedded == 1 && second.same == 1 && second.queries == 0);
	struct client_snapshot after = store_all(store);
	size_t bytes = 32 * sizeof(float);
	ck_assert(memcmp(before.data.embeddings, after.data.embeddings, bytes) != 0);
	ck_assert(memcmp(before.data.embeddings + 32, after.data.embeddings + 32, bytes) == 0);
	client_snapshot_deinit(&before);
	client_snapshot_deinit(&after);
	client_store_close(store);
}
END_TEST

START_TEST(text_is_kept_only_where_that_is_wanted)
{
	struct findings findings = { 0 };
	struct client_import changed;
	struct client_store *store = store_open();
	struct log *log = store_log(LOG, "hash:32");
	size_t n;
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), 0);
	client_store_close(store); /* which writes the journal into the database */
	char *bytes = scratch_read(scratch_path("client.db"), &n);
	ck_assert_ptr_null(memmem(bytes, n, "text of q1", 10));
	free(bytes);
	store = store_open();
	ck_assert_int_eq(client_store_import(store, log, true, &findings, &changed), 0);
	client_store_close(store);
	bytes = scratch_read(scratch_path("client.db"), &n);
	ck_assert_ptr_nonnull(memmem(bytes, n, "text of q1", 10));
	free(bytes);
	log_free(log);
	findings_deinit(&findings);
}
END_TEST

START_TEST(another_encoder_is_refused_with_both_named)
{
	struct findings findings = { 0 };
	struct client_import changed;
	struct client_store *store = store_open();
	struct log *log = store_log(LOG, "hash:16");
	store_import(store, LOG);
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), CLIENT_STORE_E_ENCODER);
	ck_assert_str_eq(findings.items[0].reason, "another encoder's embeddings");
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "32"));
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "16"));
	ck_assert_int_eq(file_bytes("embeddings.f32"), 2 * 32 * 4);
	log_free(log);
	findings_deinit(&findings);
	client_store_close(store);
}
END_TEST

START_TEST(a_store_needs_two_models_but_a_later_log_need_not)
{
	struct findings findings = { 0 };
	struct client_import changed;
	struct encoder_identity encoder;
	struct client_store *store = store_open();
	struct log *log = store_log(ROW("q7", "a", 1, 1), "hash:32");
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), CLIENT_STORE_E_BAD);
	ck_assert_str_eq(findings.items[0].reason, "routing needs two models");
	ck_assert_int_eq(client_store_encoder(store, &encoder), CLIENT_STORE_E_NONE);
	store_import(store, LOG);
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), 0);
	ck_assert_uint_eq(changed.added, 1);
	log_free(log);
	findings_deinit(&findings);
	client_store_close(store);
}
END_TEST

/* A child that dies while it imports; the store is as before, and the import can be done again. */
static void die_at(const char *point)
{
	int status;
	struct client_store *store = store_open();
	store_import(store, LOG);
	client_store_close(store);
	pid_t child = fork();
	if (child == 0) {
		setenv("FEDROUTER_FAILPOINT", point, 1);
		store_import(store_open(), ROW("q0", "a", 0, 1) ROW("q1", "a", 0, 1));
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void expect_unchanged(const char *point)
{
	die_at(point);
	struct client_store *store = store_open();
	struct client_snapshot all = store_all(store);
	ck_assert_uint_eq(all.data.n_rows, 3);
	ck_assert(all.data.rows[0].score == 1);
	client_snapshot_deinit(&all);
	client_store_close(store);
}

START_TEST(who_dies_before_the_commit_changes_nothing)
{
	expect_unchanged("import-written");
	expect_unchanged("import-synced");
	expect_unchanged("import-before-journal");
	struct client_store *store = store_open();
	struct client_import again = store_import(store, ROW("q0", "a", 0, 1) ROW("q1", "a", 0, 1));
	ck_assert(again.queries == 1 && again.added == 1 && again.changed == 1);
	ck_assert_int_eq(file_bytes("embeddings.f32"), 3 * 32 * 4);
	client_store_close(store);
}
END_TEST

START_TEST(who_dies_after_the_commit_has_imported)
{
	die_at("import-journaled");
	struct client_store *store = store_open();
	struct client_import again = store_import(store, ROW("q0", "a", 0, 1) ROW("q1", "a", 0, 1));
	ck_assert(again.same == 2 && again.added == 0);
	client_store_close(store);
}
END_TEST

START_TEST(imports_exclude_each_other)
{
	struct findings findings = { 0 };
	struct client_import changed;
	struct client_store *store = store_open();
	struct log *log = store_log(LOG, "hash:32");
	int lock = open(scratch_path("import.lock"), O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(flock(lock, LOCK_EX), 0); /* as another process would have it */
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), CLIENT_STORE_E_BUSY);
	ck_assert_str_eq(findings.items[0].reason, "another import is under way");
	close(lock);
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), 0);
	log_free(log);
	findings_deinit(&findings);
	client_store_close(store);
}
END_TEST

START_TEST(a_lost_embedding_file_is_told)
{
	struct findings findings = { 0 };
	struct client_snapshot snapshot;
	struct client_want want = { .part = CLIENT_ALL };
	struct client_store *store = store_open();
	store_import(store, LOG);
	ck_assert_int_eq(truncate(scratch_path("embeddings.f32"), 100), 0);
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), CLIENT_STORE_E_BAD);
	ck_assert_str_eq(findings.items[0].reason, "embeddings are missing");
	ck_assert_int_eq(unlink(scratch_path("embeddings.f32")), 0);
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), CLIENT_STORE_E_BAD);
	findings_deinit(&findings);
	client_store_close(store);
}
END_TEST

SUITE_MAIN("client_store_import", the_same_log_twice_is_one, later_values_win_and_are_counted,
	   a_missing_value_stays_missing_and_is_the_same_again,
	   another_text_of_a_query_gives_it_another_embedding, text_is_kept_only_where_that_is_wanted,
	   another_encoder_is_refused_with_both_named, a_store_needs_two_models_but_a_later_log_need_not,
	   who_dies_before_the_commit_changes_nothing, who_dies_after_the_commit_has_imported,
	   imports_exclude_each_other, a_lost_embedding_file_is_told)
