/* client_store_inside.h: what the files of this room share.                               (kind: adapter) */
#pragma once

#include "client/store/client_store.h"
#include "common/db/db.h"
#include "common/io/folder.h"

struct client_store {
	char *dir;
	struct db *db;
};

/* The fact written down under `key`, malloc'ed. NONE: there is none. */
must_check int client_store_fact(const struct client_store *store, const char *key, char **out);
must_check int client_store_note(const struct client_store *store, const char *key, const char *value);

/* Copy text into an array of CLIENT_STORE_NAME or _HEX; -EINVAL where it does not fit. */
must_check int client_store_copy(char *to, size_t n, const char *text);

/* The canonical name of a model; `local` itself where client.yaml has no other. */
const char *client_store_canonical(const struct client_names *names, const char *local);

/* ---- DIR/embeddings.f32 ---- */

struct client_vectors {
	int fd;
	size_t dimension;
	const float *map; /* the committed ones; NULL: there are none */
	size_t map_bytes;
	uint64_t n; /* committed, and appended since */
};

/* Open a file of `n` committed vectors of `dimension` numbers, both set by the caller; for reading, or
 * (`writes`) for appending behind them: what a crash left there is cut off. BAD: the file has fewer. Closed
 * again on failure. */
must_check int client_vectors_open(const struct client_store *store, bool writes, struct findings *findings,
				   struct client_vectors *vectors);
void client_vectors_close(struct client_vectors *vectors);
/* Append one; *slot is its number. */
must_check int client_vectors_append(struct client_vectors *vectors, const float *x, uint64_t *slot);
/* From here on what was appended is on disk. */
must_check int client_vectors_sync(const struct client_store *store, struct client_vectors *vectors);
