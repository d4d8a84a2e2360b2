/* Small files as a whole: what a text is, and what is too much. */
#include "tests/support/suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/text_file.h"
#include "tests/support/scratch.h"

START_TEST(a_text_comes_with_a_nul_behind_it)
{
	char *text = NULL;
	ck_assert_int_eq(text_file_read(scratch_text("key.pem", "two\nlines\n"), 100, &text), 0);
	ck_assert_str_eq(text, "two\nlines\n");
	free(text);
	ck_assert_int_eq(text_file_read(scratch_text("empty", ""), 100, &text), 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(a_file_may_be_as_large_as_the_limit_and_not_larger)
{
	const char *path = scratch_text("key.pem", "0123456789");
	char *text = NULL;
	ck_assert_int_eq(text_file_read(path, 9, &text), -EFBIG);
	ck_assert_ptr_null(text);
	ck_assert_int_eq(text_file_read(path, 10, &text), 0);
	ck_assert_uint_eq(strlen(text), 10);
	free(text);
}
END_TEST

START_TEST(a_file_with_a_nul_inside_is_no_text)
{
	char *text = NULL;
	ck_assert_int_eq(text_file_read(scratch_file("key.pem", "a\0b", 3), 100, &text), -EILSEQ);
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(what_open_and_read_say_is_told)
{
	char *text = NULL;
	ck_assert_int_eq(text_file_read(scratch_path("none"), 100, &text), -ENOENT);
	ck_assert_int_eq(text_file_read(scratch_path("."), 100, &text), -EISDIR);
	ck_assert_ptr_null(text);
}
END_TEST

SUITE_MAIN("text files", a_text_comes_with_a_nul_behind_it,
	   a_file_may_be_as_large_as_the_limit_and_not_larger, a_file_with_a_nul_inside_is_no_text,
	   what_open_and_read_say_is_told)
