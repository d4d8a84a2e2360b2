/* signature.h: an Ed25519 signature inside the safetensors file that it signs.                (kind: adapter)
 *
 * The signature is 128 lower-case hex digits, the value of "signature" in `__metadata__`; it is over the file
 * with these digits set to 0. `"signature":"DIGITS"` must stand once and only once in the bytes of the
 * header, so that there is no doubt which place is meant.                                        design.md §7
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/base/error.h"
#include "common/crypto/key.h"

enum { SIGNATURE_E_OK = 0, SIGNATURE_E_BAD = 1 };

extern const char signature_key[]; /* its key in the metadata */

/* Put the zeros into the metadata of a file that is going to be signed. */
must_check int signature_reserve(json_t *metadata);

/* Sign a file whose zeros are reserved, in place. -EINVAL: there is no such place, or more than one. */
must_check int signature_make(void *file, size_t n, const struct key *key);

/* SIGNATURE_E_BAD: `digits` (what the file's metadata say) are not the key's signature of the `n` bytes. */
must_check int signature_check(const void *file, size_t n, const char *digits, const struct key *key);
