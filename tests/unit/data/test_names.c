/* Strings get numbers in order of appearance, whatever they hash to. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/names.h"

static struct names names;
static struct arena arena;

static uint32_t number(const char *text)
{
	uint32_t out;
	ck_assert_int_eq(names_number(&names, &arena, text, strlen(text), &out), 0);
	return out;
}

static void tear_down(void)
{
	names_deinit(&names);
	arena_deinit(&arena);
}

START_TEST(names_are_numbered_as_they_first_appear)
{
	ck_assert_uint_eq(number("gpt-4o"), 0);
	ck_assert_uint_eq(number("claude"), 1);
	ck_assert_uint_eq(number("gpt-4o"), 0);
	ck_assert_uint_eq(number("gpt-4"), 2);
	ck_assert_uint_eq(names.n, 3);
	ck_assert_str_eq(names.items[1], "claude");
	tear_down();
}
END_TEST

START_TEST(a_prefix_of_a_longer_text_is_a_name_of_its_own)
{
	uint32_t out;
	ck_assert_uint_eq(number("gpt-4o"), 0);
	ck_assert_int_eq(names_number(&names, &arena, "gpt-4o-mini", 5, &out), 0);
	ck_assert_uint_eq(out, 1);
	ck_assert_str_eq(names.items[1], "gpt-4");
	ck_assert_uint_eq(number(""), 2);
	ck_assert_uint_eq(number(""), 2);
	tear_down();
}
END_TEST

START_TEST(numbers_stay_while_the_table_grows)
{
	enum { N = 50000 };
	char text[32];
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < N; i++) {
			snprintf(text, sizeof(text), "q%u", i);
			ck_assert_uint_eq(number(text), i);
		}
	}
	ck_assert_uint_eq(names.n, N);
	tear_down();
}
END_TEST

START_TEST(sorting_follows_raw_bytes_upper_case_first_and_leaves_the_numbers)
{
	static const char *const unsorted[] = { "mistral",    "Mistral", "\xc3\xa9t\xc3\xa9",
						"mistral-7b", "10",      "9" };
	static const uint32_t expected[] = { 4, 5, 1, 0, 3, 2 };
	uint32_t *order;
	for (size_t i = 0; i < 6; i++)
		number(unsorted[i]);
	ck_assert_int_eq(names_sort(&names, &order), 0);
	for (size_t i = 0; i < 6; i++)
		ck_assert_uint_eq(order[i], expected[i]);
	ck_assert_uint_eq(number("mistral"), 0);
	free(order);
	tear_down();
}
END_TEST

START_TEST(no_names_can_be_sorted_too)
{
	uint32_t *order = NULL;
	ck_assert_int_eq(names_sort(&names, &order), 0);
	free(order);
	tear_down();
}
END_TEST

SUITE_MAIN("data/names", names_are_numbered_as_they_first_appear,
	   a_prefix_of_a_longer_text_is_a_name_of_its_own, numbers_stay_while_the_table_grows,
	   sorting_follows_raw_bytes_upper_case_first_and_leaves_the_numbers, no_names_can_be_sorted_too)
