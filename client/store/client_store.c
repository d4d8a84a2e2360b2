/* client_store.c: opening the store; what it knows as a whole.                            (kind: adapter) */
#include "client/store/client_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/client_store_inside.h"
#include "common/crypto/digest.h"

/* Queries are numbered 1, 2, … as they came; `slot` is the place of a query's embedding. */
static const struct db_schema schema = {
	.version = 1,
	.program = "fedrouter-client",
	.sql = "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
	       "CREATE TABLE models (number INTEGER PRIMARY KEY, name TEXT UNIQUE);"
	       "CREATE TABLE queries (number INTEGER PRIMARY KEY, id TEXT UNIQUE, slot INTEGER, task TEXT,"
	       " text TEXT);"
	       "CREATE TABLE observations (query INTEGER, model INTEGER, score REAL, cost REAL,"
	       " propensity REAL, PRIMARY KEY (query, model)) WITHOUT ROWID;"
	       "CREATE TABLE contributions (number INTEGER PRIMARY KEY, run TEXT, phase INTEGER,"
	       " gather INTEGER, zstd INTEGER, lanes_digest TEXT, question TEXT, sha256 TEXT,"
	       " bytes INTEGER, uncompressed INTEGER, rows INTEGER, clipped INTEGER, acknowledged INTEGER,"
	       " UNIQUE (run, phase));"
	       "CREATE TABLE routers (version INTEGER PRIMARY KEY, learner TEXT, digest TEXT, run TEXT,"
	       " sha256 TEXT, bytes INTEGER);"
	       "CREATE TABLE uses (number INTEGER PRIMARY KEY, version INTEGER, rolled INTEGER);",
};

static int open_parts(struct client_store *store, struct findings *findings)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/client.db", store->dir));
	int r = db_open(path, &schema, findings, &store->db);
	if (r == DB_E_BAD)
		return CLIENT_STORE_E_BAD;
	TRY(r);
	TRY(folder_make(store->dir, "outbox"));
	return folder_make(store->dir, "routers");
}

int client_store_open(const char *dir, struct findings *findings, struct client_store **out)
{
	cleanup(client_store_cleanup) struct client_store *store = calloc(1, sizeof(*store));
	TRY_ALLOC(store);
	store->dir = strdup(dir);
	TRY_ALLOC(store->dir);
	int r = open_parts(store, findings);
	if (r != 0)
		return r;
	*out = store;
	store = NULL;
	return 0;
}

void client_store_close(struct client_store *store)
{
	if (!store)
		return;
	db_close(store->db);
	free(store->dir);
	free(store);
}

void client_store_cleanup(struct client_store **store)
{
	client_store_close(*store);
	*store = NULL;
}

int client_store_copy(char *to, size_t n, const char *text)
{
	return (size_t)snprintf(to, n, "%s", text) < n ? 0 : FAIL(-EINVAL);
}

int client_store_fact(const struct client_store *store, const char *key, char **out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT value FROM facts WHERE key = ?", &statement));
	db_text(&statement, key);
	int r = db_step(&statement);
	if (r == DB_E_ROW)
		return db_column_keep(&statement, 0, out);
	return r == 0 ? CLIENT_STORE_E_NONE : r;
}

int client_store_note(const struct client_store *store, const char *key, const char *value)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "INSERT OR REPLACE INTO facts VALUES (?,?)", &statement));
	db_text(&statement, key);
	db_text(&statement, value);
	return db_run(&statement);
}

int client_store_encoder(struct client_store *store, struct encoder_identity *out)
{
	cleanup(free_pointer) char *json = NULL;
	int r = client_store_fact(store, "encoder", &json);
	return r == 0 ? encoder_identity_parse(json, out) : r;
}

int client_store_held_out(const char *id, double share, bool *out)
{
	static const char label[] = "held-out";
	cleanup(free_pointer) char *text = NULL;
	struct digest digest;
	uint64_t first = 0;
	*out = false;
	if (share <= 0.0)
		return 0;
	TRY(folder_path(&text, "%s%s", label, id));
	TRY(digest_bytes(text, strlen(text), &digest));
	for (size_t i = 0; i < sizeof(first); i++)
		first = first << 8 | digest.bytes[i];
	*out = ldexp((double)first, -64) < share;
	return 0;
}
