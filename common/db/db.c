/* db.c: SQLite's calls behind the project's errors.                                        (kind: adapter) */
#include "common/db/db.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WAIT_MS = 60000 };

struct db {
	sqlite3 *handle;
};

/* SQLite's answers as errno: a full disk is told from a broken one. */
static int failure(int result)
{
	switch (result & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	default:
		return -EIO;
	}
}

/* --- opening --- */

static int read_version(const struct db *db, int *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(db, "PRAGMA user_version", &statement));
	if (db_step(&statement) != DB_E_ROW)
		return FAIL(-EIO);
	*out = (int)db_column_integer(&statement, 0);
	return 0;
}

struct creation {
	const struct db *db;
	const struct db_schema *schema;
};

/* Of two processes that open a new file at once, one makes the tables. */
static int create(void *context)
{
	const struct creation *creation = context;
	char version[48];
	int found;
	TRY(read_version(creation->db, &found));
	if (found != 0)
		return 0;
	TRY(db_exec(creation->db, creation->schema->sql));
	snprintf(version, sizeof(version), "PRAGMA user_version = %d", creation->schema->version);
	return db_exec(creation->db, version);
}

static int tell_broken(const char *path, const struct db *db, struct findings *findings)
{
	findings_add(findings, path, 0, "not a store", "%s: restore it from a backup",
		     db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
	return DB_E_BAD;
}

static int open_file(const char *path, const struct db_schema *schema, struct findings *findings,
		     struct db *db)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, version;
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db->handle, WAIT_MS) != SQLITE_OK ||
	    sqlite3_exec(db->handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", NULL, NULL,
			 NULL) != SQLITE_OK)
		return tell_broken(path, db, findings);
	TRY(read_version(db, &version));
	if (version > schema->version) {
		findings_add(findings, path, 0, "a newer program's store",
			     "its version is %d, this program knows %d: update %s", version, schema->version,
			     schema->program);
		return DB_E_BAD;
	}
	if (version == 0)
		TRY(db_transaction(db, create, &(struct creation){ db, schema }));
	return chmod(path, 0600) == 0 ? 0 : FAIL(-errno);
}

int db_open(const char *path, const struct db_schema *schema, struct findings *findings, struct db **out)
{
	struct db *db = calloc(1, sizeof(*db));
	TRY_ALLOC(db);
	int result = open_file(path, schema, findings, db);
	if (result == 0)
		*out = db;
	else
		db_close(db);
	return result;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close(db->handle);
	free(db);
}

/* --- statements --- */

int db_prepare(const struct db *db, const char *sql, struct db_statement *out)
{
	*out = (struct db_statement){ 0 };
	int result = sqlite3_prepare_v2(db->handle, sql, -1, &out->handle, NULL);
	return result == SQLITE_OK ? 0 : FAIL(failure(result));
}

void db_finalize(struct db_statement *statement)
{
	sqlite3_finalize(statement->handle);
	statement->handle = NULL;
}

void db_again(struct db_statement *statement)
{
	int result = sqlite3_reset(statement->handle); /* an error of the last step, which was told then */
	(void)result;
	statement->bound = statement->failed = 0;
}

static void note_bound(struct db_statement *statement, int result)
{
	if (result != SQLITE_OK)
		statement->failed = result;
}

void db_text_or_null(struct db_statement *statement, const char *text)
{
	note_bound(statement,
		   sqlite3_bind_text(statement->handle, ++statement->bound, text, -1, SQLITE_STATIC));
}

void db_text(struct db_statement *statement, const char *text)
{
	db_text_or_null(statement, text ? text : "");
}

void db_integer(struct db_statement *statement, int64_t value)
{
	note_bound(statement, sqlite3_bind_int64(statement->handle, ++statement->bound, value));
}

void db_real(struct db_statement *statement, double value)
{
	note_bound(statement, sqlite3_bind_double(statement->handle, ++statement->bound, value));
}

int db_step(struct db_statement *statement)
{
	if (statement->failed)
		return FAIL(failure(statement->failed));
	int result = sqlite3_step(statement->handle);
	if (result == SQLITE_ROW)
		return DB_E_ROW;
	return result == SQLITE_DONE ? 0 : FAIL(failure(result));
}

int db_run(struct db_statement *statement)
{
	return db_step(statement);
}

int64_t db_column_integer(struct db_statement *statement, int column)
{
	return sqlite3_column_int64(statement->handle, column);
}

double db_column_real(struct db_statement *statement, int column)
{
	return sqlite3_column_type(statement->handle, column) == SQLITE_NULL ?
		       NAN :
		       sqlite3_column_double(statement->handle, column);
}

const char *db_column_lend(struct db_statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->handle, column);
}

static const char *column_text(struct db_statement *statement, int column)
{
	const char *text = db_column_lend(statement, column);
	return text ? text : "";
}

void db_column_text(struct db_statement *statement, int column, char *to, size_t n)
{
	snprintf(to, n, "%s", column_text(statement, column));
}

int db_column_keep(struct db_statement *statement, int column, char **out)
{
	*out = strdup(column_text(statement, column));
	TRY_ALLOC(*out);
	return 0;
}

int db_exec(const struct db *db, const char *sql)
{
	int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return result == SQLITE_OK ? 0 : FAIL(failure(result));
}

int64_t db_inserted(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->handle);
}

static int run_between(const struct db *db, const char *begin, int (*work)(void *context), void *context)
{
	TRY(db_exec(db, begin));
	int r = work(context);
	if (r == 0)
		r = db_exec(db, "COMMIT");
	if (r != 0 && sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		return FAIL(-EIO);
	return r;
}

int db_transaction(const struct db *db, int (*work)(void *context), void *context)
{
	return run_between(db, "BEGIN IMMEDIATE", work, context);
}

int db_reading(const struct db *db, int (*work)(void *context), void *context)
{
	return run_between(db, "BEGIN", work, context);
}
