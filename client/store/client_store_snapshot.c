/* client_store_snapshot.c: the store as a dataset, at one moment.                         (kind: adapter) */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/client_store_inside.h"
#include "common/data/arena.h"

struct client_snapshot_memory {
	struct arena arena;
	const char **models;
	struct query *queries;
	struct client_vectors vectors;
	float *copies; /* of the embeddings, where the file has them in another order */
};

void client_snapshot_deinit(struct client_snapshot *snapshot)
{
	struct client_snapshot_memory *owned = snapshot->owned;
	if (!owned)
		return;
	dataset_deinit(&snapshot->data);
	encoder_identity_deinit(&snapshot->encoder);
	client_models_deinit(&snapshot->outside);
	client_vectors_close(&owned->vectors);
	free(owned->models);
	free(owned->queries);
	free(owned->copies);
	arena_deinit(&owned->arena);
	free(owned);
	*snapshot = (struct client_snapshot){ 0 };
}

#define OUTSIDE UINT32_MAX

struct local { /* a model under its name in the logs */
	const char *name;
	uint64_t rows, scores, costs;
	uint32_t rank;  /* among the local names by raw bytes */
	uint32_t model; /* of the dataset, or OUTSIDE */
};

struct ranked { /* a row, and by which local name it came */
	struct observation row;
	uint32_t rank;
};

struct taking {
	const struct client_store *store;
	const struct client_want *want;
	struct findings *findings;
	struct client_snapshot *out;
	struct client_snapshot_memory *owned;
	size_t n_locals; /* numbered 1 … n in the store */
	struct local *locals;
	size_t n_numbers;   /* of queries in the store */
	uint32_t *query_of; /* number → query of the dataset */
	uint64_t *slots;    /* by query of the dataset */
	bool *held;         /* the same */
	size_t n_rows;
	struct ranked *rows;
};

static void taking_deinit(struct taking *taking)
{
	free(taking->locals);
	free(taking->query_of);
	free(taking->slots);
	free(taking->held);
	free(taking->rows);
}

static int count_of(const struct taking *taking, const char *sql, size_t *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(taking->store->db, sql, &statement));
	if (db_step(&statement) != DB_E_ROW)
		return FAIL(-EIO);
	*out = (size_t)db_column_integer(&statement, 0);
	return 0;
}

/* --- encoder --- */

static int take_encoder(struct taking *taking)
{
	const struct encoder_identity *wanted = taking->want->encoder;
	struct encoder_identity *kept = &taking->out->encoder;
	char why[512];
	cleanup(free_pointer) char *json = NULL;
	int r = client_store_fact(taking->store, "encoder", &json);
	if (r == CLIENT_STORE_E_NONE)
		return wanted ? encoder_identity_copy(wanted, kept) : 0;
	TRY(r);
	TRY(encoder_identity_parse(json, kept));
	if (!wanted || encoder_identity_matches(kept, wanted, why, sizeof(why)))
		return 0;
	findings_add(taking->findings, taking->store->dir, 0, "another encoder's embeddings",
		     "%s: import the log with the other encoder into another store", why);
	return CLIENT_STORE_E_ENCODER;
}

/* --- models --- */

static int by_name(const void *left, const void *right)
{
	const struct local *const *a = left, *const *b = right;
	return strcmp((*a)->name, (*b)->name);
}

static int rank_locals(struct taking *taking)
{
	cleanup(free_pointer) struct local **sorted = calloc(taking->n_locals + 1, sizeof(struct local *));
	TRY_ALLOC(sorted);
	for (size_t i = 0; i < taking->n_locals; i++)
		sorted[i] = &taking->locals[i];
	qsort(sorted, taking->n_locals, sizeof(struct local *), by_name);
	for (size_t i = 0; i < taking->n_locals; i++)
		sorted[i]->rank = (uint32_t)i;
	return 0;
}

static int take_local(struct taking *taking, struct db_statement *statement)
{
	int64_t number = db_column_integer(statement, 0);
	if (number < 1 || (size_t)number > taking->n_locals)
		return FAIL(-EIO);
	struct local *local = &taking->locals[number - 1];
	const char *name = db_column_lend(statement, 1);
	local->rows = (uint64_t)db_column_integer(statement, 2);
	local->scores = (uint64_t)db_column_integer(statement, 3);
	local->costs = (uint64_t)db_column_integer(statement, 4);
	return arena_copy(&taking->owned->arena, name, strlen(name), &local->name);
}

static int take_locals(struct taking *taking)
{
	cleanup(db_finalize) struct db_statement statement = { 0 };
	int r;
	TRY(count_of(taking, "SELECT coalesce(max(number), 0) FROM models", &taking->n_locals));
	taking->locals = calloc(taking->n_locals + 1, sizeof(*taking->locals));
	TRY_ALLOC(taking->locals);
	for (size_t i = 0; i < taking->n_locals; i++)
		taking->locals[i].name = "";
	TRY(db_prepare(taking->store->db,
		       "SELECT m.number, m.name, count(o.model), count(o.score), count(o.cost)"
		       " FROM models m LEFT JOIN observations o ON o.model = m.number GROUP BY m.number",
		       &statement));
	while ((r = db_step(&statement)) == DB_E_ROW)
		TRY(take_local(taking, &statement));
	TRY(r);
	return rank_locals(taking);
}

