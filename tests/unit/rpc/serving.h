/* serving.h: a server and channels on one loop, and methods that do what their names say. */
#pragma once

#include <stdatomic.h>

#include "common/rpc/rpc_channel.h"
#include "common/rpc/rpc_server.h"
#include "tests/support/certificates.h"
#include "tests/support/suite.h"

enum { SERVING_MOST = 1 << 20, SERVING_HELD = 3 };

struct serving {
	struct loop *loop;
	struct certificates *authority;
	struct rpc_credentials server_credentials, client_credentials;
	struct rpc_server *server;
	char address[64];
	size_t opened, closed, cancelled, messages, half_closed, stopped; /* calls on the server */
	struct rpc_peer peer;                                             /* of the last call opened */
	bool known;
	struct rpc_call *held[SERVING_HELD]; /* of /t/Hold, until they are closed */
	atomic_size_t released;              /* tails of /t/Down */
};

/* Methods: /t/Echo, /t/Anyone (anonymous echo, 100 bytes), /t/Up (an upload, answers "BYTES SUM"; refuses a
 * first byte '!'), /t/Down (its request is two numbers: messages and bytes of each one's tail), /t/Hold
 * (never answers, 3 at once), /t/Short (never answers, 50 ms), /t/Small (echo of 1000 bytes). */
struct serving *serving_new(void);
void serving_free(struct serving *serving);

void serving_start(struct serving *serving, const char *address);
void serving_stop(struct serving *serving); /* at once */

/* Run the loop until it is so. Everything that happens here stops the loop once. */
#define serving_until(serving, condition) \
	while (!(condition))              \
	ck_assert_int_eq(loop_run((serving)->loop), 0)

/* A channel, and what is heard of it. */
struct serving_link {
	struct serving *serving;
	struct rpc_channel *channel;
	bool up;
	size_t ups, downs;
	const char *hint;
};
void serving_connect(struct serving *serving, const struct rpc_credentials *credentials,
		     struct serving_link *out);
void serving_connect_at(struct serving *serving, const struct rpc_channel_options *options,
			struct serving_link *out);
void serving_disconnect(struct serving_link *link);

/* A call and how it ended. */
struct serving_call {
	struct serving *serving;
	struct rpc_stream *stream;
	bool closed;
	struct rpc_outcome outcome;
	size_t messages, bytes, sent, to_send;
	uint64_t sum;  /* of the bytes that came */
	char text[64]; /* of the last message */
};
void serving_unary(struct serving_link *link, const char *path, const char *text, uint64_t deadline_ms,
		   struct serving_call *out);
/* Until it is closed. */
void serving_ask(struct serving_link *link, const char *path, const char *text, struct serving_call *out);
void serving_upload(struct serving_link *link, size_t chunks, struct serving_call *out);
void serving_download(struct serving_link *link, const char *wish, struct serving_call *out);

#define serving_expect(call, code, why)                           \
	do {                                                      \
		ck_assert_int_eq((call)->outcome.status, (code)); \
		ck_assert_str_eq((call)->outcome.reason, (why));  \
	} while (0)
