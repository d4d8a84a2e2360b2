/* rpc_call.c: one call on the server's side.                                                (kind: adapter)
 *
 * `tags` counts the batches under way. The one that waits for the call's end is started first and comes back
 * last or nearly so; when the count is 0 the call is over, `closed` is told and everything goes. Once the
 * call is `ending`, what still comes back is dropped.
 */
#include "common/rpc/rpc_call.h"

#include <grpc/slice.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/rpc/rpc_buffer.h"
#include "common/rpc/rpc_identity.h"

struct rpc_call {
	struct rpc_server *server;
	const struct rpc_method *method; /* NULL: there is none of that path */
	grpc_call *core;
	struct rpc_tag close, read, send, end;
	size_t tags;
	grpc_byte_buffer *incoming;
	int cancelled; /* the core's word when `close` comes back */
	bool open;     /* `opened` was called, so `closed` will be */
	bool heard;    /* a message came */
	bool reading, sending, greeted, ending;
	bool end_later; /* when the message under way is sent */
	bool failed;    /* the end did not reach the caller */
	bool known;     /* `peer` is filled in */
	struct rpc_peer peer;
	void *own;
	struct loop_timer *deadline;
	grpc_metadata reason;
	struct rpc_call *previous, *next;
};

#define call_of(tag, member) ((struct rpc_call *)((char *)(tag)-offsetof(struct rpc_call, member)))

const struct rpc_peer *rpc_call_peer(const struct rpc_call *call)
{
	return call->known ? &call->peer : NULL;
}

const struct rpc_method *rpc_call_method(const struct rpc_call *call)
{
	return call->method;
}

void rpc_call_keep(struct rpc_call *call, void *own)
{
	call->own = own;
}

void *rpc_call_own(const struct rpc_call *call)
{
	return call->own;
}

struct rpc_call *rpc_call_next(const struct rpc_call *call)
{
	return call->next;
}

bool rpc_call_is_open(const struct rpc_call *call)
{
	return call->open && !call->ending;
}

grpc_call *rpc_call_waiting(const struct rpc_call *call)
{
	return call->reading && !call->ending ? call->core : NULL;
}

static void unlink_call(struct rpc_call *call)
{
	struct rpc_server *server = call->server;
	if (call->previous)
		call->previous->next = call->next;
	else
		server->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;
	server->n_calls--;
	if (call->open)
		server->busy[call->method - server->methods]--;
}

/* At the end of every tag's `done`. */
static void settle(struct rpc_call *call)
{
	struct rpc_server *server = call->server;
	if (call->tags > 0)
		return;
	if (call->open && call->method->closed)
		call->method->closed(call, server->context, call->cancelled || call->failed);
	unlink_call(call);
	rpc_meter_allow(server->meter, call->core, RPC_METER_CALL);
	loop_timer_free(call->deadline);
	grpc_slice_unref(call->reason.value);
	grpc_call_unref(call->core);
	free(call);
	rpc_server_settle(server);
}

static bool start(struct rpc_call *call, const grpc_op *operations, size_t n, struct rpc_tag *tag)
{
	bool started = rpc_core_batch(call->core, operations, n, tag);
	call->tags += started;
	return started;
}

static void close_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_call *call = call_of(tag, close);
	call->tags--;
	call->ending = true;
	settle(call);
}

static void end_done(struct rpc_tag *tag, bool ok)
{
	struct rpc_call *call = call_of(tag, end);
	call->tags--;
	call->failed = !ok;
	settle(call);
}

/* The status and, before it, what the caller has not had yet. `message` may be NULL. */
static void send_status(struct rpc_call *call, enum rpc_status status, const char *text,
			grpc_byte_buffer *message)
{
	grpc_slice details = grpc_slice_from_copied_string(text);
	grpc_op operations[3];
	size_t n = 0;
	memset(operations, 0, sizeof(operations));
	if (!call->greeted)
		operations[n++].op = GRPC_OP_SEND_INITIAL_METADATA;
	if (message) {
		operations[n].op = GRPC_OP_SEND_MESSAGE;
		operations[n++].data.send_message.send_message = message;
	}
	operations[n].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
	operations[n].data.send_status_from_server.status = (grpc_status_code)status;
	operations[n].data.send_status_from_server.status_details = &details;
	operations[n].data.send_status_from_server.trailing_metadata = &call->reason;
	operations[n].data.send_status_from_server.trailing_metadata_count =
		GRPC_SLICE_LENGTH(call->reason.value) > 0;
	call->greeted = true;
	start(call, operations, n + 1, &call->end);
	grpc_slice_unref(details);
	if (message)
		grpc_byte_buffer_destroy(message);
}

