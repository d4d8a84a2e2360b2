/* store.c: a store in the directory of a test. */
#include "tests/unit/client/store.h"

#include <stdlib.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"

struct client_store *store_open(void)
{
	struct findings findings = { 0 };
	struct client_store *store = NULL;
	ck_assert_int_eq(client_store_open(scratch_path("."), &findings, &store), 0);
	findings_deinit(&findings);
	return store;
}

struct log *store_log(const char *text, const char *encoder)
{
	const char *file = scratch_text("log.jsonl", text);
	struct log_source source = { 1, &file, .encoder = encoder, .max_bad = LOG_MAX_BAD, .joins = true };
	struct findings findings = { 0 };
	struct log *log = NULL;
	ck_assert_int_eq(log_read(&source, &findings, &log), 0);
	findings_deinit(&findings);
	return log;
}

struct client_import store_import(struct client_store *store, const char *text)
{
	struct findings findings = { 0 };
	struct client_import changed = { 0 };
	struct log *log = store_log(text, "hash:32");
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), 0);
	findings_deinit(&findings);
	log_free(log);
	return changed;
}

struct client_snapshot store_all(struct client_store *store)
{
	struct findings findings = { 0 };
	struct client_snapshot snapshot = { 0 };
	struct client_want want = { .part = CLIENT_ALL };
	ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshot), 0);
	findings_deinit(&findings);
	return snapshot;
}
