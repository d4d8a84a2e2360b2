/* serving.h: a server on the test's loop, and its callers on a worker thread. */
#pragma once

#include "common/http/http_server.h"

struct serving {
	struct loop *loop;
	struct http_server *server;
	struct http_request *held; /* by GET /held, until the test answers it */
	int handled;
};

/* Routes: POST /echo answers with the body, GET /text with "text", GET /held with nothing yet. `address` or
 * `socket` is NULL. */
void serving_start(struct serving *serving, const char *address, const char *socket);
void serving_end(struct serving *serving);

/* Run `call` on a worker thread and the loop meanwhile. */
void serving_call(struct serving *serving, int (*call)(void *context), void *context);

/* Connect to "127.0.0.1:port", send the text, read until the server closes; the answer is malloc'ed. For use
 * in a call. */
char *serving_raw(const char *address, const char *text);
