/* digest.h: SHA-256 over a sequence of fields.                                                (kind: adapter)
 *
 * Fields are absorbed with their length in front (8 bytes, little endian), so that no two different sequences
 * of fields feed the same bytes. `digest_bytes` is the plain SHA-256 of one buffer, as other tools compute
 * it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

struct digest {
	uint8_t bytes[32];
};

struct digester; /* one computation under way */

must_check int digester_new(struct digester **out);
void digester_free(struct digester *digester);
void digester_cleanup(struct digester **digester);

/* Absorb one field. A failure is kept and told by `digester_finish`, so that a sequence reads as one. */
void digester_add(struct digester *digester, const void *field, size_t n);
void digester_add_string(struct digester *digester, const char *field);
void digester_add_u64(struct digester *digester, uint64_t field);

/* The digest of everything absorbed; the digester is used up. */
must_check int digester_finish(struct digester *digester, struct digest *out);

/* The plain SHA-256 of `n` bytes, without a length in front. */
must_check int digest_bytes(const void *data, size_t n, struct digest *out);

/* 64 lower-case hex digits and a NUL. */
void digest_hex(const struct digest *digest, char out[65]);

/* Back from 64 lower-case hex digits. -EINVAL: not those. */
must_check int digest_from_hex(const char *hex, struct digest *out);
