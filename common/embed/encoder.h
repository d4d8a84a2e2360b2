/* encoder.h: who makes embeddings, and how that is known.                                      (kind: kernel)
 *
 * Routers only work on embeddings of the encoder they were learned with. An encoder has an identity: name,
 * dimension, normalization, digest of its weights (if any) and the float16 vectors of eight fixed probe
 * sentences, which match at cosine ≥ .999. `given` (embeddings computed elsewhere, read from a file) has a
 * name and a dimension only. design.md §3
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/crypto/digest.h"

enum { ENCODER_NAME = 64, ENCODER_PROBES = 8, ENCODER_DIMENSION_MOST = 8192 };

extern const char *const encoder_probes[ENCODER_PROBES]; /* the fixed sentences */

struct encoder_identity {
	char name[ENCODER_NAME]; /* "given", "hash", … */
	size_t dimension;
	char normalization[8]; /* "l2" */
	char weights[65];      /* hex SHA-256, "" if there are none */
	uint16_t *probes;      /* ENCODER_PROBES × dimension float16, NULL for `given` */
};

void encoder_identity_deinit(struct encoder_identity *identity);
/* A deep copy; and the identity of precomputed embeddings, which have a name and no probes. -EINVAL: the name
 * is too long. */
must_check int encoder_identity_copy(const struct encoder_identity *from, struct encoder_identity *out);
must_check int encoder_identity_given(const char *name, size_t dimension, struct encoder_identity *out);

/* Canonical JSON (sorted keys; probes as base64 of the little-endian float16), malloc'ed; and back. -EPROTO:
 * not one. */
must_check int encoder_identity_json(const struct encoder_identity *identity, char **out);
must_check int encoder_identity_parse(const char *json, struct encoder_identity *out);

/* Same name, dimension, normalization, weights, and probes at cosine ≥ .999 pairwise. Otherwise false and a
 * sentence that names both sides in `why` (if not NULL). */
bool encoder_identity_matches(const struct encoder_identity *a, const struct encoder_identity *b, char *why,
			      size_t n);

/* The one normalization: float64 norm of the float32 vector, one rounding to float32 per element. Run exactly
 * once, when a vector enters a log. False (vector untouched) when the norm is zero or an element is not
 * finite. */
bool embed_normalize(float *x, size_t dimension);

/* The `hash` encoder: lower-cased word 1–2-grams and character 3–5-grams, one fixed 64-bit hash, signed, √tf.
 * Writes `dimension` floats, not yet normalized (a text without a gram gives zeros). */
must_check int hash_encode(const char *text, size_t n, float *x, size_t dimension);
must_check int hash_identity(size_t dimension, struct encoder_identity *out);
enum { HASH_DIMENSION = 384 };
/* That of "hash" (HASH_DIMENSION) or "hash:DIM"; 0 for anything else. */
size_t hash_dimension(const char *encoder);
