/* How failures travel. */
#include "tests/support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "tests/support/scratch.h"

static int forward(int code)
{
	TRY(code);
	return 17;
}

static int allocate(void *pointer)
{
	TRY_ALLOC(pointer);
	return 0;
}

/* What `code` becomes when it is forwarded; the trail goes to a file whose text is in *trail. */
static int forward_quietly(int code, char **trail)
{
	const char *path = scratch_text("trail", "");
	int screen = dup(STDERR_FILENO), file = open(path, O_WRONLY);
	dup2(file, STDERR_FILENO);
	int result = forward(code);
	dup2(screen, STDERR_FILENO);
	close(screen);
	close(file);
	*trail = scratch_read(path, NULL);
	return result;
}

START_TEST(success_goes_on_without_a_trail)
{
	cleanup(free_pointer) char *trail = NULL;
	ck_assert_int_eq(forward_quietly(0, &trail), 17);
	ck_assert_str_eq(trail, "");
}
END_TEST

START_TEST(a_negative_code_is_forwarded_unchanged_and_leaves_file_and_line)
{
	cleanup(free_pointer) char *trail = NULL;
	ck_assert_int_eq(forward_quietly(-ENOENT, &trail), -ENOENT);
	ck_assert_ptr_nonnull(strstr(trail, "No such file"));
	ck_assert_ptr_nonnull(strstr(trail, "test_error.c:"));
	ck_assert_ptr_eq(strchr(trail, '\n'), trail + strlen(trail) - 1);
}
END_TEST

START_TEST(a_positive_outcome_that_nobody_handled_is_a_failure)
{
	cleanup(free_pointer) char *trail = NULL;
	ck_assert_int_eq(forward_quietly(3, &trail), -ENOTRECOVERABLE);
}
END_TEST

START_TEST(a_failed_allocation_is_out_of_memory)
{
	int something;
	ck_assert_int_eq(allocate(&something), 0);
	ck_assert_int_eq(allocate(NULL), -ENOMEM);
}
END_TEST

START_TEST(free_pointer_frees_and_forgets)
{
	char *text = malloc(8);
	free_pointer(&text);
	ck_assert_ptr_null(text);
	free_pointer(&text);
}
END_TEST

SUITE_MAIN("Errors", success_goes_on_without_a_trail,
	   a_negative_code_is_forwarded_unchanged_and_leaves_file_and_line,
	   a_positive_outcome_that_nobody_handled_is_a_failure, a_failed_allocation_is_out_of_memory,
	   free_pointer_frees_and_forgets)
