/* rpc_call.h: what the server and its calls know of each other; inside this room only.   (kind: adapter) */
#pragma once

#include <grpc/grpc.h>

#include "common/rpc/rpc_core.h"
#include "common/rpc/rpc_credentials.h"
#include "common/rpc/rpc_meter.h"
#include "common/rpc/rpc_server.h"

enum { RPC_REQUESTS = 16 }; /* new calls that the core may hand over before we come to take them */

/* One answer that the core owes us: the next new call. */
struct rpc_request {
	struct rpc_tag tag; /* first */
	struct rpc_server *server;
	grpc_call *core;
	grpc_call_details details;
	grpc_metadata_array metadata;
};

enum rpc_server_state { RPC_SERVING, RPC_STOPPING, RPC_STOPPED };

struct rpc_server {
	struct loop *loop;
	struct inbox *inbox;
	grpc_server *core;
	struct rpc_renewal *renewal;
	const struct rpc_method *methods;
	size_t *busy; /* calls under way, by method */
	void *context;
	int port;
	enum rpc_server_state state;
	struct rpc_request requests[RPC_REQUESTS];
	struct rpc_tag shutdown;
	size_t tags; /* under way: requests and shutdown */
	struct rpc_call *calls;
	size_t n_calls; /* all, also those that were refused at once */
	struct rpc_meter *meter;
	struct loop_timer *tick; /* runs while a message is waited for */
	bool ticking;
	struct loop_timer *grace;
	loop_callback stopped;
	void *stopped_context;
};

/* A call has come: judge it, and open or refuse it. Takes `core`. */
void rpc_call_accept(struct rpc_server *server, grpc_call *core_take, const grpc_call_details *details);

/* End a call whatever it does just now. */
void rpc_call_end(struct rpc_call *call, enum rpc_status status, const char *reason, const char *text);

/* The next of the server's list, or NULL. */
struct rpc_call *rpc_call_next(const struct rpc_call *call);

/* Was it opened, and has it not been ended yet? */
bool rpc_call_is_open(const struct rpc_call *call);

/* The core's call while it waits for a message, else NULL. */
grpc_call *rpc_call_waiting(const struct rpc_call *call);

/* A message is waited for from now on. */
void rpc_server_waits(struct rpc_server *server);

/* Something ended: has the server stopped? The last thing a handler does, for `stopped` may free the
 * server. */
void rpc_server_settle(struct rpc_server *server);
