/* registry.h: who may take part: inviting and revoking.                                     (kind: kernel) */
#pragma once

#include <stdint.h>

#include "common/base/error.h"
#include "server/store/store.h"

enum { REGISTRY_TOKEN = 65 };
enum {
	REGISTRY_E_OK = 0,
	REGISTRY_E_NAME = 1,
	REGISTRY_E_ENROLLED = 2,
	REGISTRY_E_REVOKED = 3,
	REGISTRY_E_NONE = 4
};

struct invitation {
	char token[REGISTRY_TOKEN]; /* 64 hex digits; only their SHA-256 is kept */
	int64_t expires;            /* seconds since 1970 */
};

/* A new invitation; an earlier one of the same client is void. NAME: not [a-z0-9][a-z0-9._-]{0,62}; ENROLLED:
 * it is already; REVOKED: its name is burnt, for its certificates would be good again: choose another. */
must_check int registry_invite(struct store *store, const char *client, uint32_t hours,
			       struct invitation *out);

/* From now on every call of the client is refused. NONE: there is no such client. */
must_check int registry_revoke(struct store *store, const char *client);
