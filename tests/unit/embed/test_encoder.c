/* Identities of encoders: as JSON, and compared. */
#include "tests/support/suite.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/embed/encoder.h"
#include "common/io/npy.h"

static struct encoder_identity hash_of(size_t dimension)
{
	struct encoder_identity identity;
	ck_assert_int_eq(hash_identity(dimension, &identity), 0);
	return identity;
}

static struct encoder_identity given(const char *name, size_t dimension)
{
	struct encoder_identity identity;
	ck_assert_int_eq(encoder_identity_given(name, dimension, &identity), 0);
	return identity;
}

static void check_round_trip(const struct encoder_identity *identity)
{
	struct encoder_identity again;
	cleanup(free_pointer) char *text = NULL;
	cleanup(free_pointer) char *text_again = NULL;
	ck_assert_int_eq(encoder_identity_json(identity, &text), 0);
	ck_assert_int_eq(encoder_identity_parse(text, &again), 0);
	ck_assert_int_eq(encoder_identity_json(&again, &text_again), 0);
	ck_assert_str_eq(text, text_again);
	ck_assert(encoder_identity_matches(identity, &again, NULL, 0));
	encoder_identity_deinit(&again);
}

START_TEST(an_identity_comes_back_from_its_json)
{
	for (size_t dimension = 1; dimension <= 5; dimension++) {
		struct encoder_identity identity = hash_of(dimension);
		memset(identity.weights, 'a', 64);
		check_round_trip(&identity);
		encoder_identity_deinit(&identity);
	}
	struct encoder_identity named = given("text-embedding \"3\" é", ENCODER_DIMENSION_MOST);
	check_round_trip(&named);
}
END_TEST

START_TEST(json_is_sorted_and_without_blanks)
{
	struct encoder_identity identity = given("given", 384);
	cleanup(free_pointer) char *text = NULL;
	ck_assert_int_eq(encoder_identity_json(&identity, &text), 0);
	ck_assert_str_eq(text,
			 "{\"dimension\":384,\"name\":\"given\",\"normalization\":\"l2\",\"probes\":null,"
			 "\"weights\":\"\"}");
}
END_TEST

START_TEST(what_is_no_identity_is_refused)
{
	static const char *const texts[] = {
		"",
		"[]",
		"null",
		"{}",
		"{",
		"\"given\"",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\"}",
		"{\"dimension\":4,\"name\":\"g\",\"weights\":\"\"}",
		"{\"dimension\":4,\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":0,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":-1,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":8193,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":4294967297,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":4.0,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":\"4\",\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":4,\"name\":\"\",\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":4,\"name\":7,\"normalization\":\"l2\",\"weights\":\"\"}",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2-and-more\",\"weights\":\"\"}",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"abc\"}",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\",\"probes\":1}",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\",\"probes\":\"\"}",
		"{\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\",\"probes\":\"A\"}",
		"{\"dimension\":4,\"dimension\":4,\"name\":\"g\",\"normalization\":\"l2\",\"weights\":\"\"}",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct encoder_identity identity = { .dimension = 77 };
		ck_assert_msg(encoder_identity_parse(texts[i], &identity) == -EPROTO, "%s", texts[i]);
		ck_assert_uint_eq(identity.dimension, 77);
	}
}
END_TEST

START_TEST(probes_of_another_length_or_alphabet_are_refused)
{
	struct encoder_identity identity = hash_of(4), again;
	cleanup(free_pointer) char *text = NULL;
	ck_assert_int_eq(encoder_identity_json(&identity, &text), 0);
	char *probes = strstr(text, "\"probes\":\"") + 10;
	char letter = *probes;
	*probes = '!';
	ck_assert_int_eq(encoder_identity_parse(text, &again), -EPROTO);
	*probes = letter;
	memmove(probes, probes + 4, strlen(probes + 4) + 1);
	ck_assert_int_eq(encoder_identity_parse(text, &again), -EPROTO);
	encoder_identity_deinit(&identity);
}
END_TEST

START_TEST(a_hundred_thousand_nested_brackets_are_no_identity)
{
	struct encoder_identity identity;
	cleanup(free_pointer) char *deep = calloc(100001, 1);
	memset(deep, '[', 100000);
	ck_assert_int_eq(encoder_identity_parse(deep, &identity), -EPROTO);
}
END_TEST

