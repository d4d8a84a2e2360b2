/* The one normalization. */
#include "tests/support/suite.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/embed/encoder.h"

START_TEST(a_vector_becomes_one_of_length_one)
{
	float x[] = { 3.0f, -4.0f, 0.0f };
	ck_assert(embed_normalize(x, 3));
	ck_assert_float_eq(x[0], 0.6f);
	ck_assert_float_eq(x[1], -0.8f);
	ck_assert_float_eq(x[2], 0.0f);
}
END_TEST

START_TEST(each_element_is_rounded_once)
{
	float x[] = { 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f };
	ck_assert(embed_normalize(x, 7));
	for (int i = 0; i < 7; i++)
		ck_assert_float_eq(x[i], (float)((i + 1) / sqrt(140.0)));
}
END_TEST

START_TEST(the_largest_and_the_smallest_floats_have_a_direction)
{
	float large[] = { FLT_MAX, FLT_MAX }, small[] = { 1e-45f, 1e-45f, 1e-45f, 1e-45f };
	ck_assert(embed_normalize(large, 2));
	ck_assert_float_eq(large[0], (float)sqrt(0.5));
	ck_assert(embed_normalize(small, 4));
	ck_assert_float_eq(small[3], 0.5f);
}
END_TEST

START_TEST(a_vector_without_direction_is_refused_and_left_as_it_is)
{
	const float bad[][2] = {
		{ 0.0f, 0.0f }, { -0.0f, 0.0f }, { NAN, 1.0f }, { 1.0f, INFINITY }, { -INFINITY, 0.0f }
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		float x[2];
		memcpy(x, bad[i], sizeof(x));
		ck_assert(!embed_normalize(x, 2));
		ck_assert_mem_eq(x, bad[i], sizeof(x));
	}
	ck_assert(!embed_normalize((float[]){ 1.0f }, 0));
}
END_TEST

/* Not every vector of length one stays the same when it is normalized again: that is why it happens once. */
START_TEST(a_second_normalization_would_change_bits)
{
	size_t changed = 0;
	for (size_t seed = 1; seed <= 200; seed++) {
		float once[16], twice[16];
		for (size_t i = 0; i < 16; i++)
			once[i] = (float)((seed * 2654435761u + i * 40503u) % 1000) - 499.5f;
		ck_assert(embed_normalize(once, 16));
		memcpy(twice, once, sizeof(twice));
		ck_assert(embed_normalize(twice, 16));
		changed += memcmp(once, twice, sizeof(once)) != 0;
		for (size_t i = 0; i < 16; i++)
			ck_assert_float_eq_tol(once[i], twice[i], 2e-7f);
	}
	ck_assert_uint_gt(changed, 0);
}
END_TEST

SUITE_MAIN("Normalization", a_vector_becomes_one_of_length_one, each_element_is_rounded_once,
	   the_largest_and_the_smallest_floats_have_a_direction,
	   a_vector_without_direction_is_refused_and_left_as_it_is, a_second_normalization_would_change_bits)
