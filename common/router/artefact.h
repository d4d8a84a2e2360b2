/* artefact.h: a router as a file: safetensors, checked before use, mapped.                    (kind: adapter)
 *
 * `__metadata__` (strings; lists are JSON inside strings): schema, learner, encoder, models, settings, run,
 * phases, participants, parent, digest. Written atomically. Reading checks size, header, every offset and
 * shape, and that the digest is the one of the content; tensors then live in the mapping.
 * design.md §7
 */
#pragma once

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/router/router.h"

struct artefact_notes { /* outside the digest */
	char run[64];
	char parent[65]; /* the digest of the router before it, "" if none */
	unsigned phases, participants;
};

enum { ARTEFACT_E_OK = 0, ARTEFACT_E_BAD = 1 };

/* Write the router with its digest and these notes, atomically. */
must_check int artefact_write(const struct router *router, const struct artefact_notes *notes,
			      const char *path);

/* How the reader finds the predictor of a learner's name (learn/learners.h); NULL: unknown. */
typedef const struct predictor *(*artefact_predictor)(const char *learner);

/* ARTEFACT_E_BAD: the file is not a good artefact; why is in `findings`. `notes` may be NULL. */
must_check int artefact_read(const char *path, artefact_predictor find, struct findings *findings,
			     struct artefact_notes *notes, struct router **out);
