/* client_store_import.c: the rows of a log, once.                                         (kind: adapter)
 *
 * Embeddings that the file does not have yet are appended and synced first, under the lock of imports; then
 * one transaction names them and the rows. A process that dies before the commit leaves vectors that nobody
 * names; the next import writes over them.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "client/store/client_store_inside.h"
#include "common/base/failpoint.h"

struct import {
	struct client_store *store;
	const struct dataset *data;
	const struct encoder_identity *encoder;
	bool keep_text;
	struct findings *findings;
	struct client_vectors vectors;
	uint64_t *slots;  /* by query of `data` */
	int64_t *queries; /* number in the store, 0: new */
	int64_t *models;  /* by model of `data` */
	struct client_import changed;
};

static void import_deinit(struct import *import)
{
	client_vectors_close(&import->vectors);
	free(import->slots);
	free(import->queries);
	free(import->models);
}

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int take_lock(const struct client_store *store, struct findings *findings, int *fd)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/import.lock", store->dir));
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return FAIL(-errno);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return FAIL(-errno);
	findings_add(findings, store->dir, 0, "another import is under way", "wait until it has ended");
	return CLIENT_STORE_E_BUSY;
}

/* --- the encoder, and the embeddings --- */

static int check_encoder(struct import *import)
{
	cleanup(encoder_identity_deinit) struct encoder_identity kept = { 0 };
	char why[512];
	int r = client_store_encoder(import->store, &kept);
	if (r == CLIENT_STORE_E_NONE)
		return 0;
	TRY(r);
	if (encoder_identity_matches(&kept, import->encoder, why, sizeof(why)))
		return 0;
	findings_add(import->findings, import->store->dir, 0, "another encoder's embeddings",
		     "%s: embed the log with the store's encoder, or import into another store", why);
	return CLIENT_STORE_E_ENCODER;
}

static int open_vectors(struct import *import)
{
	cleanup(free_pointer) char *text = NULL;
	int r = client_store_fact(import->store, "vectors", &text);
	if (r < 0)
		return r;
	import->vectors.dimension = import->data->dimension;
	import->vectors.n = text ? strtoull(text, NULL, 10) : 0;
	return client_vectors_open(import->store, true, import->findings, &import->vectors);
}

/* Find the query in the store; keep its embedding if it is the same, else append the log's. */
static int place_query(struct import *import, size_t q, struct db_statement *find)
{
	const struct client_vectors *vectors = &import->vectors;
	const float *x = import->data->embeddings + q * vectors->dimension;
	db_again(find);
	db_text(find, import->data->queries[q].id);
	int r = db_step(find);
	if (r == DB_E_ROW) {
		uint64_t slot = (uint64_t)db_column_integer(find, 1);
		import->queries[q] = db_column_integer(find, 0);
		import->slots[q] = slot;
		if (memcmp(vectors->map + slot * vectors->dimension, x, vectors->dimension * sizeof(*x)) == 0)
			return 0;
		import->changed.reembedded++;
		r = 0;
	}
	return r == 0 ? client_vectors_append(&import->vectors, x, &import->slots[q]) : r;
}

static int place_queries(struct import *import)
{
	cleanup(db_finalize) struct db_statement find;
	size_t n = import->data->n_queries;
	import->slots = calloc(n + 1, sizeof(*import->slots));
	import->queries = calloc(n + 1, sizeof(*import->queries));
	import->models = calloc(import->data->n_models + 1, sizeof(*import->models));
	TRY_ALLOC(import->slots && import->queries && import->models);
	TRY(db_prepare(import->store->db, "SELECT number, slot FROM queries WHERE id = ?", &find));
	for (size_t q = 0; q < n; q++)
		TRY(place_query(import, q, &find));
	return client_vectors_sync(import->store, &import->vectors);
}

/* --- the journal --- */

static int note_facts(const struct import *import)
{
	cleanup(free_pointer) char *json = NULL;
	cleanup(free_pointer) char *known = NULL;
	char vectors[24];
	snprintf(vectors, sizeof(vectors), "%" PRIu64, import->vectors.n);
	TRY(client_store_note(import->store, "vectors", vectors));
	int r = client_store_fact(import->store, "encoder", &known);
	if (r != CLIENT_STORE_E_NONE)
		return r;
	TRY(encoder_identity_json(import->encoder, &json));
	return client_store_note(import->store, "encoder", json);
}

static int put_models(struct import *import)
{
	cleanup(db_finalize) struct db_statement insert, find;
	const struct db *db = import->store->db;
	find = (struct db_statement){ 0 };
	TRY(db_prepare(db, "INSERT OR IGNORE INTO models (name) VALUES (?)", &insert));
	TRY(db_prepare(db, "SELECT number FROM models WHERE name = ?", &find));
	for (size_t m = 0; m < import->data->n_models; m++) {
		db_again(&insert);
		db_text(&insert, import->data->models[m]);
		TRY(db_run(&insert));
		db_again(&find);
		db_text(&find, import->data->models[m]);
		if (db_step(&find) != DB_E_ROW)
			return FAIL(-EIO);
		import->models[m] = db_column_integer(&find, 0);
	}
	return 0;
}

