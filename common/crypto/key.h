/* key.h: private keys: P-256 for TLS, Ed25519 for signing artefacts.                       (kind: adapter) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum key_kind { KEY_P256, KEY_ED25519 };
enum { KEY_SIGNATURE = 64 };
enum { KEY_E_OK = 0, KEY_E_BAD = 1 };

struct key; /* a private key, or only its public half */

/* A new one. */
must_check int key_generate(enum key_kind kind, struct key **out);
void key_free(struct key *key);
void key_cleanup(struct key **key);

/* PEM, malloc'ed, NUL-terminated: PKCS#8 of the private key, SubjectPublicKeyInfo of the public one; and
 * back. KEY_E_BAD: no such PEM, or of another kind. The caller clears the private text with key_text_free. */
must_check int key_private_pem(const struct key *key, char **out);
must_check int key_public_pem(const struct key *key, char **out);
must_check int key_parse_private(const char *pem, enum key_kind kind, struct key **out);
must_check int key_parse_public(const char *pem, enum key_kind kind, struct key **out);
void key_text_free(char *pem);

/* Ed25519 over the bytes. KEY_E_BAD: the signature is not this key's. */
must_check int key_sign(const struct key *key, const void *bytes, size_t n, uint8_t signature[KEY_SIGNATURE]);
must_check int key_verify(const struct key *key, const void *bytes, size_t n,
			  const uint8_t signature[KEY_SIGNATURE]);

/* `n` random bytes as hex (2n digits and a NUL): tokens. */
must_check int key_random_hex(size_t n, char *out);
