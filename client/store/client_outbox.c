/* client_outbox.c: bodies as files, headers in the journal.                               (kind: adapter)
 *
 * A body that a crash left without its header is no contribution: it is computed again and written over.
 */
#include "client/store/client_outbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/store/client_store_inside.h"
#include "common/base/failpoint.h"
#include "common/crypto/digest.h"
#include "common/io/durable.h"

#define COLUMNS                                                                                \
	"run, phase, gather, zstd, lanes_digest, question, sha256, bytes, uncompressed, rows," \
	" clipped, acknowledged"

int client_outbox_path(const struct client_store *store, const struct client_contribution *contribution,
		       char **out)
{
	return folder_path(out, "%s/outbox/%s-%u.body", store->dir, contribution->run, contribution->phase);
}

static void take(struct db_statement *statement, struct client_contribution *out)
{
	*out = (struct client_contribution){
		.phase = (uint32_t)db_column_integer(statement, 1),
		.gather = db_column_integer(statement, 2) != 0,
		.zstd = db_column_integer(statement, 3) != 0,
		.bytes = (uint64_t)db_column_integer(statement, 7),
		.uncompressed = (uint64_t)db_column_integer(statement, 8),
		.rows = (uint64_t)db_column_integer(statement, 9),
		.clipped = (uint64_t)db_column_integer(statement, 10),
		.acknowledged = db_column_integer(statement, 11) != 0,
	};
	db_column_text(statement, 0, out->run, sizeof(out->run));
	db_column_text(statement, 4, out->lanes_digest, sizeof(out->lanes_digest));
	db_column_text(statement, 5, out->question, sizeof(out->question));
	db_column_text(statement, 6, out->sha256, sizeof(out->sha256));
}

int client_outbox_get(struct client_store *store, const char *run, uint32_t phase,
		      struct client_contribution *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT " COLUMNS " FROM contributions WHERE run = ? AND phase = ?",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, phase);
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? CLIENT_STORE_E_NONE : r;
	take(&statement, out);
	return 0;
}

static int put_header(const struct client_store *store, const struct client_contribution *contribution)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "INSERT INTO contributions (" COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?,0)",
		       &statement));
	db_text(&statement, contribution->run);
	db_integer(&statement, contribution->phase);
	db_integer(&statement, contribution->gather);
	db_integer(&statement, contribution->zstd);
	db_text(&statement, contribution->lanes_digest);
	db_text(&statement, contribution->question);
	db_text(&statement, contribution->sha256);
	db_integer(&statement, (int64_t)contribution->bytes);
	db_integer(&statement, (int64_t)contribution->uncompressed);
	db_integer(&statement, (int64_t)contribution->rows);
	db_integer(&statement, (int64_t)contribution->clipped);
	return db_run(&statement);
}

int client_outbox_put(struct client_store *store, struct client_contribution *contribution, const void *body,
		      size_t n)
{
	cleanup(free_pointer) char *path = NULL;
	struct client_contribution known;
	struct digest digest;
	int r = client_outbox_get(store, contribution->run, contribution->phase, &known);
	if (r == 0)
		return FAIL(-EEXIST);
	if (r != CLIENT_STORE_E_NONE)
		return r;
	TRY(digest_bytes(body, n, &digest));
	digest_hex(&digest, contribution->sha256);
	contribution->bytes = n;
	contribution->acknowledged = false;
	TRY(client_outbox_path(store, contribution, &path));
	TRY(durable_write(path, body, n, "outbox"));
	TRY(put_header(store, contribution));
	failpoint("outbox-journaled");
	return 0;
}

int client_outbox_pending(struct client_store *store, struct client_contribution **out, size_t *n)
{
	cleanup(db_finalize) struct db_statement statement;
	cleanup(free_pointer) struct client_contribution *list = NULL;
	int r;
	size_t found = 0;
	TRY(db_prepare(store->db,
		       "SELECT " COLUMNS " FROM contributions WHERE acknowledged = 0 ORDER BY number",
		       &statement));
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct client_contribution *longer = realloc(list, (found + 1) * sizeof(*list));
		TRY_ALLOC(longer);
		list = longer;
		take(&statement, &list[found++]);
	}
	TRY(r);
	*out = list;
	*n = found;
	list = NULL;
	return 0;
}

int client_outbox_acknowledge(struct client_store *store, const char *run, uint32_t phase)
{
	cleanup(db_finalize) struct db_statement statement;
	failpoint("outbox-before-acknowledged");
	TRY(db_prepare(store->db, "UPDATE contributions SET acknowledged = 1 WHERE run = ? AND phase = ?",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, phase);
	TRY(db_run(&statement));
	if (db_changes(store->db) == 0)
		return CLIENT_STORE_E_NONE;
	failpoint("outbox-acknowledged");
	return 0;
}

static int remove_bodies(const struct client_store *store, const char *run, uint32_t before)
{
	cleanup(db_finalize) struct db_statement statement;
	struct client_contribution one = { 0 };
	int r;
	TRY(client_store_copy(one.run, sizeof(one.run), run));
	TRY(db_prepare(store->db, "SELECT phase FROM contributions WHERE run = ? AND phase < ?", &statement));
	db_text(&statement, run);
	db_integer(&statement, before);
	while ((r = db_step(&statement)) == DB_E_ROW) {
		cleanup(free_pointer) char *path = NULL;
		one.phase = (uint32_t)db_column_integer(&statement, 0);
		TRY(client_outbox_path(store, &one, &path));
		if (unlink(path) != 0 && errno != ENOENT)
			return FAIL(-errno);
	}
	return r;
}

int client_outbox_drop(struct client_store *store, const char *run, uint32_t before)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(remove_bodies(store, run, before));
	TRY(db_prepare(store->db, "DELETE FROM contributions WHERE run = ? AND phase < ?", &statement));
	db_text(&statement, run);
	db_integer(&statement, before);
	return db_run(&statement);
}