/* Whether any local name of the canonical one has a score, and any a cost: as a log is read, models without
 * are left out. */
static bool is_routable(const struct taking *taking, const char *canonical)
{
	uint64_t scores = 0, costs = 0;
	for (size_t i = 0; i < taking->n_locals; i++) {
		const struct local *local = &taking->locals[i];
		if (strcmp(client_store_canonical(taking->want->names, local->name), canonical) != 0)
			continue;
		scores += local->scores;
		costs += local->costs;
	}
	return scores > 0 && costs > 0;
}

/* The names there are, as a list of client_models, which keeps them sorted and single. */
static int list_own(const struct taking *taking, struct client_models *out)
{
	for (size_t i = 0; i < taking->n_locals; i++) {
		const char *name = client_store_canonical(taking->want->names, taking->locals[i].name);
		if (taking->locals[i].rows > 0 && is_routable(taking, name))
			TRY(client_models_add(out, name, 0));
	}
	return 0;
}

static int copy_models(struct taking *taking)
{
	cleanup(client_models_deinit) struct client_models own = { 0 };
	const struct client_want *want = taking->want;
	if (!want->models)
		TRY(list_own(taking, &own));
	size_t n = want->models ? want->n_models : own.n;
	taking->owned->models = calloc(n + 1, sizeof(*taking->owned->models));
	TRY_ALLOC(taking->owned->models);
	for (size_t m = 0; m < n; m++) {
		const char *name = want->models ? want->models[m] : own.items[m].name;
		TRY(arena_copy(&taking->owned->arena, name, strlen(name), &taking->owned->models[m]));
	}
	taking->out->data.models = taking->owned->models;
	taking->out->data.n_models = n;
	return 0;
}

static int match_models(struct taking *taking)
{
	const struct dataset *data = &taking->out->data;
	for (size_t i = 0; i < taking->n_locals; i++) {
		struct local *local = &taking->locals[i];
		const char *name = client_store_canonical(taking->want->names, local->name);
		local->model = OUTSIDE;
		for (size_t m = 0; m < data->n_models; m++)
			if (strcmp(data->models[m], name) == 0)
				local->model = (uint32_t)m;
		if (local->model != OUTSIDE || local->rows == 0)
			continue;
		taking->out->rows_outside += local->rows;
		TRY(client_models_add(&taking->out->outside, name, local->rows));
	}
	return 0;
}

/* --- queries --- */

static int take_query(struct taking *taking, size_t q, struct db_statement *statement)
{
	struct query *query = &taking->owned->queries[q];
	int64_t number = db_column_integer(statement, 0);
	const char *id = db_column_lend(statement, 1), *task = db_column_lend(statement, 3);
	if (number < 1 || (size_t)number > taking->n_numbers || !id || !task)
		return FAIL(-EIO);
	taking->query_of[number - 1] = (uint32_t)q;
	taking->slots[q] = (uint64_t)db_column_integer(statement, 2);
	TRY(arena_copy(&taking->owned->arena, id, strlen(id), &query->id));
	/* Neighbours by id often have the same task. */
	if (q > 0 && strcmp(query[-1].task, task) == 0)
		query->task = query[-1].task;
	else
		TRY(arena_copy(&taking->owned->arena, task, strlen(task), &query->task));
	return client_store_held_out(query->id, taking->want->held_out, &taking->held[q]);
}

static int take_queries(struct taking *taking)
{
	cleanup(db_finalize) struct db_statement statement = { 0 };
	size_t n, q = 0;
	int r;
	TRY(count_of(taking, "SELECT count(*) FROM queries", &n));
	TRY(count_of(taking, "SELECT coalesce(max(number), 0) FROM queries", &taking->n_numbers));
	taking->owned->queries = calloc(n + 1, sizeof(*taking->owned->queries));
	taking->query_of = calloc(taking->n_numbers + 1, sizeof(*taking->query_of));
	taking->slots = calloc(n + 1, sizeof(*taking->slots));
	taking->held = calloc(n + 1, sizeof(*taking->held));
	TRY_ALLOC(taking->owned->queries && taking->query_of && taking->slots && taking->held);
	TRY(db_prepare(taking->store->db, "SELECT number, id, slot, task FROM queries ORDER BY id",
		       &statement));
	while ((r = db_step(&statement)) == DB_E_ROW && q < n)
		TRY(take_query(taking, q++, &statement));
	TRY(r);
	taking->out->data.queries = taking->owned->queries;
	taking->out->data.n_queries = n;
	return 0;
}

/* --- embeddings --- */

/* After a single import the file has the queries' order: then it serves as it is. */
static bool is_in_order(const struct taking *taking)
{
	for (size_t q = 0; q < taking->out->data.n_queries; q++)
		if (taking->slots[q] != taking->slots[0] + q)
			return false;
	return true;
}