START_TEST(names_and_dimensions_that_do_not_fit_are_refused)
{
	char name[ENCODER_NAME + 1] = { 0 };
	struct encoder_identity identity;
	memset(name, 'n', ENCODER_NAME);
	ck_assert_int_eq(encoder_identity_given(name, 4, &identity), -EINVAL);
	ck_assert_int_eq(encoder_identity_given("", 4, &identity), -EINVAL);
	ck_assert_int_eq(encoder_identity_given("g", 0, &identity), -EINVAL);
	ck_assert_int_eq(encoder_identity_given("g", ENCODER_DIMENSION_MOST + 1, &identity), -EINVAL);
	name[ENCODER_NAME - 1] = '\0';
	ck_assert_int_eq(encoder_identity_given(name, 4, &identity), 0);
	ck_assert_str_eq(identity.name, name);
}
END_TEST

static void check_strangers(const struct encoder_identity *a, const struct encoder_identity *b,
			    const char *says)
{
	char why[512] = "";
	ck_assert(!encoder_identity_matches(a, b, why, sizeof(why)));
	ck_assert_msg(strstr(why, says) != NULL, "%s", why);
	ck_assert(!encoder_identity_matches(b, a, NULL, 0));
}

START_TEST(identities_that_differ_in_a_field_do_not_match_and_both_are_named)
{
	struct encoder_identity a = given("given", 384), b = given("other", 384), c = given("given", 768);
	struct encoder_identity d = a, hash = hash_of(384), bare = given("hash", 384);
	memset(d.weights, '0', 64);
	check_strangers(&a, &b, "\"given\" (384 dimensions");
	check_strangers(&a, &b, "\"other\" (384 dimensions");
	check_strangers(&a, &c, "768 dimensions");
	check_strangers(&a, &d, "weights 000000000000");
	check_strangers(&hash, &bare, "no probes");
	ck_assert(encoder_identity_matches(&a, &a, NULL, 0));
	encoder_identity_deinit(&hash);
}
END_TEST

START_TEST(why_is_cut_where_there_is_no_room_for_it)
{
	struct encoder_identity a = given("given", 384), b = given("other", 384);
	char why[16];
	ck_assert(!encoder_identity_matches(&a, &b, why, sizeof(why)));
	ck_assert_str_eq(why, "encoder \"given\"");
}
END_TEST

START_TEST(probes_may_differ_in_rounding_but_not_in_direction)
{
	struct encoder_identity a = hash_of(64), b;
	ck_assert_int_eq(encoder_identity_copy(&a, &b), 0);
	ck_assert_ptr_ne(a.probes, b.probes);
	for (size_t i = 0; i < ENCODER_PROBES * 64; i++)
		b.probes[i] ^= 1;
	ck_assert(encoder_identity_matches(&a, &b, NULL, 0));
	for (size_t i = 3 * 64; i < 4 * 64; i++)
		b.probes[i] ^= i % 2 ? 0x8000 : 0;
	check_strangers(&a, &b, "probe sentence 4 differently");
	encoder_identity_deinit(&a);
	encoder_identity_deinit(&b);
}
END_TEST

START_TEST(probes_that_are_zero_or_no_numbers_match_nothing)
{
	static const uint16_t bad[] = { 0, 0x7c00, 0x7e00 };
	for (size_t i = 0; i < 3; i++) {
		struct encoder_identity a = hash_of(8), b = hash_of(8);
		for (size_t j = 0; j < 8; j++)
			a.probes[j] = b.probes[j] = bad[i];
		check_strangers(&a, &b, "probe sentence 1 differently");
		encoder_identity_deinit(&a);
		encoder_identity_deinit(&b);
	}
}
END_TEST

SUITE_MAIN("Encoders", an_identity_comes_back_from_its_json, json_is_sorted_and_without_blanks,
	   what_is_no_identity_is_refused, probes_of_another_length_or_alphabet_are_refused,
	   a_hundred_thousand_nested_brackets_are_no_identity,
	   names_and_dimensions_that_do_not_fit_are_refused,
	   identities_that_differ_in_a_field_do_not_match_and_both_are_named,
	   why_is_cut_where_there_is_no_room_for_it, probes_may_differ_in_rounding_but_not_in_direction,
	   probes_that_are_zero_or_no_numbers_match_nothing)
