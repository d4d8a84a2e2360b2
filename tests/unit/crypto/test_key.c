/* test_key.c: keys through PEM and back, signatures, refused texts. */
#include "common/crypto/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

/* RFC 8032 §7.1, test 2, as PKCS#8 (the fixed prefix of Ed25519 in front of the 32 bytes). */
static const char rfc_private[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
				  "-----END PRIVATE KEY-----\n";

static void through_pem(enum key_kind kind, struct key **out)
{
	struct key *key = NULL;
	char *pem = NULL;
	ck_assert_int_eq(key_generate(kind, &key), 0);
	ck_assert_int_eq(key_private_pem(key, &pem), 0);
	ck_assert_int_eq(key_parse_private(pem, kind, out), 0);
	key_text_free(pem);
	key_free(key);
}

START_TEST(a_key_comes_back_from_its_pem_and_not_as_another_kind)
{
	for (int kind = KEY_P256; kind <= KEY_ED25519; kind++) {
		struct key *key = NULL, *other = NULL;
		char *private_text = NULL, *public_text = NULL, *again = NULL;
		through_pem((enum key_kind)kind, &key);
		ck_assert_int_eq(key_private_pem(key, &private_text), 0);
		ck_assert_int_eq(key_public_pem(key, &public_text), 0);
		ck_assert_int_eq(key_parse_private(private_text, (enum key_kind) !kind, &other), KEY_E_BAD);
		ck_assert_int_eq(key_parse_public(private_text, (enum key_kind)kind, &other), KEY_E_BAD);
		ck_assert_int_eq(key_parse_private(public_text, (enum key_kind)kind, &other), KEY_E_BAD);
		ck_assert_int_eq(key_parse_public(public_text, (enum key_kind)kind, &other), 0);
		ck_assert_int_eq(key_public_pem(other, &again), 0);
		ck_assert_str_eq(public_text, again);
		key_free(key);
		key_free(other);
		key_text_free(private_text);
		free(public_text);
		free(again);
	}
}
END_TEST

START_TEST(texts_that_are_no_keys_are_refused)
{
	struct key *key = NULL;
	char *large = calloc(1, 100001);
	memset(large, 'A', 100000);
	ck_assert_int_eq(key_parse_private("", KEY_P256, &key), KEY_E_BAD);
	ck_assert_int_eq(key_parse_private("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
					   KEY_ED25519, &key),
			 KEY_E_BAD);
	ck_assert_int_eq(key_parse_public(large, KEY_P256, &key), KEY_E_BAD);
	ck_assert_ptr_null(key);
	free(large);
}
END_TEST

START_TEST(the_signature_is_the_published_one)
{
	static const uint8_t published[KEY_SIGNATURE] = {
		0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f,
		0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76,
		0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99,
		0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae,
		0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00,
	};
	uint8_t signature[KEY_SIGNATURE];
	struct key *key = NULL;
	ck_assert_int_eq(key_parse_private(rfc_private, KEY_ED25519, &key), 0);
	ck_assert_int_eq(key_sign(key, "\x72", 1, signature), 0);
	ck_assert_mem_eq(signature, published, KEY_SIGNATURE);
	key_free(key);
}
END_TEST

START_TEST(a_flipped_bit_or_another_key_is_not_the_signature)
{
	uint8_t signature[KEY_SIGNATURE];
	char text[] = "the bytes of a router";
	struct key *key = NULL, *other = NULL;
	through_pem(KEY_ED25519, &key);
	through_pem(KEY_ED25519, &other);
	ck_assert_int_eq(key_sign(key, text, sizeof(text), signature), 0);
	ck_assert_int_eq(key_verify(key, text, sizeof(text), signature), 0);
	ck_assert_int_eq(key_verify(other, text, sizeof(text), signature), KEY_E_BAD);
	for (size_t i = 0; i < KEY_SIGNATURE; i++) {
		signature[i] ^= 1;
		ck_assert_int_eq(key_verify(key, text, sizeof(text), signature), KEY_E_BAD);
		signature[i] ^= 1;
	}
	text[3] ^= 4;
	ck_assert_int_eq(key_verify(key, text, sizeof(text), signature), KEY_E_BAD);
	key_free(key);
	key_free(other);
}
END_TEST

START_TEST(tokens_are_hex_and_differ)
{
	char a[65], b[65];
	ck_assert_int_eq(key_random_hex(32, a), 0);
	ck_assert_int_eq(key_random_hex(32, b), 0);
	ck_assert_uint_eq(strspn(a, "0123456789abcdef"), 64);
	ck_assert_str_ne(a, b);
}
END_TEST

SUITE_MAIN("crypto/key", a_key_comes_back_from_its_pem_and_not_as_another_kind,
	   texts_that_are_no_keys_are_refused, the_signature_is_the_published_one,
	   a_flipped_bit_or_another_key_is_not_the_signature, tokens_are_hex_and_differ)
