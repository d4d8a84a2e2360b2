/* test_durable.c: the file is there as a whole, and a process that dies in between leaves the old one. */
#include "common/io/durable.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static void expect_content(const char *expected)
{
	size_t n;
	char *bytes = scratch_read(scratch_path("kept"), &n);
	ck_assert_uint_eq(n, strlen(expected));
	ck_assert_str_eq(bytes, expected);
	free(bytes);
}

START_TEST(a_file_is_replaced_as_a_whole_and_private)
{
	struct stat status;
	ck_assert_int_eq(durable_write(scratch_path("kept"), "older", 5, "test"), 0);
	ck_assert_int_eq(durable_write(scratch_path("kept"), "new", 3, "test"), 0);
	expect_content("new");
	ck_assert_int_eq(stat(scratch_path("kept"), &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_file_that_cannot_be_put_there_leaves_nothing)
{
	ck_assert_int_eq(durable_write(scratch_path("missing/kept"), "new", 3, "test"), -ENOENT);
	ck_assert_int_eq(mkdir(scratch_path("kept"), 0700), 0);
	ck_assert_int_eq(durable_write(scratch_path("kept"), "new", 3, "test"), -EISDIR);
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

/* Let a child die at a failpoint while it replaces "older" by "new". */
static void die_at(const char *name)
{
	int status;
	ck_assert_int_eq(durable_write(scratch_path("kept"), "older", 5, "test"), 0);
	pid_t child = fork();
	if (child == 0) {
		setenv("FEDROUTER_FAILPOINT", name, 1);
		_exit(durable_write(scratch_path("kept"), "new", 3, "test") == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

START_TEST(who_dies_before_the_rename_leaves_the_old_file)
{
	die_at("test-synced");
	expect_content("older");
}
END_TEST

START_TEST(who_dies_after_the_rename_leaves_the_new_file)
{
	die_at("test-renamed");
	expect_content("new");
	die_at("test-published");
	expect_content("new");
}
END_TEST

SUITE_MAIN("durable", a_file_is_replaced_as_a_whole_and_private,
	   a_file_that_cannot_be_put_there_leaves_nothing, who_dies_before_the_rename_leaves_the_old_file,
	   who_dies_after_the_rename_leaves_the_new_file)
