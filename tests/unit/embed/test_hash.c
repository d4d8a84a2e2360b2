/* The hash encoder against its rule, written a second time in another language. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/embed/encoder.h"
#include "common/io/npy.h"

enum { DIMENSION = 16 };

static void check_vector(const char *text, const float *expected)
{
	float x[DIMENSION];
	ck_assert_int_eq(hash_encode(text, strlen(text), x, DIMENSION), 0);
	for (size_t i = 0; i < DIMENSION; i++)
		ck_assert_msg(fabsf(x[i] - expected[i]) < 2e-6f, "\"%s\": element %zu is %g, not %g", text, i,
			      (double)x[i], (double)expected[i]);
}

START_TEST(texts_have_the_vectors_of_the_rule)
{
	check_vector("a", (float[DIMENSION]){ 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0 });
	check_vector("Hello, world",
		     (float[DIMENSION]){ 0, 0, 0, -1, -3, 0, 1, 2, -1, 1, 4, 1, -1, -1, 0, -2 });
	check_vector("the cat and the dog and the cat",
		     (float[DIMENSION]){ 1.096376f, 1.414214f, -2.146264f, 2.732051f, 1.585786f, 1.414214f,
					 3.414214f, -1.414214f, 0.267949f, 0.317837f, -0.414214f, -2.732051f,
					 -3.414214f, 2.414214f, -0.317837f, 4.242641f });
	check_vector("Übung Ärger ПРИВЕТ",
		     (float[DIMENSION]){ -2, -1, 3, 1, 2, 0, -1, -1, 1, 0, -1, -2, 4, 0, 2, 1 });
}
END_TEST

static void encode(const char *text, size_t n, float *x)
{
	ck_assert_int_eq(hash_encode(text, n, x, HASH_DIMENSION), 0);
}

static void check_same(const char *left, const char *right)
{
	float a[HASH_DIMENSION], b[HASH_DIMENSION];
	encode(left, strlen(left), a);
	encode(right, strlen(right), b);
	ck_assert_mem_eq(a, b, sizeof(a));
}

static void check_different(const char *left, const char *right)
{
	float a[HASH_DIMENSION], b[HASH_DIMENSION];
	encode(left, strlen(left), a);
	encode(right, strlen(right), b);
	ck_assert_mem_ne(a, b, sizeof(a));
}

START_TEST(upper_and_lower_case_are_one_in_every_script)
{
	check_same("WHAT IS A GRAM?", "what is a gram?");
	check_same("ÄÖÜ ÉÈ Ñ", "äöü éè ñ");
	check_same("ΑΒΓ ΩΜΕΓΑ", "αβγ ωμεγα");
	check_same("ДОБРОЕ УТРО", "доброе утро");
	check_same("ԱՐԵՒ", "արեւ");
	check_same("\xf0\x90\x90\x80", "\xf0\x90\x90\xa8");
	check_different("straße", "strasse");
	check_different("a", "ä");
}
END_TEST

/* One letter of two bytes is one of three in lower case: the buffer has room for that. */
START_TEST(letters_that_grow_in_lower_case_have_room)
{
	char text[4096];
	float x[HASH_DIMENSION];
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc8\xba", 2);
	encode(text, sizeof(text), x);
	ck_assert_float_ne(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3], INFINITY);
	check_same("\xc8\xba\xc8\xba", "\xe2\xb1\xa5\xe2\xb1\xa5");
}
END_TEST

START_TEST(white_space_of_any_kind_and_length_is_one_space)
{
	check_same("a b", "a  b");
	check_same("a b", "\n a\t\r\n b \v");
	check_same("a b", "a\xc2\xa0\xe3\x80\x80\xe2\x80\xa8"
			  "b");
	check_same("a b", "a\x01"
			  "b");
	check_different("a b", "ab");
	check_different("a b", "a.b");
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_one_sign_each)
{
	check_same("x\xff"
		   "y",
		   "x\xef\xbf\xbdy");
	check_same("x\xc3", "x\xef\xbf\xbd");
	check_same("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_same("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_same("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

START_TEST(a_nul_byte_is_a_control_character_and_no_end)
{
	float a[HASH_DIMENSION], b[HASH_DIMENSION];
	encode("a\0b", 3, a);
	encode("a b", 3, b);
	ck_assert_mem_eq(a, b, sizeof(a));
}
END_TEST

START_TEST(a_text_without_a_gram_gives_zeros)
{
	const float zeros[HASH_DIMENSION] = { 0 };
	float x[HASH_DIMENSION];
	encode("", 0, x);
	ck_assert_mem_eq(x, zeros, sizeof(x));
	encode(" \n\t ", 4, x);
	ck_assert_mem_eq(x, zeros, sizeof(x));
	ck_assert(!embed_normalize(x, HASH_DIMENSION));
}
END_TEST

START_TEST(every_dimension_is_used_and_no_other)
{
	static const size_t dimensions[] = { 1, 2, 3, 7, 384, ENCODER_DIMENSION_MOST };
	char text[20000];
	uint32_t state = 1;
	for (size_t i = 0; i < sizeof(text); i++) {
		state = state * 1664525 + 1013904223;
		text[i] = (char)('a' + (state >> 16) % 26);
	}
	for (size_t d = 0; d < sizeof(dimensions) / sizeof(dimensions[0]); d++) {
		size_t used = 0;
		cleanup(free_pointer) float *x = malloc(dimensions[d] * sizeof(*x));
		ck_assert_int_eq(hash_encode(text, sizeof(text), x, dimensions[d]), 0);
		for (size_t i = 0; i < dimensions[d]; i++)
			used += x[i] != 0.0f;
		ck_assert_uint_ge(used, dimensions[d] - dimensions[d] / 4);
	}
}
END_TEST

START_TEST(the_identity_has_the_probes_that_the_encoder_gives)
{
	struct encoder_identity identity;
	ck_assert_int_eq(hash_identity(DIMENSION, &identity), 0);
	ck_assert_str_eq(identity.name, "hash");
	ck_assert_str_eq(identity.normalization, "l2");
	ck_assert_str_eq(identity.weights, "");
	for (size_t probe = 0; probe < ENCODER_PROBES; probe++) {
		float x[DIMENSION];
		ck_assert_int_eq(hash_encode(encoder_probes[probe], strlen(encoder_probes[probe]), x,
					     DIMENSION),
				 0);
		ck_assert(embed_normalize(x, DIMENSION));
		for (size_t i = 0; i < DIMENSION; i++)
			ck_assert_uint_eq(identity.probes[probe * DIMENSION + i], npy_float_to_half(x[i]));
	}
	encoder_identity_deinit(&identity);
	ck_assert_int_lt(hash_identity(0, &identity), 0);
	ck_assert_int_lt(hash_identity(ENCODER_DIMENSION_MOST + 1, &identity), 0);
}
END_TEST

SUITE_MAIN("Hash encoder", texts_have_the_vectors_of_the_rule, upper_and_lower_case_are_one_in_every_script,
	   letters_that_grow_in_lower_case_have_room, white_space_of_any_kind_and_length_is_one_space,
	   bytes_that_are_not_utf8_are_one_sign_each, a_nul_byte_is_a_control_character_and_no_end,
	   a_text_without_a_gram_gives_zeros, every_dimension_is_used_and_no_other,
	   the_identity_has_the_probes_that_the_encoder_gives)