static bool is_reason(const char *reason)
{
	return reason && strlen(reason) < RPC_REASON &&
	       grpc_header_nonbin_value_is_legal(grpc_slice_from_static_string(reason));
}

/* While a message is on its way (perhaps to a caller that does not read) only a cancellation gets past it:
 * the status arrives, the reason does not. */
void rpc_call_end(struct rpc_call *call, enum rpc_status status, const char *reason, const char *text)
{
	if (call->ending)
		return;
	call->ending = true;
	if (call->sending) {
		grpc_call_cancel_with_status(call->core, (grpc_status_code)status, text, NULL);
		return;
	}
	if (is_reason(reason)) {
		call->reason.key = grpc_slice_from_static_string("fedrouter-reason");
		call->reason.value = grpc_slice_from_copied_string(reason);
	}
	send_status(call, status, text, NULL);
}

void rpc_call_refuse(struct rpc_call *call, enum rpc_status status, const char *reason, const char *text, ...)
{
	char sentence[RPC_TEXT];
	va_list arguments;
	va_start(arguments, text);
	vsnprintf(sentence, sizeof(sentence), text, arguments);
	va_end(arguments);
	rpc_call_end(call, status, reason, sentence);
}

void rpc_call_reply(struct rpc_call *call, const void *bytes, size_t n)
{
	if (call->ending)
		return;
	call->ending = true;
	call->end_later = call->sending;
	if (!call->sending)
		send_status(call, RPC_OK, "",
			    call->method->kind == RPC_DOWNLOAD ? NULL : rpc_buffer_new(bytes, n, NULL));
}

static void read_message(struct rpc_call *call, grpc_byte_buffer *buffer)
{
	grpc_slice slice;
	int result = rpc_buffer_read(buffer, call->method->message_most, &slice);
	if (result == RPC_BUFFER_E_LARGE)
		rpc_call_refuse(call, RPC_EXHAUSTED, "too-large",
				"a message of %zu bytes; %zu are allowed here",
				grpc_byte_buffer_length(buffer), call->method->message_most);
	if (result == RPC_BUFFER_E_BAD)
		rpc_call_refuse(call, RPC_INVALID, "compressed", "messages are not compressed here");
	if (result != RPC_BUFFER_E_OK)
		return;
	call->heard = true;
	if (call->method->message)
		call->method->message(call, call->server->context, GRPC_SLICE_START_PTR(slice),
				      GRPC_SLICE_LENGTH(slice));
	grpc_slice_unref(slice);
}

static void nothing_more(struct rpc_call *call)
{
	if (call->method->kind != RPC_UPLOAD && !call->heard)
		rpc_call_refuse(call, RPC_INVALID, "no-message", "the call came without its message");
	else if (call->method->kind == RPC_UPLOAD && call->method->half_closed)
		call->method->half_closed(call, call->server->context);
}

static void read_done(struct rpc_tag *tag, bool ok)
{
	struct rpc_call *call = call_of(tag, read);
	grpc_byte_buffer *buffer = call->incoming;
	call->incoming = NULL;
	if (buffer)
		rpc_meter_allow(call->server->meter, call->core, grpc_byte_buffer_length(buffer));
	call->tags--;
	call->reading = false;
	/* Neither a message nor its end: the caller is gone, or sent more than the core takes. `close` will
	 * say so. */
	bool broken = !ok || (!buffer && grpc_call_failed_before_recv_message(call->core));
	if (!call->ending && !broken) {
		if (buffer)
			read_message(call, buffer);
		else
			nothing_more(call);
	}
	grpc_byte_buffer_destroy(buffer);
	settle(call);
}

void rpc_call_read(struct rpc_call *call)
{
	if (call->ending || call->reading)
		return;
	grpc_op operation = { .op = GRPC_OP_RECV_MESSAGE };
	operation.data.recv_message.recv_message = &call->incoming;
	call->reading = start(call, &operation, 1, &call->read);
	rpc_server_waits(call->server);
}

static void send_done(struct rpc_tag *tag, bool ok)
{
	struct rpc_call *call = call_of(tag, send);
	call->tags--;
	call->sending = false;
	if (call->end_later && ok)
		send_status(call, RPC_OK, "", NULL);
	else if (ok && !call->ending && call->method->sent)
		call->method->sent(call, call->server->context);
	settle(call);
}

