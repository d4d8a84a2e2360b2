/* http_server.c: libmicrohttpd's thread reads, the loop's thread answers.                 (kind: adapter)
 *
 * A request belongs to libmicrohttpd's thread until its connection is suspended and it is posted to the
 * inbox; then to the loop until the connection is resumed; then to libmicrohttpd's thread, which frees it.
 */
#include "common/http/http_server.h"

#include <microhttpd.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/http/http_listen.h"

enum { IDLE_S = 10, CONNECTION_BYTES = 16 << 10 };

struct http_request {
	struct inbox_item item; /* first: the inbox gives it back */
	struct http_server *server;
	struct MHD_Connection *connection;
	const struct http_route *route; /* NULL: none fits, `status` says why */
	char *body;
	size_t n, room;
	unsigned status;                    /* to answer with, where it is not 0 */
	struct MHD_Response *response;      /* the loop's answer */
	struct http_request *next, **place; /* in the server's list while it is the loop's */
};

struct http_server {
	struct http_server_options options;
	struct MHD_Daemon *daemon;
	struct inbox *inbox;
	struct http_request *asked; /* by the loop's handlers, not yet answered */
	atomic_bool stopping;
	atomic_int handing; /* threads that may be about to post */
	char *path;
	char address[HTTP_ADDRESS];
};

static bool method_fits(const struct http_route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
	       (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

/* Does the header announce more than will be read? */
static bool is_too_large(const struct http_request *request)
{
	const char *length = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);
	return length && strtoull(length, NULL, 10) > request->server->options.body_most;
}

/* Find the request's route; where there is none, the status says why. */
static void route_find(struct http_request *request, const char *method, const char *path)
{
	request->status = MHD_HTTP_NOT_FOUND;
	for (const struct http_route *route = request->server->options.routes; route->path; route++) {
		if (strcmp(route->path, path) != 0)
			continue;
		request->status = MHD_HTTP_METHOD_NOT_ALLOWED;
		if (method_fits(route, method)) {
			request->route = route;
			request->status = is_too_large(request) ? MHD_HTTP_CONTENT_TOO_LARGE : 0;
			return;
		}
	}
}

/* False: more than was announced or than there is room for. */
static bool body_add(struct http_request *request, const char *bytes, size_t n)
{
	if (n > request->server->options.body_most - request->n)
		return false;
	if (request->n + n + 1 > request->room) {
		size_t room = 2 * (request->n + n) + 1;
		char *more = realloc(request->body, room);
		if (!more)
			return false;
		request->body = more;
		request->room = room;
	}
	memcpy(request->body + request->n, bytes, n);
	request->n += n;
	request->body[request->n] = '\0';
	return true;
}

static struct MHD_Response *response_of(const char *type, const void *bytes, size_t n)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(n, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
	if (response && MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) != MHD_YES) {
		MHD_destroy_response(response);
		return NULL;
	}
	return response;
}

/* The loop has it from here on; false: the server is stopping. */
static bool hand_over(struct http_request *request)
{
	struct http_server *server = request->server;
	atomic_fetch_add(&server->handing, 1);
	bool go = !atomic_load(&server->stopping);
	if (go) {
		MHD_suspend_connection(request->connection);
		inbox_post(server->inbox, &request->item);
	}
	atomic_fetch_sub(&server->handing, 1);
	return go;
}

