/* test_socket_path.c: a socket far down is reached by a short name. */
#include "common/http/socket_path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/http/http_client.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/http/serving.h"

/* A path of more than 107 bytes, whose folders are made. */
static const char *deep(void)
{
	static char path[512];
	int n = snprintf(path, sizeof(path), "%s", scratch_path("deep"));
	for (int i = 0; i < 4; i++) {
		(void)mkdir(path, 0700);
		n += snprintf(path + n, sizeof(path) - (size_t)n, "/a-folder-with-a-rather-long-name");
	}
	(void)mkdir(path, 0700);
	n += snprintf(path + n, sizeof(path) - (size_t)n, "/admin.sock");
	ck_assert_int_gt(n, 108);
	return path;
}

START_TEST(a_short_name_stands_for_a_long_one)
{
	struct socket_path name;
	ck_assert_int_eq(socket_path_open(deep(), &name), 0);
	ck_assert_uint_lt(strlen(name.text), sizeof(name.text));
	FILE *file = fopen(name.text, "w");
	ck_assert_ptr_nonnull(file);
	fclose(file);
	struct stat status;
	ck_assert_int_eq(stat(deep(), &status), 0);
	socket_path_close(&name);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
	struct socket_path name;
	ck_assert_int_eq(socket_path_open(scratch_path("none/admin.sock"), &name), -ENOENT);
	ck_assert_int_eq(socket_path_open(scratch_text("file", "x"), &name), 0);
	socket_path_close(&name);
	ck_assert_int_eq(socket_path_open("/proc/a-name-that-is-so-long-that-it-does-not-fit-in-64-bytes",
					  &name),
			 -ENAMETOOLONG);
	ck_assert_int_eq(socket_path_open("admin.sock", &name), 0); /* of the working directory */
	socket_path_close(&name);
}
END_TEST

static int ask(void *context)
{
	struct http_answer answer;
	struct http_question question = { .socket = context, .path = "/text", .timeout_ms = 60000 };
	int r = http_client_ask(&question, &answer);
	http_answer_deinit(&answer);
	return r;
}

START_TEST(server_and_client_meet_far_down)
{
	struct serving serving;
	serving_start(&serving, NULL, deep());
	serving_call(&serving, ask, (void *)(uintptr_t)deep());
	ck_assert_int_eq(serving.handled, 1);
	serving_end(&serving);
}
END_TEST

SUITE_MAIN("http/socket_path", a_short_name_stands_for_a_long_one, a_folder_that_is_not_there_is_an_error,
	   server_and_client_meet_far_down)
