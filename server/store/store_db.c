/* store_db.c: SQLite for the files of this room.                                                    (kind: adapter) */
#include "server/store/store_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int db_prepare(const struct store *store, const char *sql, struct db_statement *out)
{
	*out = (struct db_statement){ 0 };
	int result = sqlite3_prepare_v2(store->db, sql, -1, &out->handle, NULL);
	return result == SQLITE_OK ? 0 : FAIL(failure(result));
}

void db_finalize(struct db_statement *statement)
{
	sqlite3_finalize(statement->handle);
	statement->handle = NULL;
}

void db_text(struct db_statement *statement, const char *text)
{
	int result =
		sqlite3_bind_text(statement->handle, ++statement->bound, text ? text : "", -1, SQLITE_STATIC);
	if (result != SQLITE_OK)
		statement->failed = result;
}

void db_integer(struct db_statement *statement, int64_t value)
{
	int result = sqlite3_bind_int64(statement->handle, ++statement->bound, value);
	if (result != SQLITE_OK)
		statement->failed = result;
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

static const char *column(struct db_statement *statement, int index)
{
	const unsigned char *text = sqlite3_column_text(statement->handle, index);
	return text ? (const char *)text : "";
}

void db_column_text(struct db_statement *statement, int index, char *to, size_t n)
{
	snprintf(to, n, "%s", column(statement, index));
}

int db_column_keep(struct db_statement *statement, int index, char **out)
{
	*out = strdup(column(statement, index));
	TRY_ALLOC(*out);
	return 0;
}

int db_exec(const struct store *store, const char *sql)
{
	int result = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	return result == SQLITE_OK ? 0 : FAIL(failure(result));
}

int db_transaction(const struct store *store, int (*work)(const struct store *store, void *context),
		   void *context)
{
	TRY(db_exec(store, "BEGIN IMMEDIATE"));
	int r = work(store, context);
	if (r == 0)
		r = db_exec(store, "COMMIT");
	if (r != 0 && sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		return FAIL(-EIO);
	return r;
}
