/* store_submissions.c: which bodies count.                                                 (kind: adapter) */
#include <errno.h>
#include <stdlib.h>

#include "common/base/failpoint.h"
#include "server/store/store_inside.h"

#define SUBMISSION_COLUMNS "run, phase, client, sha256, lanes_digest, bytes, rows, clipped"

int store_submission_put(struct store *store, const struct store_submission *submission)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "INSERT INTO submissions (" SUBMISSION_COLUMNS ") VALUES (?,?,?,?,?,?,?,?)",
		       &statement));
	db_text(&statement, submission->run);
	db_integer(&statement, submission->phase);
	db_text(&statement, submission->client);
	db_text(&statement, submission->sha256);
	db_text(&statement, submission->lanes_digest);
	db_integer(&statement, (int64_t)submission->bytes);
	db_integer(&statement, (int64_t)submission->rows);
	db_integer(&statement, (int64_t)submission->clipped);
	failpoint("submission-before-journal");
	TRY(db_run(&statement));
	failpoint("submission-journaled");
	return 0;
}

static void take(struct db_statement *statement, struct store_submission *out)
{
	*out = (struct store_submission){ .phase = (uint32_t)db_column_integer(statement, 1),
					  .bytes = (uint64_t)db_column_integer(statement, 5),
					  .rows = (uint64_t)db_column_integer(statement, 6),
					  .clipped = (uint64_t)db_column_integer(statement, 7) };
	db_column_text(statement, 0, out->run, sizeof(out->run));
	db_column_text(statement, 2, out->client, sizeof(out->client));
	db_column_text(statement, 3, out->sha256, sizeof(out->sha256));
	db_column_text(statement, 4, out->lanes_digest, sizeof(out->lanes_digest));
}

int store_submission_get(struct store *store, const char *run, uint32_t phase, const char *client,
			 struct store_submission *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "SELECT " SUBMISSION_COLUMNS
		       " FROM submissions WHERE run = ? AND phase = ? AND client = ?",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, phase);
	db_text(&statement, client);
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? STORE_E_NONE : r;
	take(&statement, out);
	return 0;
}

int store_submissions(struct store *store, const char *run, uint32_t phase, struct store_submission **out,
		      size_t *n)
{
	cleanup(db_finalize) struct db_statement statement;
	struct store_submission *submissions = NULL;
	size_t count = 0;
	int r;
	TRY(db_prepare(store->db,
		       "SELECT " SUBMISSION_COLUMNS
		       " FROM submissions WHERE run = ? AND phase = ? ORDER BY client",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, phase);
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct store_submission *more = reallocarray(submissions, count + 1, sizeof(*submissions));
		if (!more) {
			r = -ENOMEM;
			break;
		}
		submissions = more;
		take(&statement, &submissions[count++]);
	}
	if (r != 0) {
		free(submissions);
		return r;
	}
	*out = submissions;
	*n = count;
	return 0;
}
