/* test_registry.c: who may be invited, and what a revoked name is worth. */
#include "server/registry/registry.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/crypto/digest.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static struct store *opened(void)
{
	struct findings findings = { 0 };
	struct store *store = NULL;
	ck_assert_int_eq(store_open(scratch_path("."), &findings, &store), 0);
	return store;
}

START_TEST(only_the_digest_of_a_token_is_kept)
{
	struct store *store = opened();
	struct invitation invitation;
	struct store_client client;
	struct digest digest;
	char hex[65];
	ck_assert_int_eq(registry_invite(store, "client-01", 2, &invitation), 0);
	ck_assert_int_eq(store_client_get(store, "client-01", &client), 0);
	ck_assert_int_eq(client.state, STORE_INVITED);
	ck_assert_int_eq(client.token_expires, invitation.expires);
	ck_assert(invitation.expires > clock_wall_s() + 7000 && invitation.expires <= clock_wall_s() + 7200);
	ck_assert_int_eq(digest_bytes(invitation.token, 64, &digest), 0);
	digest_hex(&digest, hex);
	ck_assert_str_eq(client.token, hex);
	ck_assert_str_ne(client.token, invitation.token);
	store_close(store);
}
END_TEST

START_TEST(a_second_invitation_voids_the_first)
{
	struct store *store = opened();
	struct invitation first, second;
	struct store_client client;
	struct digest digest;
	char hex[65];
	ck_assert_int_eq(registry_invite(store, "client-01", 2, &first), 0);
	ck_assert_int_eq(registry_invite(store, "client-01", 2, &second), 0);
	ck_assert_int_eq(digest_bytes(first.token, 64, &digest), 0);
	digest_hex(&digest, hex);
	ck_assert_int_eq(store_client_by_token(store, hex, &client), STORE_E_NONE);
	store_close(store);
}
END_TEST

START_TEST(names_that_are_none_are_refused)
{
	static const char *const names[] = { "", "Client", "-a", ".a", "a b", "../a", "a/b", "é" };
	struct store *store = opened();
	struct invitation invitation;
	char longest[80];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_int_eq(registry_invite(store, names[i], 1, &invitation), REGISTRY_E_NAME);
	memset(longest, 'a', sizeof(longest));
	longest[64] = '\0';
	ck_assert_int_eq(registry_invite(store, longest, 1, &invitation), REGISTRY_E_NAME);
	longest[63] = '\0';
	ck_assert_int_eq(registry_invite(store, longest, 1, &invitation), 0);
	store_close(store);
}
END_TEST

START_TEST(enrolled_and_revoked_names_get_no_invitation)
{
	struct store *store = opened();
	struct invitation invitation;
	struct store_client client;
	ck_assert_int_eq(registry_invite(store, "client-01", 1, &invitation), 0);
	ck_assert_int_eq(store_client_get(store, "client-01", &client), 0);
	client.state = STORE_ENROLLED;
	ck_assert_int_eq(store_client_put(store, &client), 0);
	ck_assert_int_eq(registry_invite(store, "client-01", 1, &invitation), REGISTRY_E_ENROLLED);
	ck_assert_int_eq(registry_revoke(store, "client-01"), 0);
	ck_assert_int_eq(registry_invite(store, "client-01", 1, &invitation), REGISTRY_E_REVOKED);
	ck_assert_int_eq(registry_revoke(store, "nobody"), REGISTRY_E_NONE);
	store_close(store);
}
END_TEST

SUITE_MAIN("server/registry", only_the_digest_of_a_token_is_kept, a_second_invitation_voids_the_first,
	   names_that_are_none_are_refused, enrolled_and_revoked_names_get_no_invitation)
