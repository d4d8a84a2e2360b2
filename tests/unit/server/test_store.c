/* test_store.c: what was acknowledged is there after the store was opened again, and nothing else is. */
#include "server/store/store.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "tests/support/suite.h"

static char dir[] = "/tmp/fedrouter-store-XXXXXX";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct store *opened(void)
{
	struct findings findings = { 0 };
	struct store *store = NULL;
	if (strstr(dir, "XXXXXX")) {
		ck_assert_ptr_nonnull(mkdtemp(dir));
		atexit(remove_dir);
	}
	ck_assert_int_eq(store_open(dir, &findings, &store), 0);
	findings_deinit(&findings);
	return store;
}

static struct store *reopened(struct store *store)
{
	store_close(store);
	return opened();
}

static struct store_submission submission_of(const char *client, const char *body)
{
	struct store_submission submission = { .run = "run-1", .phase = 2, .rows = 7, .bytes = strlen(body) };
	struct digest digest;
	ck_assert_int_eq(digest_bytes(body, strlen(body), &digest), 0);
	digest_hex(&digest, submission.sha256);
	snprintf(submission.client, sizeof(submission.client), "%s", client);
	return submission;
}

START_TEST(clients_stay_as_they_were_put)
{
	struct store *store = opened();
	struct store_client client = { .name = "client-01", .state = STORE_INVITED, .token_expires = 99 },
			    got, *all;
	size_t n;
	memset(client.token, 'a', 64);
	ck_assert_int_eq(store_client_put(store, &client), 0);
	client.state = STORE_ENROLLED;
	client.rows = 12;
	ck_assert_int_eq(store_client_put(store, &client), 0);
	store = reopened(store);
	ck_assert_int_eq(store_client_get(store, "client-01", &got), 0);
	ck_assert_int_eq(got.state, STORE_ENROLLED);
	ck_assert_uint_eq(got.rows, 12);
	ck_assert_int_eq(store_client_by_token(store, client.token, &got), 0);
	ck_assert_int_eq(store_client_by_token(store, "", &got), STORE_E_NONE);
	ck_assert_int_eq(store_client_get(store, "nobody", &got), STORE_E_NONE);
	ck_assert_int_eq(store_clients(store, &all, &n), 0);
	ck_assert_uint_eq(n, 1);
	free(all);
	store_close(store);
}
END_TEST

START_TEST(one_process_at_a_time)
{
	struct store *store = opened(), *second = NULL;
	struct findings findings = { 0 };
	ck_assert_int_eq(store_open(dir, &findings, &second), STORE_E_LOCKED);
	ck_assert_ptr_null(second);
	store_close(store);
}
END_TEST

