/* key_evp.h: what certificate.c needs of a key; inside the crypto room only.               (kind: adapter) */
#pragma once

#include <openssl/evp.h>
#include <stdbool.h>

#include "common/crypto/key.h"

enum { KEY_PEM_MOST = 64 << 10 };

EVP_PKEY *key_evp(const struct key *key); /* borrowed */
bool key_evp_is(const EVP_PKEY *pkey, enum key_kind kind);
