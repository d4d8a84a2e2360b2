/* rpc_server.h: answering calls.                                                            (kind: adapter)
 *
 * Life of a call, all on the loop's thread: `opened` (the caller is known, no message has been read) → any
 * number of `message` (one for each rpc_call_read) → `half_closed` (uploads: the caller has sent all) →
 * `sent` (one for each rpc_call_send) → `closed`, always and last, whoever ended it. Between rpc_call_reply
 * or rpc_call_refuse and `closed` nothing else comes. The call belongs to the server and is gone when
 * `closed` returns.
 *
 * Who calls is what the certificate says, verified against the authority at the handshake and its dates at
 * every call. A call without certificate to a method that is not `anonymous` ends with UNAUTHENTICATED and
 * never reaches `opened`; unknown paths end with UNIMPLEMENTED. Messages above `message_most` end the call
 * with RESOURCE_EXHAUSTED.
 */
#pragma once

#include <stdbool.h>

#include "common/loop/loop.h"
#include "common/rpc/rpc.h"

struct rpc_server;
struct rpc_call;

struct rpc_peer {
	char name[65];        /* the certificate's one common name, [a-z0-9][a-z0-9._-]{0,63} */
	char fingerprint[65]; /* hex SHA-256 of the certificate's DER bytes */
	int64_t not_after;    /* seconds since 1970 */
};

struct rpc_method {
	const char *path; /* "/fedrouter.v1.Coordinator/Poll" */
	enum rpc_kind kind;
	bool anonymous;
	size_t message_most;  /* bytes of one incoming message */
	size_t calls_most;    /* at once, of all callers; further ones get RESOURCE_EXHAUSTED, "busy" */
	uint64_t deadline_ms; /* the server's own, whatever the caller's; 0: none */
	/* NULL callbacks: not interested; without `opened` the first message is read at once. */
	void (*opened)(struct rpc_call *call, void *context);
	void (*message)(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n);
	void (*half_closed)(struct rpc_call *call, void *context);
	void (*sent)(struct rpc_call *call, void *context);
	/* `cancelled`: by the caller, a lost connection, a deadline or a stop. */
	void (*closed)(struct rpc_call *call, void *context, bool cancelled);
};

struct rpc_server_options {
	const char *address; /* "127.0.0.1:0", "[::]:7443" */
	struct rpc_credentials credentials;
	const struct rpc_method *methods; /* ends with path NULL; borrowed while the server lives */
	void *context;                    /* handed to the methods */
};

/* Listen and serve on `loop`. -EADDRINUSE, -EINVAL (credentials that do not fit). */
must_check int rpc_server_new(struct loop *loop, const struct rpc_server_options *options,
			      struct rpc_server **out);
int rpc_server_port(const struct rpc_server *server);

/* New connections get these from now on; existing ones live on. Credentials that do not fit change
 * nothing. */
must_check int rpc_server_renew(struct rpc_server *server, const struct rpc_credentials *credentials);

/* Stop: no new calls, those under way are cancelled after `grace_ms`; `stopped` is called when the last is
 * gone. Then rpc_server_free (also from `stopped`); without a stop before it, it stops at once and waits. Not
 * from within another callback of the server. */
void rpc_server_stop(struct rpc_server *server, uint64_t grace_ms, loop_callback stopped, void *context);
void rpc_server_free(struct rpc_server *server);

const struct rpc_peer *rpc_call_peer(const struct rpc_call *call); /* NULL: no certificate */
const struct rpc_method *rpc_call_method(const struct rpc_call *call);
void rpc_call_keep(struct rpc_call *call, void *own); /* the user's own pointer, and back */
void *rpc_call_own(const struct rpc_call *call);

/* Ask for the next message; one at a time. */
void rpc_call_read(struct rpc_call *call);

/* Send one message; one at a time, `sent` tells when the next may follow. The bytes are copied. For bytes
 * that should not be copied: `tail` is sent behind `bytes`, must stay as it is until `released(owner)` is
 * called (any thread). */
void rpc_call_send(struct rpc_call *call, const void *bytes, size_t n);
struct rpc_tail {
	const void *bytes;
	size_t n;
	void (*released)(void *owner);
	void *owner;
};
void rpc_call_send_tail(struct rpc_call *call, const void *bytes, size_t n, const struct rpc_tail *tail);

/* End the call well: with its one message (unary, upload), or after the last one was sent (download; no
 * bytes). */
void rpc_call_reply(struct rpc_call *call, const void *bytes, size_t n);
/* End it with a refusal. While a message is on its way (perhaps to a caller that does not read) only the
 * status and the text get past it, the reason does not. */
void rpc_call_refuse(struct rpc_call *call, enum rpc_status status, const char *reason, const char *text, ...)
	print_like(4, 5);

/* End every call of that peer at once (revoked). Returns how many. */
size_t rpc_server_cut(struct rpc_server *server, const char *peer_name);
size_t rpc_server_calls(const struct rpc_server *server); /* under way */
