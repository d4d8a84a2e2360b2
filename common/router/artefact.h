/* artefact.h: a router as a file: safetensors, checked before use, mapped.                    (kind: adapter)
 *
 * `__metadata__` (strings; lists are JSON inside strings): schema, learner, encoder, models, settings, run,
 * phases, participants, parent, digest, and where it is signed the signature (signature.h). Written
 * atomically. Reading checks size, header and every offset, the signature if a key is given, that the digest
 * is the one of the content, and every shape; tensors then live in the mapping.
 * design.md §7
 */
#pragma once

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/crypto/key.h"
#include "common/router/router.h"

struct artefact_notes { /* outside the digest */
	char run[64];
	char parent[65]; /* the digest of the router before it, "" if none */
	unsigned phases, participants;
	double held_out; /* share of the queries that its run held out; NaN: not known */
};

enum { ARTEFACT_E_OK = 0, ARTEFACT_E_BAD = 1 };

/* The file's bytes, malloc'ed: the router with its digest and these notes, signed by `key` (private, Ed25519;
 * NULL: not signed). The same arguments give the same bytes. */
must_check int artefact_bytes(const struct router *router, const struct artefact_notes *notes,
			      const struct key *key, void **out, size_t *n);

/* The same as a file, atomically. */
must_check int artefact_write(const struct router *router, const struct artefact_notes *notes,
			      const struct key *key, const char *path);

/* What a reader knows: what it can use, and whom it believes. */
struct artefact_reader {
	/* The predictor of a learner's name (learn/learners.h); NULL: unknown. */
	const struct predictor *(*find)(const char *learner);
	/* The signer's public key: what is not signed by it as it stands is refused. NULL: signed or not, the
	 * signature is not looked at. */
	const struct key *key;
};

/* ARTEFACT_E_BAD: the file is not a good artefact; why is in `findings`. `notes` may be NULL. */
must_check int artefact_read(const char *path, const struct artefact_reader *reader,
			     struct findings *findings, struct artefact_notes *notes, struct router **out);