START_TEST(a_broken_or_newer_database_is_refused_with_a_remedy)
{
	struct store *store = opened();
	struct findings findings = { 0 };
	char path[200];
	store_close(store);
	snprintf(path, sizeof(path), "%s/coordinator.db", dir);
	FILE *file = fopen(path, "w");
	fputs("this is no database, and long enough to be looked at as one by SQLite: it reads the head",
	      file);
	fclose(file);
	store = NULL;
	ck_assert_int_eq(store_open(dir, &findings, &store), STORE_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_ptr_null(store);
	findings_deinit(&findings);
}
END_TEST

START_TEST(a_run_turns_its_phases_as_a_whole)
{
	struct store *store = opened();
	char plan[] = "version: 1\n", encoder[] = "{}", cohort[] = "a\nb";
	struct store_run run = { .id = "run-1",
				 .state = STORE_COLLECTING,
				 .learner = "ridge",
				 .plan = plan,
				 .encoder = encoder,
				 .phase = 1 };
	struct store_phase first = {
		.run = "run-1", .number = 0, .open = false, .full = true, .cohort = cohort
	};
	struct store_phase second = { .run = "run-1",
				      .number = 1,
				      .open = true,
				      .cohort = cohort,
				      .deadline = 5 },
			   got;
	struct store_run got_run, *runs;
	size_t n;
	ck_assert_int_eq(store_phase_turn(store, &run, &first, &second), 0);
	store = reopened(store);
	ck_assert_int_eq(store_phase_get(store, "run-1", 0, &got), 0);
	ck_assert(!got.open && got.full);
	store_phase_deinit(&got);
	ck_assert_int_eq(store_phase_get(store, "run-1", 1, &got), 0);
	ck_assert(got.open);
	ck_assert_str_eq(got.cohort, "a\nb");
	store_phase_deinit(&got);
	ck_assert_int_eq(store_phase_get(store, "run-1", 2, &got), STORE_E_NONE);
	ck_assert_int_eq(store_run_get(store, "run-1", &got_run), 0);
	ck_assert_str_eq(got_run.plan, plan);
	store_run_deinit(&got_run);
	ck_assert_int_eq(store_runs(store, &runs, &n), 0);
	ck_assert_uint_eq(n, 1);
	store_run_deinit(&runs[0]);
	free(runs);
	store_close(store);
}
END_TEST

START_TEST(a_blob_is_named_by_its_bytes)
{
	struct store *store = opened();
	struct store_blob blob, again, adopted;
	cleanup(free_pointer) char *path = NULL;
	char file[200];
	ck_assert_int_eq(store_blob_write(store, "abc", 3, &blob), 0);
	ck_assert_str_eq(blob.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_int_eq(store_blob_write(store, "abc", 3, &again), 0);
	ck_assert_int_eq(store_blob_path(store, blob.sha256, &path), 0);
	ck_assert_int_eq(access(path, R_OK), 0);
	snprintf(file, sizeof(file), "%s/made-elsewhere", dir);
	FILE *stream = fopen(file, "w");
	fputs("abc", stream);
	fclose(stream);
	ck_assert_int_eq(store_blob_adopt(store, file, &adopted), 0);
	ck_assert_str_eq(adopted.sha256, blob.sha256);
	ck_assert_uint_eq(adopted.bytes, 3);
	ck_assert_int_ne(access(file, F_OK), 0);
	store_close(store);
}
END_TEST

START_TEST(an_upload_goes_on_where_it_was_durable)
{
	struct store *store = opened();
	struct store_submission submission = submission_of("client-01", "first half second half");
	struct store_part *part;
	uint64_t durable;
	ck_assert_int_eq(store_part_open(store, &submission, &part, &durable), 0);
	ck_assert_uint_eq(durable, 0);
	ck_assert_int_eq(store_part_write(part, "first half", 10), 0);
	store_part_close(part);
	ck_assert_int_eq(store_part_durable(store, "run-1", 2, "client-01", &durable), 0);
	ck_assert_uint_eq(durable, 10);
	ck_assert_int_eq(store_part_open(store, &submission, &part, &durable), 0);
	ck_assert_uint_eq(durable, 10);
	ck_assert_int_eq(store_part_finish(part), STORE_E_BAD); /* not all bytes yet */
	ck_assert_int_eq(store_part_write(part, " second half and more", 21), STORE_E_BAD);
	ck_assert_int_eq(store_part_write(part, " second half", 12), 0);
	ck_assert_int_eq(store_part_finish(part), 0);
	store_part_close(part);
	store_close(store);
}
END_TEST

START_TEST(another_submission_begins_anew)
{
	struct store *store = opened();
	struct store_submission one = submission_of("client-01", "one body"),
				two = submission_of("client-01", "two body");
	struct store_part *part;
	uint64_t durable;
	ck_assert_int_eq(store_part_open(store, &one, &part, &durable), 0);
	ck_assert_int_eq(store_part_write(part, "one ", 4), 0);
	store_part_close(part);
	ck_assert_int_eq(store_part_open(store, &two, &part, &durable), 0);
	ck_assert_uint_eq(durable, 0);
	ck_assert_int_eq(store_part_write(part, "not body", 8), 0);
	ck_assert_int_eq(store_part_finish(part), STORE_E_BAD); /* another SHA-256 */
	store_part_close(part);
	ck_assert_int_eq(store_part_open(store, &two, &part, &durable), 0);
	ck_assert_uint_eq(durable, 0);
	store_part_close(part);
	store_close(store);
}
END_TEST

START_TEST(a_body_renamed_but_not_journaled_is_taken_up_again)
{
	struct store *store = opened();
	struct store_submission submission = submission_of("client-01", "whole"), *all;
	struct store_part *part;
	uint64_t durable;
	size_t n;
	ck_assert_int_eq(store_part_open(store, &submission, &part, &durable), 0);
	ck_assert_int_eq(store_part_write(part, "whole", 5), 0);
	ck_assert_int_eq(store_part_finish(part), 0);
	store_part_close(part);
	ck_assert_int_eq(store_submissions(store, "run-1", 2, &all, &n), 0);
	ck_assert_uint_eq(n, 0);
	free(all);
	ck_assert_int_eq(store_part_open(store, &submission, &part, &durable), 0);
	ck_assert_uint_eq(durable, 5);
	ck_assert_int_eq(store_part_finish(part), 0);
	ck_assert_int_eq(store_submission_put(store, &submission), 0);
	store_part_close(part);
	ck_assert_int_eq(store_submissions(store, "run-1", 2, &all, &n), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(all[0].sha256, submission.sha256);
	free(all);
	store_close(store);
}
END_TEST

START_TEST(only_the_open_phase_keeps_its_spool)
{
	struct store *store = opened();
	char plan[] = "", cohort[] = "client-01";
	struct store_run run = { .id = "run-1", .plan = plan, .encoder = plan, .phase = 2 };
	struct store_phase phase = { .run = "run-1", .number = 2, .open = true, .cohort = cohort };
	struct store_submission submission = submission_of("client-01", "whole");
	struct store_part *part;
	uint64_t durable;
	ck_assert_int_eq(store_phase_turn(store, &run, NULL, &phase), 0);
	ck_assert_int_eq(store_part_open(store, &submission, &part, &durable), 0);
	ck_assert_int_eq(store_part_write(part, "who", 3), 0);
	store_part_close(part);
	store = reopened(store);
	ck_assert_int_eq(store_part_durable(store, "run-1", 2, "client-01", &durable), 0);
	ck_assert_uint_eq(durable, 3);
	phase.open = false;
	ck_assert_int_eq(store_phase_turn(store, &run, &phase, NULL), 0);
	store = reopened(store);
	ck_assert_int_eq(store_part_durable(store, "run-1", 2, "client-01", &durable), 0);
	ck_assert_uint_eq(durable, 0);
	store_close(store);
}
END_TEST

START_TEST(a_new_artefact_retires_the_one_before_it)
{
	struct store *store = opened();
	char plan[] = "";
	struct store_run run = { .id = "run-1", .plan = plan, .encoder = plan };
	struct store_artefact first = { .learner = "ridge", .run = "run-1", .state = STORE_CURRENT },
			      second = first, *all;
	struct store_artefact other = { .learner = "mlp", .run = "run-1", .state = STORE_CURRENT };
	size_t n;
	ck_assert_int_eq(store_artefact_put(store, &run, &first), 0);
	ck_assert_int_eq(store_artefact_put(store, &run, &other), 0);
	ck_assert_int_eq(store_artefact_put(store, &run, &second), 0);
	ck_assert_uint_eq(run.artefact, 3);
	ck_assert_int_eq(store_artefacts(store, 0, &all, &n), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(all[0].state, STORE_RETIRED);
	ck_assert_int_eq(all[1].state, STORE_CURRENT);
	ck_assert_int_eq(all[2].state, STORE_CURRENT);
	free(all);
	ck_assert_int_eq(store_artefacts(store, 2, &all, &n), 0);
	ck_assert_uint_eq(n, 1);
	free(all);
	store_close(store);
}
END_TEST

/* A child that dies at the failpoint while it finishes and journals a body. */
static void die_at(const char *failpoint_name)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		setenv("FEDROUTER_FAILPOINT", failpoint_name, 1);
		struct store *store = opened();
		struct store_submission submission = submission_of("client-01", "whole");
		struct store_part *part;
		uint64_t durable;
		if (store_part_open(store, &submission, &part, &durable) == 0 &&
		    store_part_write(part, "whole" + durable, 5 - durable) == 0 &&
		    store_part_finish(part) == 0 && store_submission_put(store, &submission) == 0)
			_exit(0);
		_exit(1);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFSIGNALED(status), "%s was not reached", failpoint_name);
}

START_TEST(killed_at_any_step_the_submission_can_be_finished)
{
	static const char *const points[] = { "spool-synced",        "spool-written",
					      "spool-synced:2",      "spool-renamed",
					      "spool-published",     "submission-before-journal",
					      "submission-journaled" };
	store_close(opened());
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct store_submission submission = submission_of("client-01", "whole"), got;
		die_at(points[i]);
		struct store *store = opened();
		bool journaled = store_submission_get(store, "run-1", 2, "client-01", &got) == 0;
		ck_assert_int_eq(journaled, i == 6);
		if (journaled)
			ck_assert_str_eq(got.sha256, submission.sha256);
		store_close(store);
	}
}
END_TEST

SUITE_MAIN("server/store", clients_stay_as_they_were_put, one_process_at_a_time,
	   a_broken_or_newer_database_is_refused_with_a_remedy, a_run_turns_its_phases_as_a_whole,
	   a_blob_is_named_by_its_bytes, an_upload_goes_on_where_it_was_durable,
	   another_submission_begins_anew, a_body_renamed_but_not_journaled_is_taken_up_again,
	   only_the_open_phase_keeps_its_spool, a_new_artefact_retires_the_one_before_it,
	   killed_at_any_step_the_submission_can_be_finished)