static int copy_vectors(struct taking *taking)
{
	struct dataset *data = &taking->out->data;
	const struct client_vectors *vectors = &taking->owned->vectors;
	size_t d = data->dimension;
	taking->owned->copies = malloc((data->n_queries * d + 1) * sizeof(float));
	TRY_ALLOC(taking->owned->copies);
	for (size_t q = 0; q < data->n_queries; q++)
		memcpy(taking->owned->copies + q * d, vectors->map + taking->slots[q] * d, d * sizeof(float));
	data->embeddings = taking->owned->copies;
	return 0;
}

static int take_vectors(struct taking *taking)
{
	struct dataset *data = &taking->out->data;
	struct client_vectors *vectors = &taking->owned->vectors;
	cleanup(free_pointer) char *text = NULL;
	int r = client_store_fact(taking->store, "vectors", &text);
	if (r < 0)
		return r;
	data->dimension = vectors->dimension = taking->out->encoder.dimension;
	vectors->n = text ? strtoull(text, NULL, 10) : 0;
	r = client_vectors_open(taking->store, false, taking->findings, vectors);
	if (r != 0)
		return r;
	for (size_t q = 0; q < data->n_queries; q++)
		if (taking->slots[q] >= vectors->n)
			return FAIL(-EIO);
	if (data->n_queries == 0 || !is_in_order(taking))
		return copy_vectors(taking);
	data->embeddings = vectors->map + taking->slots[0] * data->dimension;
	return 0;
}

/* --- rows --- */

static bool is_wanted(const struct taking *taking, uint32_t query)
{
	return taking->want->part == CLIENT_ALL ||
	       taking->held[query] == (taking->want->part == CLIENT_HELD_OUT);
}

static int take_row(struct taking *taking, struct db_statement *statement)
{
	int64_t number = db_column_integer(statement, 0), local = db_column_integer(statement, 1);
	if (number < 1 || (size_t)number > taking->n_numbers || local < 1 || (size_t)local > taking->n_locals)
		return FAIL(-EIO);
	uint32_t query = taking->query_of[number - 1], model = taking->locals[local - 1].model;
	if (model == OUTSIDE || !is_wanted(taking, query))
		return 0;
	taking->rows[taking->n_rows++] = (struct ranked){
		.row = { .query = query,
			 .model = model,
			 .score = db_column_real(statement, 2),
			 .cost = db_column_real(statement, 3),
			 .propensity = db_column_real(statement, 4) },
		.rank = taking->locals[local - 1].rank,
	};
	return 0;
}

static int by_key(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	if (a->row.query != b->row.query)
		return a->row.query < b->row.query ? -1 : 1;
	if (a->row.model != b->row.model)
		return a->row.model < b->row.model ? -1 : 1;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Of the rows with one key the last stays. */
static int unite_rows(struct taking *taking)
{
	struct dataset *data = &taking->out->data;
	data->rows = malloc((taking->n_rows + 1) * sizeof(*data->rows));
	TRY_ALLOC(data->rows);
	qsort(taking->rows, taking->n_rows, sizeof(*taking->rows), by_key);
	for (size_t i = 0; i < taking->n_rows; i++) {
		const struct observation *row = &taking->rows[i].row;
		struct observation *last = data->n_rows > 0 ? &data->rows[data->n_rows - 1] : NULL;
		bool is_united = last && last->query == row->query && last->model == row->model;
		if (is_united)
			*last = *row;
		else
			data->rows[data->n_rows++] = *row;
		taking->out->rows_united += is_united;
	}
	return 0;
}

static int take_rows(struct taking *taking)
{
	cleanup(db_finalize) struct db_statement statement = { 0 };
	size_t n;
	int r;
	TRY(count_of(taking, "SELECT count(*) FROM observations", &n));
	taking->rows = malloc((n + 1) * sizeof(*taking->rows));
	TRY_ALLOC(taking->rows);
	TRY(db_prepare(taking->store->db, "SELECT query, model, score, cost, propensity FROM observations",
		       &statement));
	while ((r = db_step(&statement)) == DB_E_ROW)
		TRY(take_row(taking, &statement));
	TRY(r);
	return unite_rows(taking);
}

static int take(void *context)
{
	struct taking *taking = context;
	int r = take_encoder(taking);
	if (r != 0)
		return r;
	TRY(take_locals(taking));
	TRY(copy_models(taking));
	TRY(match_models(taking));
	TRY(take_queries(taking));
	r = take_vectors(taking);
	return r != 0 ? r : take_rows(taking);
}

int client_store_snapshot(struct client_store *store, const struct client_want *want,
			  struct findings *findings, struct client_snapshot *out)
{
	cleanup(client_snapshot_deinit) struct client_snapshot snapshot = { 0 };
	cleanup(taking_deinit) struct taking taking = {
		.store = store, .want = want, .findings = findings, .out = &snapshot
	};
	snapshot.owned = taking.owned = calloc(1, sizeof(*snapshot.owned));
	TRY_ALLOC(snapshot.owned);
	snapshot.owned->vectors.fd = -1;
	int r = db_reading(store->db, take, &taking);
	if (r != 0)
		return r;
	*out = snapshot;
	snapshot = (struct client_snapshot){ 0 };
	return 0;
}