void rpc_call_send_tail(struct rpc_call *call, const void *bytes, size_t n, const struct rpc_tail *tail)
{
	grpc_byte_buffer *message = rpc_buffer_new(bytes, n, tail);
	if (!call->ending && !call->sending) {
		grpc_op operations[2];
		memset(operations, 0, sizeof(operations));
		operations[0].op = GRPC_OP_SEND_INITIAL_METADATA;
		operations[1].op = GRPC_OP_SEND_MESSAGE;
		operations[1].data.send_message.send_message = message;
		size_t skip = call->greeted;
		call->greeted = true;
		call->sending = start(call, operations + skip, 2 - skip, &call->send);
	}
	grpc_byte_buffer_destroy(message);
}

void rpc_call_send(struct rpc_call *call, const void *bytes, size_t n)
{
	rpc_call_send_tail(call, bytes, n, NULL);
}

static void deadline_passed(void *context)
{
	struct rpc_call *call = context;
	rpc_call_end(call, RPC_LATE, "deadline", "the server's time for this call is over");
}

static const struct rpc_method *find_method(const struct rpc_server *server, grpc_slice path)
{
	for (const struct rpc_method *at = server->methods; at->path; at++) {
		if (grpc_slice_str_cmp(path, at->path) == 0)
			return at;
	}
	return NULL;
}

/* May the caller call? Refuses by itself. */
static bool identify(struct rpc_call *call)
{
	static const struct {
		const char *reason, *text;
	} refusals[] = {
		[RPC_IDENTITY_E_NONE] = { "no-certificate", "this call needs a client certificate" },
		[RPC_IDENTITY_E_NAME] = { "certificate-name", "the certificate names no client" },
		[RPC_IDENTITY_E_EARLY] = { "certificate-early",
					   "the certificate is not yet valid; check the clock" },
		[RPC_IDENTITY_E_LATE] = { "certificate-expired",
					  "the certificate has expired; enroll again" },
	};
	int result = rpc_identity_read(call->core, &call->peer);
	call->known = result == RPC_IDENTITY_E_OK;
	if (!call->known && !call->method->anonymous)
		rpc_call_end(call, RPC_UNAUTHENTICATED, refusals[result].reason, refusals[result].text);
	return call->known || call->method->anonymous;
}

static void judge(struct rpc_call *call)
{
	struct rpc_server *server = call->server;
	if (!call->method) {
		rpc_call_end(call, RPC_UNIMPLEMENTED, "unknown-method", "there is no such method");
		return;
	}
	if (!identify(call))
		return;
	size_t *busy = &server->busy[call->method - server->methods];
	if (server->state != RPC_SERVING) {
		rpc_call_end(call, RPC_UNAVAILABLE, "stopping", "the server is stopping; call again");
	} else if (*busy >= call->method->calls_most) {
		rpc_call_end(call, RPC_EXHAUSTED, "busy",
			     "as many calls of this kind as allowed are under way");
	} else {
		++*busy;
		call->open = true;
		if (call->deadline)
			loop_timer_start(call->deadline, call->method->deadline_ms);
		if (call->method->opened)
			call->method->opened(call, server->context);
		else
			rpc_call_read(call);
	}
}

static struct rpc_call *new_call(struct rpc_server *server, grpc_call *core, const struct rpc_method *method)
{
	struct rpc_call *call = calloc(1, sizeof(*call));
	if (!call)
		return NULL;
	call->server = server;
	call->core = core;
	call->method = method;
	call->reason.value = grpc_empty_slice();
	call->close = (struct rpc_tag){ .inbox = server->inbox, .done = close_done };
	call->read = (struct rpc_tag){ .inbox = server->inbox, .done = read_done };
	call->send = (struct rpc_tag){ .inbox = server->inbox, .done = send_done };
	call->end = (struct rpc_tag){ .inbox = server->inbox, .done = end_done };
	if (method && method->deadline_ms > 0 &&
	    loop_timer_new(server->loop, deadline_passed, call, &call->deadline) != 0) {
		free(call);
		return NULL;
	}
	return call;
}

void rpc_call_accept(struct rpc_server *server, grpc_call *core_take, const grpc_call_details *details)
{
	struct rpc_call *call = new_call(server, core_take, find_method(server, details->method));
	if (!call) {
		grpc_call_cancel(core_take, NULL);
		grpc_call_unref(core_take);
		return;
	}
	call->next = server->calls;
	if (call->next)
		call->next->previous = call;
	server->calls = call;
	server->n_calls++;
	grpc_op operation = { .op = GRPC_OP_RECV_CLOSE_ON_SERVER };
	operation.data.recv_close_on_server.cancelled = &call->cancelled;
	if (start(call, &operation, 1, &call->close))
		judge(call);
	else
		settle(call);
}
