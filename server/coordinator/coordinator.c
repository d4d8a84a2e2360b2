/* coordinator.c: setting up, the second's tick, and setting down.                        (kind: conductor) */
#include "server/coordinator/coordinator.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/io/text_file.h"
#include "server/coordinator/office.h"

enum { TICK_MS = 250, PEM_MOST = 64 << 10 };

void office_refuse(struct coordinator *coordinator, struct rpc_call *call, enum rpc_status status,
		   const char *reason, const char *format, ...)
{
	char text[RPC_TEXT];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < REASONS; i++) {
		struct rejection *rejection = &coordinator->rejections[i];
		if (rejection->reason[0] == '\0')
			snprintf(rejection->reason, sizeof(rejection->reason), "%s", reason);
		if (strcmp(rejection->reason, reason) == 0) {
			rejection->n++;
			break;
		}
	}
	const struct rpc_peer *peer = rpc_call_peer(call);
	log_say(LOG_INFO, "call-refused", { "client", peer ? peer->name : "" }, { "reason", reason },
		{ "text", text });
	rpc_call_refuse(call, status, reason, "%s", text);
}

void office_time(struct run *run, struct metric_times *times)
{
	uint64_t now = clock_steady_ms();
	times->n++;
	times->seconds += (double)(now - run->since_ms) / 1000;
	run->since_ms = now;
}

bool office_client(struct coordinator *coordinator, struct rpc_call *call, struct store_client *out)
{
	const struct rpc_peer *peer = rpc_call_peer(call);
	int r = store_client_get(coordinator->store, peer->name, out);
	if (r == 0 && out->state == STORE_ENROLLED)
		return true;
	if (r < 0)
		office_refuse(coordinator, call, RPC_INTERNAL, "internal",
			      "the coordinator could not read its registry");
	else if (r == 0 && out->state == STORE_REVOKED)
		office_refuse(coordinator, call, RPC_DENIED, "revoked",
			      "%s was revoked: ask the operator for an invitation", peer->name);
	else
		office_refuse(coordinator, call, RPC_DENIED, "unknown-client",
			      "no client %s is enrolled here", peer->name);
	return false;
}

static int read_pem(const struct coordinator *coordinator, const char *name, struct findings *findings,
		    char **out)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/%s", coordinator->dir, name) < 0)
		return FAIL(-ENOMEM);
	int r = text_file_read(path, PEM_MOST, out);
	if (r < 0) {
		findings_add(findings, path, 0, "not readable",
			     "%s: make DIR with `fedrouter-coordinator init`", strerror(-r));
		return COORDINATOR_E_BAD;
	}
	return 0;
}

static int read_key(const struct coordinator *coordinator, const char *name, enum key_kind kind,
		    struct findings *findings, struct key **out)
{
	char *pem = NULL;
	int r = read_pem(coordinator, name, findings, &pem);
	if (r != 0)
		return r;
	r = key_parse_private(pem, kind, out);
	key_text_free(pem);
	if (r == KEY_E_BAD) {
		findings_add(findings, name, 0, "not a private key of the right kind",
			     "restore it from a backup");
		return COORDINATOR_E_BAD;
	}
	return r;
}

static int read_credentials(struct coordinator *coordinator, struct findings *findings)
{
	int r = read_pem(coordinator, "ca.pem", findings, &coordinator->authority_pem);
	if (r == 0)
		r = read_pem(coordinator, "server.pem", findings, &coordinator->server_pem);
	if (r == 0)
		r = read_pem(coordinator, "server.key", findings, &coordinator->server_key_pem);
	if (r == 0)
		r = read_key(coordinator, "ca.key", KEY_P256, findings, &coordinator->authority_key);
	if (r == 0)
		r = read_key(coordinator, "signing.key", KEY_ED25519, findings, &coordinator->signing_key);
	return r;
}

static void tick(void *context)
{
	struct coordinator *coordinator = context;
	runs_time(coordinator, clock_wall_s());
	polls_time(coordinator, clock_steady_ms());
	if (!coordinator->stopping)
		loop_timer_start(coordinator->tick, TICK_MS);
}

static int listen_for_calls(struct coordinator *coordinator, struct findings *findings)
{
	static const struct rpc_method none = { 0 };
	static struct rpc_method methods[6];
	const struct rpc_method *const all[] = { &enroll_method, &renew_method,  &polls_method,
						 &fetch_method,  &submit_method, &none };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		methods[i] = *all[i];
	struct rpc_server_options options = { .address = coordinator->options.listen,
					      .credentials = { coordinator->authority_pem,
							       coordinator->server_pem,
							       coordinator->server_key_pem },
					      .methods = methods,
					      .context = coordinator };
	int r = rpc_server_new(coordinator->loop, &options, &coordinator->rpc);
	if (r == -EADDRINUSE || r == -EINVAL || r == -EADDRNOTAVAIL) {
		findings_add(findings, coordinator->options.listen, 0, "can't listen", "%s", strerror(-r));
		return COORDINATOR_E_BAD;
	}
	return r;
}

static int set_up(struct coordinator *coordinator, struct findings *findings)
{
	int r = read_credentials(coordinator, findings);
	if (r != 0)
		return r;
	r = store_open(coordinator->dir, findings, &coordinator->store);
	if (r == STORE_E_LOCKED)
		findings_add(findings, coordinator->dir, 0, "in use",
			     "another fedrouter-coordinator has this directory");
	if (r > 0)
		return COORDINATOR_E_BAD;
	TRY(r);
	r = runs_load(coordinator, findings);
	if (r != 0)
		return r;
	r = listen_for_calls(coordinator, findings);
	if (r != 0)
		return r;
	TRY(loop_timer_new(coordinator->loop, tick, coordinator, &coordinator->tick));
	loop_timer_start(coordinator->tick, TICK_MS);
	return 0;
}

int coordinator_new(struct loop *loop, const struct coordinator_options *options, struct findings *findings,
		    struct coordinator **out)
{
	struct coordinator *coordinator = calloc(1, sizeof(*coordinator));
	TRY_ALLOC(coordinator);
	coordinator->loop = loop;
	coordinator->options = *options;
	coordinator->dir = strdup(options->dir);
	int r = coordinator->dir ? set_up(coordinator, findings) : -ENOMEM;
	if (r != 0) {
		coordinator_free(coordinator);
		return r;
	}
	*out = coordinator;
	return 0;
}

int coordinator_port(const struct coordinator *coordinator)
{
	return rpc_server_port(coordinator->rpc);
}

void coordinator_stop(struct coordinator *coordinator, uint64_t grace_ms, loop_callback stopped,
		      void *context)
{
	coordinator->stopping = true;
	loop_timer_stop(coordinator->tick);
	polls_wake(coordinator);
	rpc_server_stop(coordinator->rpc, grace_ms, stopped, context);
}

void coordinator_free(struct coordinator *coordinator)
{
	if (!coordinator)
		return;
	if (coordinator->rpc)
		rpc_server_free(coordinator->rpc);
	if (coordinator->tick)
		loop_timer_free(coordinator->tick);
	runs_free(coordinator);
	polls_free(coordinator);
	store_close(coordinator->store);
	key_free(coordinator->authority_key);
	key_free(coordinator->signing_key);
	key_text_free(coordinator->server_key_pem);
	free(coordinator->authority_pem);
	free(coordinator->server_pem);
	free(coordinator->dir);
	free(coordinator);
}
