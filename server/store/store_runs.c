/* store_runs.c: runs and phases: the journal that a restart reads.                         (kind: adapter) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/failpoint.h"
#include "server/store/store_inside.h"

#define RUN_COLUMNS \
	"id, state, learner, plan, encoder, phase, phases, artefact, reason, text, created, ended, clients"
#define PHASE_COLUMNS \
	"run, number, open, gather, whole, state, state_bytes, state_digest, lanes_digest, cohort, deadline"

void store_run_deinit(struct store_run *run)
{
	free(run->plan);
	free(run->encoder);
	*run = (struct store_run){ 0 };
}

static int run_take(struct db_statement *statement, struct store_run *out)
{
	*out = (struct store_run){ .state = (enum store_run_state)db_column_integer(statement, 1) };
	db_column_text(statement, 0, out->id, sizeof(out->id));
	db_column_text(statement, 2, out->learner, sizeof(out->learner));
	out->phase = (uint32_t)db_column_integer(statement, 5);
	out->phases = (uint32_t)db_column_integer(statement, 6);
	out->artefact = (uint64_t)db_column_integer(statement, 7);
	db_column_text(statement, 8, out->reason, sizeof(out->reason));
	db_column_text(statement, 9, out->text, sizeof(out->text));
	out->created = db_column_integer(statement, 10);
	out->ended = db_column_integer(statement, 11);
	out->clients = (uint32_t)db_column_integer(statement, 12);
	TRY(db_column_keep(statement, 3, &out->plan));
	return db_column_keep(statement, 4, &out->encoder);
}

static int run_put(const struct store *store, const struct store_run *run)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "INSERT INTO runs (" RUN_COLUMNS
		       ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
		       " state = excluded.state, plan = excluded.plan, encoder = excluded.encoder,"
		       " phase = excluded.phase, phases = excluded.phases, artefact = excluded.artefact,"
		       " reason = excluded.reason, text = excluded.text, ended = excluded.ended",
		       &statement));
	db_text(&statement, run->id);
	db_integer(&statement, run->state);
	db_text(&statement, run->learner);
	db_text(&statement, run->plan);
	db_text(&statement, run->encoder);
	db_integer(&statement, run->phase);
	db_integer(&statement, run->phases);
	db_integer(&statement, (int64_t)run->artefact);
	db_text(&statement, run->reason);
	db_text(&statement, run->text);
	db_integer(&statement, run->created);
	db_integer(&statement, run->ended);
	db_integer(&statement, run->clients);
	return db_run(&statement);
}

int store_run_put(struct store *store, const struct store_run *run)
{
	return run_put(store, run);
}

int store_run_get(struct store *store, const char *id, struct store_run *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT " RUN_COLUMNS " FROM runs WHERE id = ?", &statement));
	db_text(&statement, id);
	int r = db_step(&statement);
	if (r == 0)
		return STORE_E_NONE;
	return r == DB_E_ROW ? run_take(&statement, out) : r;
}

int store_runs(struct store *store, struct store_run **out, size_t *n)
{
	cleanup(db_finalize) struct db_statement statement;
	struct store_run *runs = NULL;
	size_t count = 0;
	int r;
	TRY(db_prepare(store->db, "SELECT " RUN_COLUMNS " FROM runs ORDER BY sequence DESC", &statement));
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct store_run *more = reallocarray(runs, count + 1, sizeof(*runs));
		r = more ? 0 : -ENOMEM;
		runs = more ? more : runs;
		if (r == 0)
			r = run_take(&statement, &runs[count++]);
		if (r != 0)
			break;
	}
	if (r == 0) {
		*out = runs;
		*n = count;
		return 0;
	}
	while (count > 0)
		store_run_deinit(&runs[--count]);
	free(runs);
	return r;
}

void store_phase_deinit(struct store_phase *phase)
{
	free(phase->cohort);
	*phase = (struct store_phase){ 0 };
}

static int phase_put(const struct store *store, const struct store_phase *phase)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "INSERT OR REPLACE INTO phases (" PHASE_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?)",
		       &statement));
	db_text(&statement, phase->run);
	db_integer(&statement, phase->number);
	db_integer(&statement, phase->open);
	db_integer(&statement, phase->gather);
	db_integer(&statement, phase->full);
	db_text(&statement, phase->state.sha256);
	db_integer(&statement, (int64_t)phase->state.bytes);
	db_text(&statement, phase->state_digest);
	db_text(&statement, phase->lanes_digest);
	db_text(&statement, phase->cohort);
	db_integer(&statement, phase->deadline);
	return db_run(&statement);
}

struct turn {
	const struct store *store;
	const struct store_run *run;
	const struct store_phase *closed, *opened;
};

static int turn(void *context)
{
	const struct turn *turn = context;
	if (turn->closed)
		TRY(phase_put(turn->store, turn->closed));
	if (turn->opened)
		TRY(phase_put(turn->store, turn->opened));
	return run_put(turn->store, turn->run);
}

int store_phase_turn(struct store *store, const struct store_run *run, const struct store_phase *closed,
		     const struct store_phase *opened)
{
	struct turn context = { store, run, closed, opened };
	failpoint("phase-before-journal");
	TRY(db_transaction(store->db, turn, &context));
	failpoint("phase-journaled");
	return 0;
}

int store_phase_get(struct store *store, const char *run, uint32_t number, struct store_phase *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT " PHASE_COLUMNS " FROM phases WHERE run = ? AND number = ?",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, number);
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? STORE_E_NONE : r;
	*out = (struct store_phase){ .number = (uint32_t)db_column_integer(&statement, 1),
				     .open = db_column_integer(&statement, 2) != 0,
				     .gather = db_column_integer(&statement, 3) != 0,
				     .full = db_column_integer(&statement, 4) != 0,
				     .deadline = db_column_integer(&statement, 10) };
	db_column_text(&statement, 0, out->run, sizeof(out->run));
	db_column_text(&statement, 5, out->state.sha256, sizeof(out->state.sha256));
	out->state.bytes = (uint64_t)db_column_integer(&statement, 6);
	db_column_text(&statement, 7, out->state_digest, sizeof(out->state_digest));
	db_column_text(&statement, 8, out->lanes_digest, sizeof(out->lanes_digest));
	return db_column_keep(&statement, 9, &out->cohort);
}
