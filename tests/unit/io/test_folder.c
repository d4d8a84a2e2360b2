/* test_folder.c: folders are made once, for their owner only. */
#include "common/io/folder.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"

START_TEST(a_folder_is_made_once_and_private)
{
	struct stat status;
	char *parent = NULL;
	ck_assert_int_eq(folder_path(&parent, "%s", scratch_path("")), 0);
	ck_assert_int_eq(folder_make(parent, "kept"), 0);
	ck_assert_int_eq(folder_make(parent, "kept"), 0);
	ck_assert_int_eq(stat(scratch_path("kept"), &status), 0);
	ck_assert(S_ISDIR(status.st_mode) && (status.st_mode & 0777) == 0700);
	ck_assert_int_eq(folder_sync(parent), 0);
	ck_assert_int_eq(folder_sync_of(scratch_path("kept")), 0);
	free(parent);
}
END_TEST

START_TEST(what_is_not_there_is_told)
{
	ck_assert_int_eq(folder_make(scratch_path("missing"), "kept"), -ENOENT);
	ck_assert_int_eq(folder_sync(scratch_path("missing")), -ENOENT);
	ck_assert_int_eq(folder_sync_of(scratch_path("missing/file")), -ENOENT);
}
END_TEST

SUITE_MAIN("folder", a_folder_is_made_once_and_private, what_is_not_there_is_told)
