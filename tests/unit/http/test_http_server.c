/* test_http_server.c: what the loop sees of a request, and what it never sees. */
#include "common/http/http_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/http/http_client.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/http/serving.h"

struct exchange {
	struct serving *serving;
	const char *sent;
	char *answer;
};

static int exchange(void *context)
{
	struct exchange *exchange = context;
	exchange->answer = serving_raw(http_server_address(exchange->serving->server), exchange->sent);
	return 0;
}

/* Send the bytes; the answer must begin and end like this. */
static void check(struct serving *serving, const char *sent, const char *begin, const char *end)
{
	struct exchange context = { .serving = serving, .sent = sent };
	serving_call(serving, exchange, &context);
	size_t n = strlen(context.answer);
	ck_assert_msg(strncmp(context.answer, begin, strlen(begin)) == 0, "answer: %s", context.answer);
	ck_assert_msg(n >= strlen(end) && strcmp(context.answer + n - strlen(end), end) == 0, "answer: %s",
		      context.answer);
	free(context.answer);
}

#define CLOSE "Host: x\r\nConnection: close\r\n"

START_TEST(a_request_is_answered_by_its_route)
{
	struct serving serving;
	serving_start(&serving, "127.0.0.1:0", NULL);
	ck_assert_ptr_nonnull(strstr(http_server_address(serving.server), "127.0.0.1:"));
	ck_assert_str_ne(http_server_address(serving.server), "127.0.0.1:0");
	check(&serving, "GET /text HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\ntext");
	check(&serving, "HEAD /text HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n\r\n");
	check(&serving, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc", "HTTP/1.1 200 OK\r\n",
	      "\r\n\r\nabc");
	check(&serving,
	      "POST /echo HTTP/1.1\r\n" CLOSE
	      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
	      "HTTP/1.1 200 OK\r\n", "\r\n\r\nabcd");
	check(&serving, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n",
	      "\r\n\r\n");
	ck_assert_int_eq(serving.handled, 5);
	serving_end(&serving);
}
END_TEST

START_TEST(what_fits_no_route_never_reaches_the_loop)
{
	struct serving serving;
	serving_start(&serving, "[::1]:0", NULL);
	serving_end(&serving);
	serving_start(&serving, "127.0.0.1:0", NULL);
	check(&serving, "GET /other HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 404 ", "");
	check(&serving, "GET /text/more HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 404 ", "");
	check(&serving, "POST /text HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc", "HTTP/1.1 405 ", "");
	check(&serving, "HEAD /echo HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 405 ", "");
	check(&serving, "nonsense\r\n\r\n", "", "");
	ck_assert_int_eq(serving.handled, 0);
	serving_end(&serving);
}
END_TEST

START_TEST(a_body_above_the_limit_is_refused)
{
	struct serving serving;
	char sent[2400], body[1002];
	serving_start(&serving, "127.0.0.1:0", NULL);
	memset(body, 'x', sizeof(body));
	body[1000] = '\0';
	snprintf(sent, sizeof(sent), "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 1000\r\n\r\n%s", body);
	check(&serving, sent, "HTTP/1.1 200 ", "xxx");
	body[1000] = 'x';
	body[1001] = '\0';
	snprintf(sent, sizeof(sent), "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 1001\r\n\r\n%s", body);
	check(&serving, sent, "HTTP/1.1 413 ", "");
	snprintf(sent, sizeof(sent),
		 "POST /echo HTTP/1.1\r\n" CLOSE "Transfer-Encoding: chunked\r\n\r\n3e9\r\n%s\r\n0\r\n\r\n",
		 body);
	check(&serving, sent, "", "");
	check(&serving, "POST /echo HTTP/1.1\r\n" CLOSE "Content-Length: 99999999999999999999999999\r\n\r\nx",
	      "", "");
	ck_assert_int_eq(serving.handled, 1);
	serving_end(&serving);
}
END_TEST

static int ask_text(void *context)
{
	struct http_answer answer;
	struct http_question question = { .socket = context, .path = "/text", .timeout_ms = 60000 };
	int r = http_client_ask(&question, &answer);
	if (r == 0 && (answer.status != 200 || strcmp(answer.body, "text") != 0))
		r = -1;
	http_answer_deinit(&answer);
	return r;
}

