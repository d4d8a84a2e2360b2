/* test_http_client.c: an answer, or which of the ways it did not come. */
#include "common/http/http_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/http/socket_path.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/http/serving.h"

struct asking {
	struct http_question question;
	struct http_answer answer;
	int outcome;
};

static int ask(void *context)
{
	struct asking *asking = context;
	asking->outcome = http_client_ask(&asking->question, &asking->answer);
	return 0;
}

START_TEST(json_goes_there_and_comes_back)
{
	struct serving serving;
	char body[1000];
	struct asking asking = { .question = { .socket = scratch_path("admin.sock"),
					       .path = "/echo",
					       .body = body,
					       .n = sizeof(body),
					       .timeout_ms = 60000 } };
	memset(body, '7', sizeof(body));
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	serving_start(&serving, NULL, asking.question.socket);
	serving_call(&serving, ask, &asking);
	ck_assert_int_eq(asking.outcome, HTTP_E_OK);
	ck_assert_int_eq(asking.answer.status, 200);
	ck_assert_uint_eq(asking.answer.n, sizeof(body));
	ck_assert_mem_eq(asking.answer.body, body, sizeof(body));
	http_answer_deinit(&asking.answer);
	serving_end(&serving);
}
END_TEST

START_TEST(any_status_is_an_answer)
{
	struct serving serving;
	struct asking asking = {
		.question = { .socket = scratch_path("admin.sock"), .path = "/none", .timeout_ms = 60000 }
	};
	serving_start(&serving, NULL, asking.question.socket);
	serving_call(&serving, ask, &asking);
	ck_assert_int_eq(asking.outcome, HTTP_E_OK);
	ck_assert_int_eq(asking.answer.status, 404);
	http_answer_deinit(&asking.answer);
	asking.question.path = "/echo";
	asking.question.body = "";
	serving_call(&serving, ask, &asking);
	ck_assert_int_eq(asking.answer.status, 200);
	ck_assert_str_eq(asking.answer.body, "");
	http_answer_deinit(&asking.answer);
	serving_end(&serving);
}
END_TEST

static void check(const char *socket, long timeout_ms, int expected)
{
	struct http_question question = { .socket = socket, .path = "/text", .timeout_ms = timeout_ms };
	struct http_answer answer;
	ck_assert_int_eq(http_client_ask(&question, &answer), expected);
	ck_assert_ptr_null(answer.body);
}

/* A socket that listens; `path` names it. */
static int listening(const char *path)
{
	struct socket_path name = { 0 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(socket_path_open(path, &name), 0);
	memcpy(address.sun_path, name.text, sizeof(name.text));
	ck_assert_int_eq(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(descriptor, 4), 0);
	socket_path_close(&name);
	return descriptor;
}

START_TEST(nobody_there_is_told_from_silence)
{
	const char *path = scratch_path("silent.sock");
	check(scratch_path("none.sock"), 60000, HTTP_E_DOWN);
	check(scratch_path("no-folder/none.sock"), 60000, HTTP_E_DOWN);
	int descriptor = listening(path);
	check(path, 50, HTTP_E_LATE);
	close(descriptor);
	check(path, 60000, HTTP_E_DOWN); /* its file is still there, as after kill -9 */
}
END_TEST

static int cut(void *context)
{
	int descriptor = accept(*(int *)context, NULL, NULL);
	char bytes[512];
	ck_assert_int_gt(read(descriptor, bytes, sizeof(bytes)), 0);
	const char *half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
	ck_assert_int_eq(write(descriptor, half, strlen(half)), (ssize_t)strlen(half));
	close(descriptor);
	return 0;
}

static void ended(void *context, int result)
{
	ck_assert_int_eq(result, 0);
	loop_stop(context);
}

struct cutting {
	int descriptor;
	struct loop *loop;
};

static int cutting(void *context)
{
	return cut(&((struct cutting *)context)->descriptor);
}

static void cutting_ended(void *context, int result)
{
	ended(((struct cutting *)context)->loop, result);
}

START_TEST(half_an_answer_is_none)
{
	const char *path = scratch_path("half.sock");
	struct cutting context = { .descriptor = listening(path) };
	ck_assert_int_eq(loop_new(&context.loop), 0);
	ck_assert_int_eq(loop_job(context.loop, cutting, cutting_ended, &context), 0);
	check(path, 60000, HTTP_E_CUT);
	ck_assert_int_eq(loop_run(context.loop), 0);
	loop_free(context.loop);
	close(context.descriptor);
}
END_TEST

SUITE_MAIN("http/http_client", json_goes_there_and_comes_back, any_status_is_an_answer,
	   nobody_there_is_told_from_silence, half_an_answer_is_none)
