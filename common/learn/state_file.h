/* state_file.h: what travels between coordinator and clients, and stays on disk, as bytes.   (kind: adapter)
 *
 * A state between two phases, or the part that one client contributes to a PHASE_GATHER: a safetensors file
 * whose metadata are its schema and, of a state, the phase. The same content gives the same bytes, so that a
 * digest of the bytes names the content.                                                   design.md §§4, 5
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/learn/learner.h"

enum { STATE_FILE_E_OK = 0, STATE_FILE_E_BAD = 1 };

/* The state's file, malloc'ed. */
must_check int state_file_bytes(const struct state *state, void **out, size_t *n);

/* The state of a file: a copy, so that `fold` can go on with it and the file may go. STATE_FILE_E_BAD: it is
 * not a state as we write it, why is in `findings`. Names, types and shapes of the tensors are only those of
 * some state: the learner looks for its own. */
must_check int state_file_read(const char *path, struct findings *findings, struct state *out);

/* A part (`parts` of a struct answer) as bytes, malloc'ed. */
must_check int part_file_bytes(const struct tensors *parts, void **out, size_t *n);

/* A part out of `n` bytes at an address that 8 divides; the tensors stay in them. `name` is what findings
 * call the bytes. STATE_FILE_E_BAD as above; what the part says is for the learner's `check`. */
must_check int part_file_parse(const void *bytes, size_t n, const char *name, struct findings *findings,
			       struct tensors *out);
