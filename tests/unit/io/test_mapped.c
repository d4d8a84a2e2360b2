/* A file's bytes in memory. */
#include "tests/support/suite.h"

#include <string.h>
#include <sys/mman.h>

#include "common/io/mapped.h"
#include "tests/support/scratch.h"

START_TEST(a_file_is_mapped_as_it_is)
{
	struct findings findings = { 0 };
	void *bytes;
	size_t n;
	ck_assert_int_eq(mapped_open(scratch_file("file", "a\0b", 3), &findings, &bytes, &n), MAPPED_E_OK);
	ck_assert_uint_eq(n, 3);
	ck_assert_mem_eq(bytes, "a\0b", 3);
	ck_assert_uint_eq(findings.n, 0);
	munmap(bytes, n);
}
END_TEST

static void check_refused(const char *path, const char *detail)
{
	struct findings findings = { 0 };
	void *bytes;
	size_t n;
	ck_assert_int_eq(mapped_open(path, &findings, &bytes, &n), MAPPED_E_UNREADABLE);
	ck_assert_uint_eq(findings.n_items, 1);
	ck_assert_str_eq(findings.items[0].file, path);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, detail));
	findings_deinit(&findings);
}

START_TEST(a_missing_file_a_directory_and_an_empty_file_are_told)
{
	check_refused(scratch_path("nothing"), "No such file");
	check_refused(scratch_path("."), "Is a directory");
	check_refused(scratch_file("empty", "", 0), "no byte in it");
}
END_TEST

SUITE_MAIN("Mapped files", a_file_is_mapped_as_it_is, a_missing_file_a_directory_and_an_empty_file_are_told)
