/* serving.c: three routes, and a caller who speaks the bytes by hand. */
#include "tests/unit/http/serving.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/suite.h"

static void echo(struct http_request *request, void *context)
{
	struct serving *serving = context;
	size_t n;
	const char *body = http_request_body(request, &n);
	serving->handled++;
	http_request_answer(request, 200, "application/json", body, n);
}

static void text(struct http_request *request, void *context)
{
	struct serving *serving = context;
	serving->handled++;
	http_request_answer(request, 200, "text/plain", "text", 4);
}

static void hold(struct http_request *request, void *context)
{
	struct serving *serving = context;
	serving->held = request;
	loop_stop(serving->loop);
}

void serving_start(struct serving *serving, const char *address, const char *socket)
{
	static const struct http_route routes[] = { { "POST", "/echo", echo },
						    { "GET", "/text", text },
						    { "GET", "/held", hold },
						    { .path = NULL } };
	struct http_server_options options = { .address = address,
					       .socket = socket,
					       .routes = routes,
					       .context = serving,
					       .body_most = 1000,
					       .connections_most = 8 };
	*serving = (struct serving){ 0 };
	ck_assert_int_eq(loop_new(&serving->loop), 0);
	ck_assert_int_eq(http_server_new(serving->loop, &options, &serving->server), 0);
}

void serving_end(struct serving *serving)
{
	http_server_free(serving->server);
	loop_free(serving->loop);
}

static void called(void *context, int result)
{
	struct serving *serving = context;
	ck_assert_int_eq(result, 0);
	loop_stop(serving->loop);
}

struct call {
	struct serving *serving;
	int (*call)(void *context);
	void *context;
};

static int work(void *context)
{
	struct call *call = context;
	return call->call(call->context);
}

static void done(void *context, int result)
{
	struct call *call = context;
	called(call->serving, result);
	free(call);
}

void serving_call(struct serving *serving, int (*call)(void *context), void *context)
{
	struct call *own = malloc(sizeof(*own));
	ck_assert_ptr_nonnull(own);
	*own = (struct call){ serving, call, context };
	ck_assert_int_eq(loop_job(serving->loop, work, done, own), 0);
	ck_assert_int_eq(loop_run(serving->loop), 0);
}

char *serving_raw(const char *where, const char *sent)
{
	const char *colon = strrchr(where, ':');
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10)),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int descriptor = socket(AF_INET, SOCK_STREAM, 0);
	char *answer = calloc(1, 65536);
	ck_assert_ptr_nonnull(answer);
	ck_assert_int_eq(connect(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
	(void)!send(descriptor, sent, strlen(sent), MSG_NOSIGNAL);
	size_t n = 0;
	for (ssize_t more; n < 65535 && (more = read(descriptor, answer + n, 65535 - n)) > 0;)
		n += (size_t)more;
	close(descriptor);
	return answer;
}
