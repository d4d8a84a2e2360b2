/* http_client.h: one question to a daemon on this machine, over its unix socket.          (kind: adapter) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

/* DOWN: nobody listens there. DENIED: the socket is another user's. LATE: no answer in time. CUT: the
 * connection broke before the whole answer was here; it is not known whether the question was served. */
enum { HTTP_E_OK = 0, HTTP_E_DOWN = 1, HTTP_E_DENIED = 2, HTTP_E_LATE = 3, HTTP_E_CUT = 4 };

struct http_answer {
	long status;
	char *body; /* with a NUL behind it; owned */
	size_t n;
};

void http_answer_deinit(struct http_answer *answer);

struct http_question {
	const char *socket; /* path of the unix socket */
	const char *path;   /* "/v1/admin" */
	const char *body;   /* JSON, sent by POST; NULL: GET */
	size_t n;
	long timeout_ms; /* of everything */
};

/* Ask and wait. Any status is an answer; redirections are not followed, no proxy is used. */
must_check int http_client_ask(const struct http_question *question, struct http_answer *out);
