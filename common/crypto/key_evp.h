/* key_evp.h: what certificate.c needs of a key; inside the crypto room only.               (kind: adapter) */
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "common/crypto/key.h"

enum { KEY_PEM_MOST = 64 << 10 };

EVP_PKEY *key_evp(const struct key *key); /* borrowed */
bool key_evp_is(const EVP_PKEY *pkey, enum key_kind kind);

/* The text that was written into a memory BIO, with a NUL behind it; malloc'ed. */
must_check int key_evp_text(BIO *bio, char **out);
