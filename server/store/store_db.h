/* store_db.h: SQLite for the files of this room.                                                    (kind: adapter) */
#pragma once

#include <sqlite3.h>

#include "server/store/store.h"

struct store {
	char *dir;
	int lock; /* descriptor of DIR/lock, held exclusively */
	sqlite3 *db;
};

/* One statement; values are bound in the order of its question marks. Everything must be used in this order: db_prepare,
 * db_bind_…, db_step. */
struct db_statement {
	sqlite3_stmt *handle;
	int bound, failed;
};

must_check int db_prepare(const struct store *store, const char *sql, struct db_statement *out);
void db_finalize(struct db_statement *statement);
void db_text(struct db_statement *statement, const char *text); /* must live until db_finalize */
void db_integer(struct db_statement *statement, int64_t value);

enum { DB_E_ROW = 1 };
/* DB_E_ROW: a row is there; 0: done. */
must_check int db_step(struct db_statement *statement);
/* For statements without rows. */
must_check int db_run(struct db_statement *statement);

int64_t db_column_integer(struct db_statement *statement, int column);
/* Copy a text into an array of `n` bytes (cut if it does not fit). */
void db_column_text(struct db_statement *statement, int column, char *to, size_t n);
must_check int db_column_keep(struct db_statement *statement, int column, char **out);

must_check int db_exec(const struct store *store, const char *sql);

/* Run `work` inside one transaction: commit when it returns 0, else roll back. */
must_check int db_transaction(const struct store *store,
			      int (*work)(const struct store *store, void *context), void *context);
