/* store_artefacts.c: what was published, and which version is current.                     (kind: adapter) */
#include <errno.h>
#include <stdlib.h>

#include "common/base/failpoint.h"
#include "server/store/store_inside.h"

#define ARTEFACT_COLUMNS "version, learner, digest, run, state, file, bytes, created, phases, participants"

struct publishing {
	struct store *store;
	struct store_run *run;
	struct store_artefact *artefact;
};

static int retire(const struct store *store, const char *learner)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "UPDATE artefacts SET state = ? WHERE learner = ? AND state = ?",
		       &statement));
	db_integer(&statement, STORE_RETIRED);
	db_text(&statement, learner);
	db_integer(&statement, STORE_CURRENT);
	return db_run(&statement);
}

static int insert(const struct store *store, struct store_artefact *artefact)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "INSERT INTO artefacts (learner, digest, run, state, file, bytes, created, phases,"
		       " participants) VALUES (?,?,?,?,?,?,?,?,?)",
		       &statement));
	db_text(&statement, artefact->learner);
	db_text(&statement, artefact->digest);
	db_text(&statement, artefact->run);
	db_integer(&statement, artefact->state);
	db_text(&statement, artefact->file.sha256);
	db_integer(&statement, (int64_t)artefact->file.bytes);
	db_integer(&statement, artefact->created);
	db_integer(&statement, artefact->phases);
	db_integer(&statement, artefact->participants);
	TRY(db_run(&statement));
	artefact->version = (uint64_t)db_inserted(store->db);
	return 0;
}

static int publish(void *context)
{
	struct publishing *publishing = context;
	TRY(retire(publishing->store, publishing->artefact->learner));
	TRY(insert(publishing->store, publishing->artefact));
	publishing->run->artefact = publishing->artefact->version;
	return store_run_put(publishing->store, publishing->run);
}

int store_artefact_put(struct store *store, struct store_run *run, struct store_artefact *artefact)
{
	struct publishing context = { store, run, artefact };
	failpoint("artefact-before-journal");
	TRY(db_transaction(store->db, publish, &context));
	failpoint("artefact-journaled");
	return 0;
}

static void take(struct db_statement *statement, struct store_artefact *out)
{
	*out = (struct store_artefact){ .version = (uint64_t)db_column_integer(statement, 0),
					.state = (enum store_artefact_state)db_column_integer(statement, 4),
					.created = db_column_integer(statement, 7),
					.phases = (uint32_t)db_column_integer(statement, 8),
					.participants = (uint32_t)db_column_integer(statement, 9) };
	db_column_text(statement, 1, out->learner, sizeof(out->learner));
	db_column_text(statement, 2, out->digest, sizeof(out->digest));
	db_column_text(statement, 3, out->run, sizeof(out->run));
	db_column_text(statement, 5, out->file.sha256, sizeof(out->file.sha256));
	out->file.bytes = (uint64_t)db_column_integer(statement, 6);
}

int store_artefacts(struct store *store, uint64_t newer_than, struct store_artefact **out, size_t *n)
{
	cleanup(db_finalize) struct db_statement statement;
	struct store_artefact *artefacts = NULL;
	size_t count = 0;
	int r;
	TRY(db_prepare(store->db,
		       "SELECT " ARTEFACT_COLUMNS " FROM artefacts WHERE version > ? ORDER BY version",
		       &statement));
	db_integer(&statement, newer_than > INT64_MAX ? INT64_MAX : (int64_t)newer_than);
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct store_artefact *more = reallocarray(artefacts, count + 1, sizeof(*artefacts));
		if (!more) {
			r = -ENOMEM;
			break;
		}
		artefacts = more;
		take(&statement, &artefacts[count++]);
	}
	if (r != 0) {
		free(artefacts);
		return r;
	}
	*out = artefacts;
	*n = count;
	return 0;
}
