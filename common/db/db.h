/* db.h: SQLite for what a daemon must not forget: one file, one journal.                  (kind: adapter)
 *
 * WAL and synchronous=FULL: what was committed is on disk. A handle is used by one thread at a time; several
 * processes may have the file open, a writer waits for another one for up to a minute.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"

struct db;

struct db_schema {
	int version;         /* of the tables; kept in the file */
	const char *sql;     /* makes them in an empty file */
	const char *program; /* what to update where the file's version is higher */
};

enum { DB_E_OK = 0, DB_E_ROW = 1, DB_E_BAD = 2 };

/* Open the file (mode 0600), or create it with its tables. BAD: not a database, or a newer program's. */
must_check int db_open(const char *path, const struct db_schema *schema, struct findings *findings,
		       struct db **out);
void db_close(struct db *db);

/* One statement; values are bound in the order of its question marks. Everything is used in this order:
 * db_prepare, a db_bind function for each question mark, db_step, db_finalize; or, once more, db_again. */
struct db_statement {
	struct sqlite3_stmt *handle;
	int bound, failed;
};

must_check int db_prepare(const struct db *db, const char *sql, struct db_statement *out);
void db_finalize(struct db_statement *statement);
void db_again(struct db_statement *statement); /* bind and step once more */

void db_text(struct db_statement *statement, const char *text); /* NULL as "" */
void db_text_or_null(struct db_statement *statement, const char *text);
/* Both texts must live until db_finalize or db_again. */
void db_integer(struct db_statement *statement, int64_t value);
void db_real(struct db_statement *statement, double value); /* NaN as NULL */

/* DB_E_ROW: a row is there; 0: done. */
must_check int db_step(struct db_statement *statement);
/* For statements without rows. */
must_check int db_run(struct db_statement *statement);

int64_t db_column_integer(struct db_statement *statement, int column);
double db_column_real(struct db_statement *statement, int column); /* NULL as NaN */
/* Lent until the next db_step; NULL where the column is NULL. */
const char *db_column_lend(struct db_statement *statement, int column);
/* Copy a text into an array of `n` bytes (cut if it does not fit); NULL as "". */
void db_column_text(struct db_statement *statement, int column, char *to, size_t n);
must_check int db_column_keep(struct db_statement *statement, int column, char **out);

must_check int db_exec(const struct db *db, const char *sql);
int64_t db_inserted(const struct db *db); /* the row number that the last INSERT gave */
int64_t db_changes(const struct db *db);  /* rows that the last statement changed */

/* Run `work` inside one transaction: commit when it returns 0, else roll back and return what it returned,
 * promised outcomes as well. */
must_check int db_transaction(const struct db *db, int (*work)(void *context), void *context);

/* The same for reading: everything is seen as it was at one moment, and nobody has to wait. */
must_check int db_reading(const struct db *db, int (*work)(void *context), void *context);
