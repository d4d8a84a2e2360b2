/* store.h: what the coordinator must not forget: SQLite, files by their digest, a spool. (kind: adapter)
 *
 *     DIR/coordinator.db               clients, runs, phases, submissions, artefacts (WAL, synchronous=FULL)
 *     DIR/blobs/SHA256                 states and artefacts: written, fsynced, renamed, the directory too;
 *                                      then journaled
 *     DIR/spool/RUN/PHASE/CLIENT.part  a submission under way;  CLIENT.body  one that was accepted
 *
 * Every function returns when its effect is durable. One process at a time holds the store (DIR/lock). Used
 * from one thread, except for the functions marked "any thread". What a crash left half-done is removed by
 * store_open.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum { STORE_NAME = 64, STORE_RUN = 64, STORE_HEX = 65, STORE_REASON = 48, STORE_TEXT = 512 };
enum { STORE_E_OK = 0, STORE_E_NONE = 1, STORE_E_LOCKED = 2, STORE_E_BAD = 3, STORE_E_FULL = 4 };

struct store;

/* Open or create. LOCKED: another process has it. BAD: not a store, or a newer one's; `findings` says what to
 * do. */
must_check int store_open(const char *dir, struct findings *findings, struct store **out);
void store_close(struct store *store);

/* ---- clients: invited → enrolled → revoked ---- */

enum store_client_state { STORE_INVITED, STORE_ENROLLED, STORE_REVOKED };

struct store_client {
	char name[STORE_NAME];
	enum store_client_state state;
	char token[STORE_HEX];       /* SHA-256 of the invitation's token */
	int64_t token_expires;       /* seconds since 1970 */
	char request_key[STORE_HEX]; /* SHA-256 of the public key it enrolled with; "" before */
	int64_t certificate_expires;
	int64_t last_seen; /* 0: never */
	uint64_t rows;     /* as it last reported */
	uint64_t unknown_models;
	char program[STORE_NAME]; /* as it last reported */
};

must_check int store_client_put(struct store *store, const struct store_client *client);
must_check int store_client_get(struct store *store, const char *name, struct store_client *out); /* NONE */
must_check int store_client_by_token(struct store *store, const char *token_sha256, struct store_client *out);
/* All of them in order of name; malloc'ed. */
must_check int store_clients(struct store *store, struct store_client **out, size_t *n);

/* ---- blobs ---- */

struct store_blob {
	char sha256[STORE_HEX]; /* of the file's bytes */
	uint64_t bytes;
};

/* Any thread: write bytes as a blob, or note that it is there already. */
must_check int store_blob_write(const struct store *store, const void *bytes, size_t n,
				struct store_blob *out);
/* Take over a finished file of the same file system (it is renamed). Any thread. */
must_check int store_blob_adopt(const struct store *store, const char *path, struct store_blob *out);
/* Malloc'ed path of a blob. Any thread. */
must_check int store_blob_path(const struct store *store, const char *sha256, char **out);

/* ---- runs and phases: the journal ---- */

enum store_run_state {
	STORE_WAITING,
	STORE_COLLECTING,
	STORE_CLOSING,
	STORE_FINISHED,
	STORE_FAILED,
	STORE_STOPPED,
	STORE_REFUSED
};

struct store_run {
	char id[STORE_RUN];
	enum store_run_state state;
	char learner[STORE_NAME];
	char *plan;                                  /* YAML, owned */
	char *encoder;                               /* identity as canonical JSON, owned; "" while waiting */
	uint32_t phase;                              /* the open one */
	uint32_t phases;                             /* closed so far */
	uint32_t clients;                            /* on its plan's roster */
	uint64_t artefact;                           /* version; 0: none */
	char reason[STORE_REASON], text[STORE_TEXT]; /* why it failed or was refused */
	int64_t created, ended;
};

void store_run_deinit(struct store_run *run);
must_check int store_run_put(struct store *store, const struct store_run *run);
must_check int store_run_get(struct store *store, const char *id, struct store_run *out); /* NONE */
must_check int store_runs(struct store *store, struct store_run **out, size_t *n);        /* newest first */

struct store_phase {
	char run[STORE_RUN];
	uint32_t number;
	bool open, gather;
	bool full;                    /* closed with the whole cohort */
	struct store_blob state;      /* file of the state that the phase asks about */
	char state_digest[STORE_HEX]; /* of its content */
	char lanes_digest[STORE_HEX]; /* "" for gather */
	char *cohort;                 /* names, one a line, sorted; owned */
	int64_t deadline;             /* seconds since 1970 */
};

void store_phase_deinit(struct store_phase *phase);
/* One transaction: close phase `closed` of the run (NULL: none) and write down `run` and the phase that opens
 * (NULL: none). */
must_check int store_phase_turn(struct store *store, const struct store_run *run,
				const struct store_phase *closed, const struct store_phase *opened);
must_check int store_phase_get(struct store *store, const char *run, uint32_t number,
			       struct store_phase *out);

/* ---- submissions ---- */

struct store_submission {
	char run[STORE_RUN], client[STORE_NAME], sha256[STORE_HEX], lanes_digest[STORE_HEX];
	uint32_t phase;
	uint64_t bytes, rows, clipped;
};

/* A part under way: which submission it belongs to is remembered, so that only the same one goes on.
 * `durable`: bytes that are safe. Any thread (one thread per part). */
struct store_part;
must_check int store_part_open(const struct store *store, const struct store_submission *submission,
			       struct store_part **out, uint64_t *durable);
/* Append; safe only after store_part_sync. STORE_E_FULL: the disk is. */
must_check int store_part_write(struct store_part *part, const void *bytes, size_t n);
must_check int store_part_sync(struct store_part *part, uint64_t *durable);
/* All bytes are there: check the SHA-256 (STORE_E_BAD: another one, the part is thrown away), fsync, rename,
 * fsync the directory. */
must_check int store_part_finish(struct store_part *part);
void store_part_close(struct store_part *part);   /* keeps what is durable */
void store_part_discard(struct store_part *part); /* part, body and head go; then store_part_close */
must_check int store_part_durable(const struct store *store, const char *run, uint32_t phase,
				  const char *client, uint64_t *out);

/* Journal a finished body: from here on it counts. */
must_check int store_submission_put(struct store *store, const struct store_submission *submission);
must_check int store_submission_get(struct store *store, const char *run, uint32_t phase, const char *client,
				    struct store_submission *out); /* NONE */
must_check int store_submissions(struct store *store, const char *run, uint32_t phase,
				 struct store_submission **out, size_t *n); /* by client name */
must_check int store_body_path(const struct store *store, const char *run, uint32_t phase, const char *client,
			       char **out);
/* The phase has closed and its state is durable: bodies and parts go. */
must_check int store_spool_drop(const struct store *store, const char *run, uint32_t phase);

/* ---- artefacts ---- */

enum store_artefact_state { STORE_CANDIDATE, STORE_CURRENT, STORE_RETIRED };

struct store_artefact {
	uint64_t version; /* 1, 2, … over all runs */
	char learner[STORE_NAME], digest[STORE_HEX], run[STORE_RUN];
	enum store_artefact_state state;
	struct store_blob file;
	int64_t created;
	uint32_t phases, participants;
};

/* One transaction with the end of its run. `artefact->version` is set; older ones of its learner are
 * retired. */
must_check int store_artefact_put(struct store *store, struct store_run *run,
				  struct store_artefact *artefact);
must_check int store_artefacts(struct store *store, uint64_t newer_than, struct store_artefact **out,
			       size_t *n);
