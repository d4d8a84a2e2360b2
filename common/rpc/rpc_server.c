/* rpc_server.c: listening, taking calls, stopping.                                       (kind: adapter) */
#include "common/rpc/rpc_server.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/rpc/rpc_call.h"
#include "common/rpc/rpc_limits.h"

static void request_call(struct rpc_request *request)
{
	struct rpc_server *server = request->server;
	grpc_call_details_init(&request->details);
	grpc_metadata_array_init(&request->metadata);
	request->core = NULL;
	if (grpc_server_request_call(server->core, &request->core, &request->details, &request->metadata,
				     rpc_core_queue(), rpc_core_queue(), request) == GRPC_CALL_OK)
		server->tags++;
}

static void request_done(struct rpc_tag *tag, bool ok)
{
	struct rpc_request *request = (struct rpc_request *)tag;
	struct rpc_server *server = request->server;
	if (ok)
		rpc_call_accept(server, request->core, &request->details);
	grpc_call_details_destroy(&request->details);
	grpc_metadata_array_destroy(&request->metadata);
	if (ok && server->state == RPC_SERVING)
		request_call(request);
	server->tags--;
	rpc_server_settle(server);
}

static int listen_at(struct rpc_server *server, const struct rpc_server_options *options)
{
	grpc_server_credentials *credentials = NULL;
	TRY(rpc_credentials_server(&options->credentials, &server->renewal, &credentials));
	size_t largest = 0;
	for (const struct rpc_method *at = options->methods; at->path; at++)
		largest = at->message_most > largest ? at->message_most : largest;
	server->core = rpc_limits_server(largest);
	grpc_server_register_completion_queue(server->core, rpc_core_queue(), NULL);
	server->port = grpc_server_add_http2_port(server->core, options->address, credentials);
	grpc_server_credentials_release(credentials);
	return server->port > 0 ? 0 : FAIL(-EADDRINUSE);
}

static void server_deinit(struct rpc_server *server)
{
	if (server->core)
		grpc_server_destroy(server->core);
	rpc_credentials_renewal_free(server->renewal);
	loop_timer_free(server->tick);
	loop_timer_free(server->grace);
	rpc_meter_free(server->meter);
	inbox_free(server->inbox);
	free(server->busy);
	free(server);
}

static void server_cleanup(struct rpc_server **server)
{
	if (*server)
		server_deinit(*server);
}

/* Time to look at those that take long with a message. */
static void tick(void *context)
{
	struct rpc_server *server = context;
	server->ticking = false;
	for (struct rpc_call *at = server->calls; at; at = rpc_call_next(at)) {
		if (rpc_call_waiting(at)) {
			rpc_meter_waits(server->meter, rpc_call_waiting(at),
					rpc_call_method(at)->message_most);
			rpc_server_waits(server);
		}
	}
	rpc_meter_look(server->meter);
	for (struct rpc_call *at = server->calls; at; at = rpc_call_next(at)) {
		if (rpc_call_waiting(at) && rpc_meter_exceeds(server->meter, rpc_call_waiting(at)))
			rpc_call_end(at, RPC_EXHAUSTED, "too-large", "a message larger than is allowed here");
	}
}

void rpc_server_waits(struct rpc_server *server)
{
	if (!server->ticking)
		loop_timer_start(server->tick, RPC_METER_TICK_MS);
	server->ticking = true;
}

static void grace_over(void *context)
{
	struct rpc_server *server = context;
	grpc_server_cancel_all_calls(server->core);
}

int rpc_server_new(struct loop *loop, const struct rpc_server_options *options, struct rpc_server **out)
{
	cleanup(server_cleanup) struct rpc_server *server = calloc(1, sizeof(*server));
	TRY_ALLOC(server);
	server->loop = loop;
	server->methods = options->methods;
	server->context = options->context;
	size_t n = 0;
	while (options->methods[n].path)
		n++;
	server->busy = calloc(n + 1, sizeof(*server->busy));
	TRY_ALLOC(server->busy);
	TRY(inbox_new(loop, rpc_core_came, NULL, &server->inbox));
	TRY(rpc_meter_new(&server->meter));
	TRY(loop_timer_new(loop, tick, server, &server->tick));
	TRY(loop_timer_new(loop, grace_over, server, &server->grace));
	TRY(listen_at(server, options));
	grpc_server_start(server->core);
	for (size_t i = 0; i < RPC_REQUESTS; i++) {
		server->requests[i].server = server;
		server->requests[i].tag = (struct rpc_tag){ .inbox = server->inbox, .done = request_done };
		request_call(&server->requests[i]);
	}
	*out = server;
	server = NULL;
	return 0;
}

int rpc_server_port(const struct rpc_server *server)
{
	return server->port;
}

int rpc_server_renew(struct rpc_server *server, const struct rpc_credentials *credentials)
{
	return rpc_credentials_renew(server->renewal, credentials);
}

void rpc_server_settle(struct rpc_server *server)
{
	if (server->state != RPC_STOPPING || server->tags > 0 || server->n_calls > 0)
		return;
	server->state = RPC_STOPPED;
	loop_timer_stop(server->grace);
	if (server->stopped)
		server->stopped(server->stopped_context);
}

static void shutdown_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_server *server =
		(struct rpc_server *)((char *)tag - offsetof(struct rpc_server, shutdown));
	server->tags--;
	rpc_server_settle(server);
}

void rpc_server_stop(struct rpc_server *server, uint64_t grace_ms, loop_callback stopped, void *context)
{
	if (server->state != RPC_SERVING)
		return;
	server->state = RPC_STOPPING;
	server->stopped = stopped;
	server->stopped_context = context;
	server->shutdown = (struct rpc_tag){ .inbox = server->inbox, .done = shutdown_done };
	server->tags++;
	grpc_server_shutdown_and_notify(server->core, rpc_core_queue(), &server->shutdown);
	if (grace_ms == 0)
		grpc_server_cancel_all_calls(server->core);
	else
		loop_timer_start(server->grace, grace_ms);
}

void rpc_server_free(struct rpc_server *server)
{
	if (!server)
		return;
	rpc_server_stop(server, 0, NULL, NULL);
	server->stopped = NULL;
	if (server->state != RPC_STOPPED)
		grpc_server_cancel_all_calls(server->core);
	while (server->state != RPC_STOPPED)
		inbox_wait(server->inbox);
	server_deinit(server);
}

size_t rpc_server_cut(struct rpc_server *server, const char *peer_name)
{
	size_t n = 0;
	for (struct rpc_call *at = server->calls; at; at = rpc_call_next(at)) {
		const struct rpc_peer *peer = rpc_call_peer(at);
		if (!peer || strcmp(peer->name, peer_name) != 0 || !rpc_call_is_open(at))
			continue;
		rpc_call_end(at, RPC_DENIED, "revoked", "this client has been revoked");
		n++;
	}
	return n;
}

size_t rpc_server_calls(const struct rpc_server *server)
{
	size_t n = 0;
	for (const struct rpc_call *at = server->calls; at; at = rpc_call_next(at))
		n += rpc_call_is_open(at);
	return n;
}
