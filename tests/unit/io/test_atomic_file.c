/* The old file or the new one, never something in between. */
#include "tests/support/suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "common/io/atomic_file.h"
#include "tests/support/scratch.h"

static void check_text(const char *path, const char *expected)
{
	cleanup(free_pointer) char *text = scratch_read(path, NULL);
	ck_assert_str_eq(text, expected);
}

START_TEST(a_new_file_has_its_bytes_and_nothing_is_left_beside_it)
{
	const char *path = scratch_path("new");
	ck_assert_int_eq(atomic_file_write(path, "hello", 5), 0);
	check_text(path, "hello");
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(an_empty_file_is_a_file)
{
	const char *path = scratch_path("empty");
	ck_assert_int_eq(atomic_file_write(path, "", 0), 0);
	check_text(path, "");
}
END_TEST

START_TEST(until_the_commit_the_old_file_stays)
{
	const char *path = scratch_text("file", "old");
	struct atomic_file file;
	ck_assert_int_eq(atomic_file_open(path, &file), 0);
	fputs("new and longer", file.stream);
	fflush(file.stream);
	check_text(path, "old");
	ck_assert_int_eq(atomic_file_commit(&file), 0);
	check_text(path, "new and longer");
	atomic_file_discard(&file);
	check_text(path, "new and longer");
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(what_is_discarded_leaves_nothing)
{
	const char *path = scratch_text("file", "old");
	struct atomic_file file;
	ck_assert_int_eq(atomic_file_open(path, &file), 0);
	fputs("new", file.stream);
	atomic_file_discard(&file);
	check_text(path, "old");
	ck_assert_uint_eq(scratch_count(), 1);
	atomic_file_discard(&file);
}
END_TEST

/* A limit on file sizes fails writes as a full disk does. */
START_TEST(a_full_disk_leaves_the_old_file)
{
	static char much[1 << 20];
	const char *path = scratch_text("file", "old");
	struct rlimit small = { 4096, 4096 };
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(atomic_file_write(path, much, sizeof(much)), -EFBIG);
	check_text(path, "old");
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_write_that_only_fails_at_the_end_is_a_failure)
{
	const char *path = scratch_text("file", "old");
	struct rlimit none = { 0, 0 };
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_int_eq(atomic_file_write(path, "new", 3), -EFBIG);
	check_text(path, "old");
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_told)
{
	ck_assert_int_eq(atomic_file_write(scratch_path("nowhere/file"), "x", 1), -ENOENT);
	ck_assert_int_eq(atomic_file_write(scratch_path("."), "x", 1), -EISDIR);
}
END_TEST

START_TEST(what_a_killed_process_left_is_no_obstacle)
{
	char name[64];
	const char *path = scratch_path("file");
	snprintf(name, sizeof(name), "file.%ld-0.partial", (long)getpid());
	const char *left_over = scratch_text(name, "half");
	ck_assert_int_eq(atomic_file_write(path, "whole", 5), 0);
	check_text(path, "whole");
	check_text(left_over, "half");
}
END_TEST

START_TEST(two_writers_of_one_file_do_not_mix)
{
	const char *path = scratch_path("file");
	struct atomic_file first, second;
	ck_assert_int_eq(atomic_file_open(path, &first), 0);
	ck_assert_int_eq(atomic_file_open(path, &second), 0);
	fputs("first", first.stream);
	fputs("second", second.stream);
	ck_assert_int_eq(atomic_file_commit(&second), 0);
	ck_assert_int_eq(atomic_file_commit(&first), 0);
	check_text(path, "first");
	atomic_file_discard(&first);
	atomic_file_discard(&second);
	ck_assert_uint_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_symbolic_link_stays_one_and_its_target_is_replaced)
{
	const char *target = scratch_text("target", "old"), *link = scratch_path("link");
	struct stat status;
	ck_assert_int_eq(symlink(target, link), 0);
	ck_assert_int_eq(atomic_file_write(link, "new", 3), 0);
	check_text(target, "new");
	ck_assert_int_eq(lstat(link, &status), 0);
	ck_assert(S_ISLNK(status.st_mode));
}
END_TEST

START_TEST(a_replaced_file_keeps_who_may_read_it)
{
	const char *path = scratch_text("private", "old");
	struct stat status;
	umask(022);
	ck_assert_int_eq(chmod(path, 0600), 0);
	ck_assert_int_eq(atomic_file_write(path, "new", 3), 0);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_device_is_written_as_it_is)
{
	ck_assert_int_eq(atomic_file_write("/dev/null", "x", 1), 0);
	ck_assert_int_ne(atomic_file_write("/dev/full", "x", 1), 0);
	struct stat status;
	ck_assert_int_eq(stat("/dev/null", &status), 0);
	ck_assert(S_ISCHR(status.st_mode));
}
END_TEST

SUITE_MAIN("Atomic files", a_new_file_has_its_bytes_and_nothing_is_left_beside_it, an_empty_file_is_a_file,
	   until_the_commit_the_old_file_stays, what_is_discarded_leaves_nothing,
	   a_full_disk_leaves_the_old_file, a_write_that_only_fails_at_the_end_is_a_failure,
	   a_directory_that_is_not_there_is_told, what_a_killed_process_left_is_no_obstacle,
	   two_writers_of_one_file_do_not_mix, a_symbolic_link_stays_one_and_its_target_is_replaced,
	   a_replaced_file_keeps_who_may_read_it, a_device_is_written_as_it_is)
