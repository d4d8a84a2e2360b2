/* registry.c: who may take part.                                                            (kind: kernel) */
#include "server/registry/registry.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/crypto/digest.h"
#include "common/crypto/key.h"

enum { TOKEN_BYTES = 32, HOUR_S = 3600 };

static bool name_is_legal(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n < STORE_NAME && !strchr("._-", name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

int registry_invite(struct store *store, const char *client, uint32_t hours, struct invitation *out)
{
	struct store_client record;
	struct digest digest;
	if (!name_is_legal(client))
		return REGISTRY_E_NAME;
	int r = store_client_get(store, client, &record);
	if (r == 0 && record.state != STORE_INVITED)
		return record.state == STORE_ENROLLED ? REGISTRY_E_ENROLLED : REGISTRY_E_REVOKED;
	if (r < 0)
		return r;
	TRY(key_random_hex(TOKEN_BYTES, out->token));
	TRY(digest_bytes(out->token, strlen(out->token), &digest));
	out->expires = clock_wall_s() + (int64_t)hours * HOUR_S;
	record = (struct store_client){ .state = STORE_INVITED, .token_expires = out->expires };
	snprintf(record.name, sizeof(record.name), "%s", client);
	digest_hex(&digest, record.token);
	return store_client_put(store, &record);
}

int registry_revoke(struct store *store, const char *client)
{
	struct store_client record;
	int r = store_client_get(store, client, &record);
	if (r == STORE_E_NONE)
		return REGISTRY_E_NONE;
	TRY(r);
	record.state = STORE_REVOKED;
	return store_client_put(store, &record);
}
