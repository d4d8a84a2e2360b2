/* body.h: one client's answer as the bytes that travel, and back.                             (kind: adapter)
 *
 * Sums: the words of the lane table, 64 bits little endian, dense: nothing else. Gather: one safetensors file
 * of the parts. What comes from outside is checked here against the phase: size, bounds of every lane
 * (lanes_check), and what the learner knows of its answers.
 * design.md §4
 */
#pragma once

#include "common/base/findings.h"
#include "common/learn/learner.h"

enum { BODY_E_OK = 0, BODY_E_BAD = 1 };
enum { BODY_GATHER_MOST = 64 << 20 }; /* bytes of a gathered part */

/* Malloc'ed. */
must_check int body_pack(const struct phase *phase, const struct answer *answer, void **out, size_t *n);

/* May a body of the phase have so many bytes? */
bool body_size_fits(const struct phase *phase, uint64_t n);

/* An answer of `rows` rows out of its bytes (copied; end it with answer_deinit). BAD: not a body of this
 * phase; `findings` says why under the name `client`. */
must_check int body_parse(const struct phase *phase, const void *bytes, size_t n, uint64_t rows,
			  const char *client, struct findings *findings, struct answer *out);