START_TEST(a_unix_socket_is_its_owners_and_goes_with_the_server)
{
	struct serving serving;
	struct stat status;
	const char *path = scratch_text("admin.sock", "something stale");
	serving_start(&serving, NULL, path);
	ck_assert_str_eq(http_server_address(serving.server), path);
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFSOCK | 0600);
	serving_call(&serving, ask_text, (void *)(uintptr_t)path);
	serving_end(&serving);
	ck_assert_int_ne(stat(path, &status), 0);
}
END_TEST

static void check_refused(const char *address, const char *socket, int expected)
{
	static const struct http_route none[] = { { .path = NULL } };
	struct http_server_options options = {
		.address = address, .socket = socket, .routes = none, .connections_most = 1
	};
	struct http_server *server = NULL;
	struct loop *loop;
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(http_server_new(loop, &options, &server), expected);
	ck_assert_ptr_null(server);
	loop_free(loop);
}

START_TEST(a_place_that_cant_be_listened_on_is_an_error)
{
	struct serving serving;
	serving_start(&serving, "127.0.0.1:0", NULL);
	check_refused(http_server_address(serving.server), NULL, -EADDRINUSE);
	serving_end(&serving);
	check_refused("127.0.0.1", NULL, -EINVAL);
	check_refused("127.0.0.1:http", NULL, -EINVAL);
	check_refused("127.0.0.1:99999999", NULL, -EINVAL);
	check_refused(":80", NULL, -EINVAL);
	check_refused("no such host.invalid:80", NULL, -EINVAL);
	check_refused("192.0.2.1:0", NULL, -EADDRNOTAVAIL);
	check_refused(NULL, scratch_path("no-folder/admin.sock"), -ENOENT);
}
END_TEST

struct held {
	struct serving *serving;
	char *answer;
};

static int ask_held(void *context)
{
	struct held *held = context;
	held->answer = serving_raw(http_server_address(held->serving->server),
				   "GET /held HTTP/1.1\r\n" CLOSE "\r\n");
	return 0;
}

static void held_done(void *context, int result)
{
	struct held *held = context;
	ck_assert_int_eq(result, 0);
	ck_assert_ptr_nonnull(held->answer);
	loop_stop(held->serving->loop);
}

START_TEST(an_answer_may_come_later)
{
	struct serving serving;
	struct held held = { .serving = &serving };
	serving_start(&serving, "127.0.0.1:0", NULL);
	ck_assert_int_eq(loop_job(serving.loop, ask_held, held_done, &held), 0);
	ck_assert_int_eq(loop_run(serving.loop), 0); /* until the request is here */
	ck_assert_ptr_nonnull(serving.held);
	check(&serving, "GET /text HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 200 OK\r\n", "text");
	http_request_answer(serving.held, 503, "text/plain", "later", 5);
	ck_assert_int_eq(loop_run(serving.loop), 0);
	ck_assert_ptr_nonnull(strstr(held.answer, "HTTP/1.1 503 "));
	ck_assert_ptr_nonnull(strstr(held.answer, "\r\n\r\nlater"));
	free(held.answer);
	serving_end(&serving);
}
END_TEST

START_TEST(a_server_that_stops_answers_what_it_holds)
{
	struct serving serving;
	struct held held = { .serving = &serving };
	serving_start(&serving, "127.0.0.1:0", NULL);
	ck_assert_int_eq(loop_job(serving.loop, ask_held, held_done, &held), 0);
	ck_assert_int_eq(loop_run(serving.loop), 0);
	http_server_free(serving.server);
	ck_assert_int_eq(loop_run(serving.loop), 0);
	ck_assert_ptr_nonnull(held.answer);
	free(held.answer);
	loop_free(serving.loop);
}
END_TEST

SUITE_MAIN("http/http_server", a_request_is_answered_by_its_route, what_fits_no_route_never_reaches_the_loop,
	   a_body_above_the_limit_is_refused, a_unix_socket_is_its_owners_and_goes_with_the_server,
	   a_place_that_cant_be_listened_on_is_an_error, an_answer_may_come_later,
	   a_server_that_stops_answers_what_it_holds)