static enum MHD_Result answer_now(struct http_request *request, struct MHD_Response *response)
{
	if (!response)
		return MHD_NO;
	enum MHD_Result result = MHD_queue_response(request->connection, request->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_plainly(struct http_request *request)
{
	const char *text = request->status == MHD_HTTP_NOT_FOUND          ? "there is no such path\n" :
			   request->status == MHD_HTTP_METHOD_NOT_ALLOWED ? "not by this method\n" :
			   request->status == MHD_HTTP_CONTENT_TOO_LARGE  ? "the body is too large\n" :
									    "not just now\n";
	return answer_now(request, response_of("text/plain; charset=utf-8", text, strlen(text)));
}

static struct http_request *request_new(struct http_server *server, struct MHD_Connection *connection)
{
	struct http_request *request = calloc(1, sizeof(*request));
	if (request) {
		request->server = server;
		request->connection = connection;
	}
	return request;
}

/* The whole request is here, or its answer is. */
static enum MHD_Result serve(struct http_request *request)
{
	struct MHD_Response *response = request->response;
	request->response = NULL;
	if (response)
		return answer_now(request, response);
	if (request->status == 0 && hand_over(request))
		return MHD_YES;
	if (request->status == 0)
		request->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	return answer_plainly(request);
}

/* libmicrohttpd calls this first with the header, then with each piece of the body, then with n = 0; and once
 * more when the connection was resumed. What can be refused by its header alone is, before a body is read. */
static enum MHD_Result take(void *context, struct MHD_Connection *connection, const char *path,
			    const char *method, const char *version, const char *bytes, size_t *n, void **own)
{
	(void)version;
	struct http_request *request = *own;
	if (!request) {
		*own = request = request_new(context, connection);
		if (!request)
			return MHD_NO;
		route_find(request, method, path);
		return request->status != 0 ? answer_plainly(request) : MHD_YES;
	}
	if (*n == 0)
		return serve(request);
	bool taken = body_add(request, bytes, *n);
	*n = 0;
	return taken ? MHD_YES : MHD_NO;
}

static void ended(void *context, struct MHD_Connection *connection, void **own,
		  enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	struct http_request *request = *own;
	if (!request)
		return;
	if (request->response)
		MHD_destroy_response(request->response);
	free(request->body);
	free(request);
	*own = NULL;
}

static void handle(void *context, struct inbox_item *item)
{
	struct http_server *server = context;
	struct http_request *request = (struct http_request *)item;
	request->next = server->asked;
	request->place = &server->asked;
	if (request->next)
		request->next->place = &request->next;
	server->asked = request;
	if (atomic_load(&server->stopping))
		http_request_answer(request, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "stopping\n", 9);
	else
		request->route->handle(request, server->options.context);
}

const char *http_request_body(const struct http_request *request, size_t *n)
{
	*n = request->n;
	return request->body ? request->body : "";
}

void http_request_answer(struct http_request *request, unsigned status, const char *type, const void *bytes,
			 size_t n)
{
	*request->place = request->next;
	if (request->next)
		request->next->place = request->place;
	request->status = status;
	request->response = response_of(type, bytes, n);
	if (!request->response)
		request->status = MHD_HTTP_SERVICE_UNAVAILABLE;
	MHD_resume_connection(request->connection);
}

static int start(struct http_server *server, int descriptor)
{
	/* epoll: select knows no descriptor above 1023. */
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	server->daemon =
		MHD_start_daemon(flags, 0, NULL, NULL, take, server, MHD_OPTION_LISTEN_SOCKET, descriptor,
				 MHD_OPTION_CONNECTION_LIMIT, server->options.connections_most,
				 MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
				 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
				 MHD_OPTION_NOTIFY_COMPLETED, ended, NULL, MHD_OPTION_END);
	if (server->daemon)
		return 0;
	close(descriptor);
	return FAIL(-EIO);
}

static int set_up(struct loop *loop, struct http_server *server)
{
	const struct http_server_options *options = &server->options;
	int descriptor;
	TRY(inbox_new(loop, handle, server, &server->inbox));
	int r = options->address ? http_listen_address(options->address, &descriptor, server->address) :
				   http_listen_socket(options->socket, &descriptor);
	if (r != 0)
		return r;
	if (!options->address) {
		server->path = strdup(options->socket);
		TRY_ALLOC(server->path);
	}
	return start(server, descriptor);
}

int http_server_new(struct loop *loop, const struct http_server_options *options, struct http_server **out)
{
	struct http_server *server = calloc(1, sizeof(*server));
	TRY_ALLOC(server);
	server->options = *options;
	int r = set_up(loop, server);
	if (r != 0) {
		http_server_free(server);
		return r;
	}
	*out = server;
	return 0;
}

const char *http_server_address(const struct http_server *server)
{
	return server->path ? server->path : server->address;
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	atomic_store(&server->stopping, true);
	while (atomic_load(&server->handing) > 0)
		sched_yield();
	inbox_free(server->inbox); /* nobody posts any more; what is there is answered with 503 */
	while (server->asked)
		http_request_answer(server->asked, MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "stopping\n",
				    9);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	if (server->path)
		unlink(server->path);
	free(server->path);
	free(server);
}