static int put_query(struct import *import, size_t q, struct db_statement *insert,
		     struct db_statement *update)
{
	const struct query *query = &import->data->queries[q];
	bool is_new = import->queries[q] == 0;
	struct db_statement *statement = is_new ? insert : update;
	db_again(statement);
	db_integer(statement, (int64_t)import->slots[q]);
	db_text(statement, query->task);
	db_text_or_null(statement, import->keep_text ? query->text : NULL);
	db_text(statement, query->id);
	TRY(db_run(statement));
	if (is_new)
		import->queries[q] = db_inserted(import->store->db);
	import->changed.queries += is_new;
	return 0;
}

static int put_queries(struct import *import)
{
	cleanup(db_finalize) struct db_statement insert, update;
	const struct db *db = import->store->db;
	update = (struct db_statement){ 0 };
	TRY(db_prepare(db, "INSERT INTO queries (slot, task, text, id) VALUES (?,?,?,?)", &insert));
	TRY(db_prepare(db, "UPDATE queries SET slot = ?, task = ?, text = coalesce(?, text) WHERE id = ?",
		       &update));
	for (size_t q = 0; q < import->data->n_queries; q++)
		TRY(put_query(import, q, &insert, &update));
	return 0;
}

static bool is_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* The row as the store has it, if it does: 0 new, 1 the same values, 2 others. */
enum { ROW_NEW, ROW_SAME, ROW_OTHER };

static int compare_row(const struct import *import, const struct observation *row, struct db_statement *find,
		       int *out)
{
	db_again(find);
	db_integer(find, import->queries[row->query]);
	db_integer(find, import->models[row->model]);
	int r = db_step(find);
	*out = ROW_NEW;
	if (r != DB_E_ROW)
		return r;
	bool same = is_same(db_column_real(find, 0), row->score) &&
		    is_same(db_column_real(find, 1), row->cost) &&
		    is_same(db_column_real(find, 2), row->propensity);
	*out = same ? ROW_SAME : ROW_OTHER;
	return 0;
}

static int put_row(struct import *import, const struct observation *row, struct db_statement *find,
		   struct db_statement *insert)
{
	int known;
	TRY(compare_row(import, row, find, &known));
	import->changed.added += known == ROW_NEW;
	import->changed.same += known == ROW_SAME;
	import->changed.changed += known == ROW_OTHER;
	if (known == ROW_SAME)
		return 0;
	db_again(find); /* which else would still be reading what is replaced */
	db_again(insert);
	db_integer(insert, import->queries[row->query]);
	db_integer(insert, import->models[row->model]);
	db_real(insert, row->score);
	db_real(insert, row->cost);
	db_real(insert, row->propensity);
	return db_run(insert);
}

static int put_rows(struct import *import)
{
	cleanup(db_finalize) struct db_statement find, insert;
	const struct db *db = import->store->db;
	insert = (struct db_statement){ 0 };
	TRY(db_prepare(db, "SELECT score, cost, propensity FROM observations WHERE query = ? AND model = ?",
		       &find));
	TRY(db_prepare(db, "INSERT OR REPLACE INTO observations VALUES (?,?,?,?,?)", &insert));
	for (size_t i = 0; i < import->data->n_rows; i++)
		TRY(put_row(import, &import->data->rows[i], &find, &insert));
	return 0;
}

/* Models with a score and a cost, over everything that is now in the store. */
static int judge_models(struct import *import)
{
	cleanup(db_finalize) struct db_statement count;
	TRY(db_prepare(import->store->db,
		       "SELECT count(*) FROM (SELECT model FROM observations GROUP BY model"
		       " HAVING count(score) > 0 AND count(cost) > 0)",
		       &count));
	if (db_step(&count) != DB_E_ROW)
		return FAIL(-EIO);
	int64_t n = db_column_integer(&count, 0);
	if (n >= 2)
		return 0;
	findings_add(import->findings, import->store->dir, 0, "routing needs two models",
		     "with this log the store would have scores and costs of %s: import the log of another "
		     "model with it",
		     n == 1 ? "one model only" : "none");
	return CLIENT_STORE_E_BAD;
}

static int put_everything(void *context)
{
	struct import *import = context;
	TRY(note_facts(import));
	TRY(put_models(import));
	TRY(put_queries(import));
	TRY(put_rows(import));
	int r = judge_models(import);
	failpoint("import-before-journal");
	return r;
}

int client_store_import(struct client_store *store, const struct log *log, bool keep_text,
			struct findings *findings, struct client_import *out)
{
	cleanup(close_descriptor) int lock = -1;
	cleanup(import_deinit) struct import import = { .store = store,
							.data = log_data(log),
							.encoder = log_encoder(log),
							.keep_text = keep_text,
							.findings = findings,
							.vectors = { .fd = -1 } };
	int r = take_lock(store, findings, &lock);
	if (r == 0)
		r = check_encoder(&import);
	if (r == 0)
		r = open_vectors(&import);
	if (r == 0)
		r = place_queries(&import);
	if (r == 0)
		r = db_transaction(store->db, put_everything, &import);
	if (r != 0)
		return r;
	failpoint("import-journaled");
	*out = import.changed;
	return 0;
}
