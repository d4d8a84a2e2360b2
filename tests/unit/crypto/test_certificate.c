/* test_certificate.c: an authority, what it signs, and what it refuses to sign. */
#include "common/crypto/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "tests/support/suite.h"

enum { DAY = 86400 };

struct world {
	struct key *authority_key, *key;
	char *authority_text;
	struct authority authority;
	uint8_t *request;
	size_t n_request;
};

static struct world world_new(const char *name)
{
	struct world world = { 0 };
	ck_assert_int_eq(key_generate(KEY_P256, &world.authority_key), 0);
	ck_assert_int_eq(key_generate(KEY_P256, &world.key), 0);
	ck_assert_int_eq(certificate_authority("fedrouter test", world.authority_key,
					       clock_wall_s() + 3650 * DAY, &world.authority_text),
			 0);
	world.authority = (struct authority){ world.authority_key, world.authority_text };
	ck_assert_int_eq(certificate_request(name, world.key, &world.request, &world.n_request), 0);
	return world;
}

static void world_free(struct world *world)
{
	key_free(world->authority_key);
	key_free(world->key);
	free(world->authority_text);
	free(world->request);
}

START_TEST(a_client_gets_what_it_asked_for)
{
	struct world world = world_new("client-07");
	struct certificate_facts facts;
	int64_t end = clock_wall_s() + 90 * DAY;
	char *pem = NULL;
	ck_assert_int_eq(certificate_client(&world.authority, world.request, world.n_request, "client-07",
					    end, &pem),
			 0);
	ck_assert_int_eq(certificate_read(pem, &facts), 0);
	ck_assert_str_eq(facts.name, "client-07");
	ck_assert_int_eq(facts.not_after, end);
	ck_assert(facts.not_before <= clock_wall_s());
	ck_assert_uint_eq(strlen(facts.fingerprint), 64);
	ck_assert_int_eq(certificate_fits(pem, world.key, world.authority_text), 0);
	ck_assert_int_eq(certificate_fits(pem, world.authority_key, world.authority_text), CERTIFICATE_E_BAD);
	free(pem);
	world_free(&world);
}
END_TEST

START_TEST(another_name_is_refused)
{
	struct world world = world_new("client-07");
	char *pem = NULL;
	ck_assert_int_eq(certificate_client(&world.authority, world.request, world.n_request, "client-08",
					    clock_wall_s() + DAY, &pem),
			 CERTIFICATE_E_NAME);
	ck_assert_ptr_null(pem);
	world_free(&world);
}
END_TEST

START_TEST(every_flipped_byte_of_a_request_is_refused_or_changes_nothing)
{
	struct world world = world_new("client-07");
	char key[65], flipped[65];
	ck_assert_int_eq(certificate_request_key(world.request, world.n_request, key), 0);
	for (size_t i = 0; i < world.n_request; i++) {
		char *pem = NULL;
		world.request[i] ^= 0x20;
		int r = certificate_client(&world.authority, world.request, world.n_request, "client-07",
					   clock_wall_s() + DAY, &pem);
		if (r == 0) { /* a byte that is no part of what is signed, such as a tag's spelling */
			ck_assert_int_eq(certificate_request_key(world.request, world.n_request, flipped), 0);
			ck_assert_str_eq(key, flipped);
		}
		ck_assert(r >= 0);
		free(pem);
		world.request[i] ^= 0x20;
	}
	world_free(&world);
}
END_TEST

START_TEST(bytes_behind_a_request_and_short_ones_are_refused)
{
	struct world world = world_new("client-07");
	char hex[65];
	uint8_t *longer = calloc(1, world.n_request + 1);
	memcpy(longer, world.request, world.n_request);
	ck_assert_int_eq(certificate_request_key(longer, world.n_request + 1, hex), CERTIFICATE_E_BAD);
	for (size_t n = 0; n < world.n_request; n++)
		ck_assert_int_eq(certificate_request_key(world.request, n, hex), CERTIFICATE_E_BAD);
	free(longer);
	world_free(&world);
}
END_TEST

START_TEST(a_server_has_its_hosts_and_no_syntax_gets_in)
{
	struct world world = world_new("x");
	struct certificate_facts facts;
	const char *hosts[] = { "coordinator.example", "127.0.0.1", "::1" };
	const char *hostile[] = { "good.example,URI:http://evil" };
	char *pem = NULL;
	ck_assert_int_eq(certificate_server(&world.authority, world.key, hosts, 3, clock_wall_s() + DAY,
					    &pem),
			 0);
	ck_assert_int_eq(certificate_read(pem, &facts), 0);
	ck_assert_str_eq(facts.name, "coordinator.example");
	ck_assert_int_eq(certificate_fits(pem, world.key, world.authority_text), 0);
	free(pem);
	pem = NULL;
	ck_assert_int_lt(certificate_server(&world.authority, world.key, hostile, 1, clock_wall_s() + DAY,
					    &pem),
			 0);
	ck_assert_int_lt(certificate_server(&world.authority, world.key, hosts, 0, clock_wall_s() + DAY,
					    &pem),
			 0);
	ck_assert_ptr_null(pem);
	world_free(&world);
}
END_TEST

START_TEST(another_authority_of_the_same_name_does_not_fit)
{
	struct world world = world_new("client-07"), other = world_new("client-07");
	char *pem = NULL;
	ck_assert_int_eq(certificate_client(&world.authority, world.request, world.n_request, "client-07",
					    clock_wall_s() + DAY, &pem),
			 0);
	ck_assert_int_eq(certificate_fits(pem, world.key, other.authority_text), CERTIFICATE_E_BAD);
	ck_assert_int_eq(certificate_fits("nonsense", world.key, world.authority_text), CERTIFICATE_E_BAD);
	free(pem);
	world_free(&world);
	world_free(&other);
}
END_TEST

SUITE_MAIN("crypto/certificate", a_client_gets_what_it_asked_for, another_name_is_refused,
	   every_flipped_byte_of_a_request_is_refused_or_changes_nothing,
	   bytes_behind_a_request_and_short_ones_are_refused, a_server_has_its_hosts_and_no_syntax_gets_in,
	   another_authority_of_the_same_name_does_not_fit)
