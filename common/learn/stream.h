/* stream.h: random streams named after what they are for.                                      (kind: kernel)
 *
 * key = first 8 bytes, stream = next 8 bytes of SHA-256(seed, phase, who, purpose), so every purpose has
 * numbers of its own and a repeated phase draws the same ones again.
 * design.md §4
 */
#pragma once

#include <stdint.h>

#include "common/base/error.h"
#include "common/numerics/rng.h"

/* `who`: a client's name or "coordinator"; `purpose`: "shuffle", "init", "dropout", "participation" … */
must_check int stream_open(struct rng *rng, uint64_t seed, uint32_t phase, const char *who,
			   const char *purpose);
