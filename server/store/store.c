/* store.c: opening the coordinator's store, and what a crash left behind.                           (kind: adapter) */
#include "server/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/store_db.h"
#include "server/store/store_files.h"

enum { SCHEMA = 1 };

static const char schema[] =
	"CREATE TABLE clients (name TEXT PRIMARY KEY, state INTEGER, token TEXT, token_expires INTEGER, request_key TEXT,"
	" certificate_expires INTEGER, last_seen INTEGER, rows INTEGER, unknown_models INTEGER, program TEXT)"
	" WITHOUT ROWID;"
	"CREATE INDEX clients_token ON clients (token);"
	"CREATE TABLE runs (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, state INTEGER, learner TEXT,"
	" plan TEXT, encoder TEXT, phase INTEGER, phases INTEGER, artefact INTEGER, reason TEXT, text TEXT,"
	" created INTEGER, ended INTEGER);"
	"CREATE TABLE phases (run TEXT, number INTEGER, open INTEGER, gather INTEGER, whole INTEGER, state TEXT,"
	" state_bytes INTEGER, state_digest TEXT, lanes_digest TEXT, cohort TEXT, deadline INTEGER,"
	" PRIMARY KEY (run, number)) WITHOUT ROWID;"
	"CREATE TABLE submissions (run TEXT, phase INTEGER, client TEXT, sha256 TEXT, lanes_digest TEXT, bytes INTEGER,"
	" uncompressed INTEGER, rows INTEGER, clipped INTEGER, zstd INTEGER, PRIMARY KEY (run, phase, client))"
	" WITHOUT ROWID;"
	"CREATE TABLE artefacts (version INTEGER PRIMARY KEY AUTOINCREMENT, learner TEXT, digest TEXT, run TEXT,"
	" state INTEGER, file TEXT, bytes INTEGER, created INTEGER, phases INTEGER, participants INTEGER);"
	"PRAGMA user_version = 1;";

static int take_lock(struct store *store)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(store_path(&path, "%s/lock", store->dir));
	store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock < 0)
		return FAIL(-errno);
	if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK ? STORE_E_LOCKED : FAIL(-errno);
}

static int create_schema(const struct store *store, void *context)
{
	(void)context;
	return db_exec(store, schema);
}

static int read_version(const struct store *store, int64_t *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store, "PRAGMA user_version", &statement));
	if (db_step(&statement) != DB_E_ROW)
		return FAIL(-EIO);
	*out = db_column_integer(&statement, 0);
	return 0;
}

static int open_database(struct store *store, struct findings *findings)
{
	cleanup(free_pointer) char *path = NULL;
	int64_t version;
	TRY(store_path(&path, "%s/coordinator.db", store->dir));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
	if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK ||
	    sqlite3_exec(store->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", NULL, NULL,
			 NULL) != SQLITE_OK) {
		findings_add(findings, path, 0, "not a store", "%s: restore it from a backup",
			     store->db ? sqlite3_errmsg(store->db) : "out of memory");
		return STORE_E_BAD;
	}
	TRY(read_version(store, &version));
	if (version > SCHEMA) {
		findings_add(findings, path, 0, "a newer program's store",
			     "its version is %lld, this program knows %d: "
			     "update fedrouter-coordinator",
			     (long long)version, SCHEMA);
		return STORE_E_BAD;
	}
	if (version == 0)
		TRY(db_transaction(store, create_schema, NULL));
	return chmod(path, 0600) == 0 ? 0 : FAIL(-errno);
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
	sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store->dir);
	free(store);
}
