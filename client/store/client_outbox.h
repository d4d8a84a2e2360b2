/* client_outbox.h: contributions that were computed, until the coordinator has them.      (kind: adapter)
 *
 * A contribution is written, fsynced, renamed, its directory fsynced and journaled before a byte of it is
 * sent, and resent until it is acknowledged: no phase is ever computed twice because an answer was lost.
 * Acknowledged bodies stay until client_outbox_drop.                                      design.md §6
 */
#pragma once

#include "client/store/client_store.h"

struct client_contribution {
	char run[CLIENT_STORE_NAME];
	uint32_t phase;
	bool gather, zstd;
	char lanes_digest[CLIENT_STORE_HEX]; /* "" for gather */
	char question[CLIENT_STORE_HEX];     /* digest of what it answers: plan, encoder, state */
	char sha256[CLIENT_STORE_HEX];       /* of the body, set by client_outbox_put */
	uint64_t bytes;                      /* of the body, set by client_outbox_put */
	uint64_t uncompressed, rows, clipped;
	bool acknowledged;
};

/* Keep a contribution and its body durably. -EEXIST: there is one of this run and phase already. */
must_check int client_outbox_put(struct client_store *store, struct client_contribution *contribution,
				 const void *body, size_t n);

/* NONE: not computed yet. */
must_check int client_outbox_get(struct client_store *store, const char *run, uint32_t phase,
				 struct client_contribution *out);

/* Those that are not acknowledged, oldest first; malloc'ed. */
must_check int client_outbox_pending(struct client_store *store, struct client_contribution **out, size_t *n);

/* Malloc'ed path of the body. */
must_check int client_outbox_path(const struct client_store *store,
				  const struct client_contribution *contribution, char **out);

/* The coordinator has it (accepted or duplicate). NONE: there is no such contribution. */
must_check int client_outbox_acknowledge(struct client_store *store, const char *run, uint32_t phase);

/* Forget the contributions of a run to phases < `before` (UINT32_MAX: all of them), acknowledged or not. */
must_check int client_outbox_drop(struct client_store *store, const char *run, uint32_t before);
