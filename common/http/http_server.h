/* http_server.h: a few paths over HTTP, answered on the loop's thread.                    (kind: adapter)
 *
 * libmicrohttpd reads requests on a thread of its own, each as a whole; then the loop handles it and answers,
 * at once or later. What fits no route or is too large is answered with 404, 405 or 413 and never seen here.
 * A connection that says nothing for ten seconds is closed.
 */
#pragma once

#include "common/loop/loop.h"

enum { HTTP_BODY_MOST = 2 << 20, HTTP_ADDRESS = 64 };

struct http_server;
struct http_request;

struct http_route {
	const char *method, *path; /* "GET" answers HEAD as well */
	/* On the loop's thread. The request is answered exactly once, and gone with that. */
	void (*handle)(struct http_request *request, void *context);
};

struct http_server_options {
	const char *address; /* "127.0.0.1:0", "[::1]:9090" */
	/* Or, where address is NULL: the path of a unix socket (mode 0600). One that is there is replaced, so
	 * its owner must know that no other process uses it. */
	const char *socket;
	const struct http_route *routes; /* ends with path NULL; all of this must stay as it is */
	void *context;
	size_t body_most; /* bytes of a request, up to HTTP_BODY_MOST */
	unsigned connections_most;
};

/* Listen. -EINVAL (no such address), -EADDRINUSE, -EADDRNOTAVAIL, -EACCES … leave no trail: they are told to
 * a person. */
must_check int http_server_new(struct loop *loop, const struct http_server_options *options,
			       struct http_server **out);
/* What it really listens on: "127.0.0.1:41234", or the socket's path. */
const char *http_server_address(const struct http_server *server);
/* What is under way is answered with 503; the socket's path goes. */
void http_server_free(struct http_server *server);

/* The body with a NUL behind it, until the answer. */
const char *http_request_body(const struct http_request *request, size_t *n);
/* The bytes are copied. `type` is the content type, a literal. */
void http_request_answer(struct http_request *request, unsigned status, const char *type, const void *bytes,
			 size_t n);
