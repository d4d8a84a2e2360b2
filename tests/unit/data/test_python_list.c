/* What Python prints for a list of strings, read back. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/data/python_list.h"

static void joins(const char *text, const char *expected)
{
	char out[256];
	ck_assert_msg(python_list_join(text, out), "not taken for a list: %s", text);
	ck_assert_str_eq(out, expected);
}

static void refuses(const char *text)
{
	char out[256];
	ck_assert_msg(!python_list_join(text, out), "taken for a list: %s", text);
}

START_TEST(one_string_is_its_text)
{
	joins("['What is 2 + 2?']", "What is 2 + 2?");
	joins("[\"It's late\"]", "It's late");
	joins("['']", "");
}
END_TEST

START_TEST(several_strings_are_joined_by_line_ends)
{
	joins("['first', \"second's\", 'third']", "first\nsecond's\nthird");
}
END_TEST

START_TEST(quotes_and_brackets_inside_a_string_do_not_end_it)
{
	joins("['say \"hi\"]', 'a, b']", "say \"hi\"]\na, b");
	joins("['it\\'s']", "it's");
}
END_TEST

START_TEST(escapes_become_what_they_stand_for)
{
	joins("['a\\nb\\tc\\rd\\\\e\\\"f']", "a\nb\tc\rd\\e\"f");
	joins("['\\xe9 \\u20ac \\U0001f600']", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
}
END_TEST

START_TEST(text_that_is_not_ascii_passes_as_it_is)
{
	joins("['\xe5\x86\x99\xe8\xaf\x97']", "\xe5\x86\x99\xe8\xaf\x97");
}
END_TEST

START_TEST(an_escape_that_python_does_not_write_is_kept_as_it_is)
{
	joins("['\\d+ \\q \\xg1 \\u12']", "\\d+ \\q \\xg1 \\u12");
}
END_TEST

START_TEST(code_points_that_no_text_can_hold_become_the_replacement_character)
{
	joins("['\\x00 \\ud800 \\U00110000']", "\xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd");
}
END_TEST

START_TEST(anything_else_is_not_a_list)
{
	refuses("");
	refuses("What is 2 + 2?");
	refuses("[1] is a citation");
	refuses("[]");
	refuses("['open");
	refuses("['open'");
	refuses("['a' 'b']");
	refuses("['a'] and more");
	refuses("['a\\");
	refuses("['a', ");
}
END_TEST

SUITE_MAIN("data/python_list", one_string_is_its_text, several_strings_are_joined_by_line_ends,
	   quotes_and_brackets_inside_a_string_do_not_end_it, escapes_become_what_they_stand_for,
	   text_that_is_not_ascii_passes_as_it_is, an_escape_that_python_does_not_write_is_kept_as_it_is,
	   code_points_that_no_text_can_hold_become_the_replacement_character, anything_else_is_not_a_list)
