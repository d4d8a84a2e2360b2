/* client_store.h: an organization's observations, on its own disk.                        (kind: adapter)
 *
 *     DIR/client.db        queries, observations, outbox, routers (SQLite: WAL, synchronous=FULL)
 *     DIR/embeddings.f32   unit vectors, one behind the other, only ever appended to: fsynced before the
 *                          journal names them
 *     DIR/outbox/          bodies of contributions (client_outbox.h)
 *     DIR/routers/         artefacts (client_routers.h)
 *
 * The command line and the daemon may have it open at the same time. A handle is used by one thread at a
 * time: a worker opens its own. Models are stored under the names that the logs have; the canonical names of
 * client.yaml are put in where they are asked for.                                        design.md §3
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/data/dataset.h"
#include "common/data/log.h"
#include "common/embed/encoder.h"

enum {
	CLIENT_STORE_E_OK = 0,
	CLIENT_STORE_E_NONE = 1,    /* there is no such thing */
	CLIENT_STORE_E_BAD = 2,     /* a person must mend something; `findings` says what */
	CLIENT_STORE_E_BUSY = 3,    /* another process imports just now */
	CLIENT_STORE_E_ENCODER = 4, /* another encoder's embeddings; both are in `findings` */
};
enum { CLIENT_STORE_HEX = 65, CLIENT_STORE_NAME = 64 };

struct client_store;

/* Open DIR's store, or create it (DIR must be there). BAD: not a store, or a newer program's. */
must_check int client_store_open(const char *dir, struct findings *findings, struct client_store **out);
void client_store_close(struct client_store *store);
void client_store_cleanup(struct client_store **store);

/* The encoder of everything in it, decided by the first import. NONE: nothing was imported yet. */
must_check int client_store_encoder(struct client_store *store, struct encoder_identity *out);

/* ---- import ---- */

struct client_import {     /* what an import changed */
	size_t queries;    /* new ones */
	size_t added;      /* observations that were not there */
	size_t same;       /* … that were there with the same values */
	size_t changed;    /* … with other values: the later import won */
	size_t reembedded; /* queries that were there with another embedding: the later one won */
};

/* Take over every row of a log, in one transaction, after its embeddings are on disk. ENCODER, BUSY: nothing
 * was changed. BAD: the store would hold one model only, nothing was changed. */
must_check int client_store_import(struct client_store *store, const struct log *log, bool keep_text,
				   struct findings *findings, struct client_import *out);

/* ---- reading ---- */

struct client_name { /* of client.yaml's `models:` */
	const char *local, *canonical;
};
struct client_names {
	size_t n;
	const struct client_name *items;
};

struct client_model {
	char *name; /* canonical */
	uint64_t rows;
};
struct client_models { /* sorted by raw bytes of the name */
	size_t n;
	struct client_model *items;
	uint64_t rows;
};

/* Models and their observations (what Poll reports). `names` may be NULL. */
must_check int client_store_models(struct client_store *store, const struct client_names *names,
				   struct client_models *out);
/* Add rows to the model of that name, which may be new. */
must_check int client_models_add(struct client_models *models, const char *name, uint64_t rows);
void client_models_deinit(struct client_models *models);

enum client_part {
	CLIENT_TRAINING, /* rows that are not held out */
	CLIENT_HELD_OUT,
	CLIENT_ALL,
};

/* Whether a query is held out: the first 8 bytes (big-endian) of SHA-256("held-out" ‖ id) / 2^64 < share. */
must_check int client_store_held_out(const char *id, double share, bool *out);

struct client_want {
	const struct client_names *names; /* may be NULL */
	size_t n_models;
	const char *const
		*models; /* canonical, sorted by raw bytes: a plan's or a router's; NULL: all there */
	const struct encoder_identity *encoder; /* which it has to be; NULL: any */
	double held_out;                        /* the plan's share; 0: no row is held out */
	enum client_part part;
};

/* Rows of the store as learners see them, as they were at one moment: later imports do not change it. */
struct client_snapshot {
	struct dataset data; /* rows owned by it, the rest by `owned`; of an empty store: no rows */
	struct encoder_identity encoder; /* of an empty store: that of client_want, or zero */
	uint64_t rows_outside;        /* rows of models that are not in client_want.models, held out or not */
	struct client_models outside; /* those models */
	uint64_t rows_united; /* rows of two local names with one canonical name: the last name's counts */
	struct client_snapshot_memory *owned;
};

/* ENCODER: client_want.encoder is another one than the store's. */
must_check int client_store_snapshot(struct client_store *store, const struct client_want *want,
				     struct findings *findings, struct client_snapshot *out);
void client_snapshot_deinit(struct client_snapshot *snapshot);
