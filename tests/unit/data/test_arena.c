/* Strings that stay where they are until their arena goes. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#include "common/data/arena.h"

START_TEST(a_copy_ends_with_a_nul_and_does_not_follow_its_source)
{
	struct arena arena = { 0 };
	char source[] = "mistral-large";
	const char *copy;
	ck_assert_int_eq(arena_copy(&arena, source, 7, &copy), 0);
	source[0] = 'X';
	ck_assert_str_eq(copy, "mistral");
	arena_deinit(&arena);
}
END_TEST

START_TEST(bytes_are_copied_as_they_are_even_none_or_nul)
{
	struct arena arena = { 0 };
	const char *copy, *empty;
	ck_assert_int_eq(arena_copy(&arena, "a\0b", 3, &copy), 0);
	ck_assert_int_eq(arena_copy(&arena, "", 0, &empty), 0);
	ck_assert_mem_eq(copy, "a\0b", 4);
	ck_assert_str_eq(empty, "");
	arena_deinit(&arena);
}
END_TEST

START_TEST(copies_stay_in_place_while_many_more_are_made)
{
	enum { N = 200000 };
	struct arena arena = { 0 };
	static const char *copies[N];
	char text[32];
	for (size_t i = 0; i < N; i++) {
		int n = snprintf(text, sizeof(text), "query-%zu", i);
		ck_assert_int_eq(arena_copy(&arena, text, (size_t)n, &copies[i]), 0);
	}
	for (size_t i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "query-%zu", i);
		ck_assert_str_eq(copies[i], text);
	}
	arena_deinit(&arena);
}
END_TEST

START_TEST(a_string_larger_than_a_block_gets_its_own)
{
	enum { N = 3 << 20 };
	struct arena arena = { 0 };
	static char large[N];
	const char *before, *copy, *after;
	for (size_t i = 0; i < N; i++)
		large[i] = 'q';
	ck_assert_int_eq(arena_copy(&arena, "before", 6, &before), 0);
	ck_assert_int_eq(arena_copy(&arena, large, N, &copy), 0);
	ck_assert_int_eq(arena_copy(&arena, "after", 5, &after), 0);
	ck_assert_uint_eq(strlen(copy), N);
	ck_assert_str_eq(before, "before");
	ck_assert_str_eq(after, "after");
	arena_deinit(&arena);
}
END_TEST

SUITE_MAIN("data/arena", a_copy_ends_with_a_nul_and_does_not_follow_its_source,
	   bytes_are_copied_as_they_are_even_none_or_nul, copies_stay_in_place_while_many_more_are_made,
	   a_string_larger_than_a_block_gets_its_own)
