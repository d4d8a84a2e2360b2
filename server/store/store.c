/* store.c: opening the coordinator's store, and what a crash left behind.                  (kind: adapter) */
#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/store_inside.h"
#include "server/store/store_files.h"

enum { SCHEMA = 1 };

static const char schema[] =
	"CREATE TABLE clients (name TEXT PRIMARY KEY, state INTEGER, token TEXT, token_expires INTEGER,"
	" request_key TEXT, certificate_expires INTEGER, last_seen INTEGER, rows INTEGER,"
	" unknown_models INTEGER, program TEXT) WITHOUT ROWID;"
	"CREATE INDEX clients_token ON clients (token);"
	"CREATE TABLE runs (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, state INTEGER,"
	" learner TEXT, plan TEXT, encoder TEXT, phase INTEGER, phases INTEGER, clients INTEGER,"
	" artefact INTEGER, reason TEXT, text TEXT, created INTEGER, ended INTEGER);"
	"CREATE TABLE phases (run TEXT, number INTEGER, open INTEGER, gather INTEGER, whole INTEGER,"
	" state TEXT, state_bytes INTEGER, state_digest TEXT, lanes_digest TEXT, cohort TEXT,"
	" deadline INTEGER, PRIMARY KEY (run, number)) WITHOUT ROWID;"
	"CREATE TABLE submissions (run TEXT, phase INTEGER, client TEXT, sha256 TEXT, lanes_digest TEXT,"
	" bytes INTEGER, rows INTEGER, clipped INTEGER, PRIMARY KEY (run, phase, client))"
	" WITHOUT ROWID;"
	"CREATE TABLE artefacts (version INTEGER PRIMARY KEY AUTOINCREMENT, learner TEXT, digest TEXT,"
	" run TEXT, state INTEGER, file TEXT, bytes INTEGER, created INTEGER, phases INTEGER,"
	" participants INTEGER);";

static int take_lock(struct store *store)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/lock", store->dir));
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock < 0)
		return FAIL(-errno);
	if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? STORE_E_LOCKED : FAIL(-errno);
}

static int open_database(struct store *store, struct findings *findings)
{
	static const struct db_schema tables = { SCHEMA, schema, "fedrouter-coordinator" };
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/coordinator.db", store->dir));
	int r = db_open(path, &tables, findings, &store->db);
	return r == DB_E_BAD ? STORE_E_BAD : r;
}

static int open_parts(struct store *store, struct findings *findings)
{
	int r = take_lock(store);
	if (r != 0)
		return r;
	TRY(store_directory(store, "blobs"));
	TRY(store_directory(store, "spool"));
	r = open_database(store, findings);
	if (r != 0)
		return r;
	return store_sweep(store);
}

int store_open(const char *dir, struct findings *findings, struct store **out)
{
	struct store *store = calloc(1, sizeof(*store));
	TRY_ALLOC(store);
	store->lock = -1;
	store->dir = strdup(dir);
	int r = store->dir ? open_parts(store, findings) : -ENOMEM;
	if (r != 0) {
		store_close(store);
		return r;
	}
	*out = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	db_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store->dir);
	free(store);
}
