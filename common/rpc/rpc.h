/* rpc.h: gRPC without its names: calls of bytes over mutually authenticated TLS.            (kind: adapter)
 *
 * The room hides the C core (and its traps: docs/rpc.md): completion queues, tags, byte buffers, credentials.
 * A server (rpc_server.h) and a channel (rpc_channel.h) bring every event to a loop's thread; whoever uses
 * them needs no lock. Three kinds of calls: one message each way; many up and one down; one up and many down.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum rpc_kind { RPC_UNARY, RPC_UPLOAD, RPC_DOWNLOAD };

/* gRPC's codes, as far as they are used. */
enum rpc_status {
	RPC_OK = 0,
	RPC_CANCELLED = 1,
	RPC_INVALID = 3, /* INVALID_ARGUMENT */
	RPC_LATE = 4,    /* DEADLINE_EXCEEDED */
	RPC_NOT_FOUND = 5,
	RPC_EXISTS = 6,       /* ALREADY_EXISTS */
	RPC_DENIED = 7,       /* PERMISSION_DENIED */
	RPC_EXHAUSTED = 8,    /* RESOURCE_EXHAUSTED */
	RPC_PRECONDITION = 9, /* FAILED_PRECONDITION */
	RPC_ABORTED = 10,
	RPC_RANGE = 11, /* OUT_OF_RANGE */
	RPC_UNIMPLEMENTED = 12,
	RPC_INTERNAL = 13,
	RPC_UNAVAILABLE = 14,
	RPC_UNAUTHENTICATED = 16,
};
const char *rpc_status_name(enum rpc_status status);

enum { RPC_REASON = 48, RPC_TEXT = 512 };

/* How a call ended, for both sides. A refusal carries a stable reason ("revoked", "wrong-offset") in the
 * trailing metadata `fedrouter-reason`, and a sentence for people as the status text. */
struct rpc_outcome {
	enum rpc_status status;
	char reason[RPC_REASON]; /* "" if there is none */
	char text[RPC_TEXT];
};

/* Once per process, before any thread is started (it sets environment variables and the limit of open files)
 * and never before a fork without exec. rpc_stop: after every server and channel is freed. */
must_check int rpc_start(void);
void rpc_stop(void);

/* TLS handshakes that failed in this process since rpc_start (they never become calls), and the last
 * reason. */
uint64_t rpc_handshake_failures(char *reason, size_t n);

/* Did a listener run out of file descriptors? It never accepts again then, and the process must be
 * restarted. */
bool rpc_deaf(void);

/* PEM texts, NUL-terminated. `key` and `certificate` are this side's, `authority` is whom it believes. */
struct rpc_credentials {
	const char *authority, *certificate, *key;
};
