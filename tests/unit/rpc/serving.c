/* serving.c: a server whose methods do what their names say, and clients that count what they hear. */
#include "tests/unit/rpc/serving.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 256 << 10 };

static uint8_t block[SERVING_MOST]; /* what is sent up and down */

static uint64_t sum_of(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += bytes[i];
	return sum;
}

/* One call of /t/Up or /t/Down. */
struct work {
	size_t bytes, left, size;
	uint64_t sum;
};

static void note_opened(struct serving *serving, struct rpc_call *call)
{
	serving->opened++;
	serving->known = rpc_call_peer(call) != NULL;
	if (serving->known)
		serving->peer = *rpc_call_peer(call);
	loop_stop(serving->loop);
}

static void opened(struct rpc_call *call, void *context)
{
	note_opened(context, call);
	rpc_call_keep(call, calloc(1, sizeof(struct work)));
	ck_assert_ptr_nonnull(rpc_call_own(call));
	rpc_call_read(call);
}

static void echo(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct serving *serving = context;
	serving->messages++;
	rpc_call_reply(call, bytes, n);
}

static void gather(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct serving *serving = context;
	struct work *work = rpc_call_own(call);
	serving->messages++;
	loop_stop(serving->loop);
	if (work->bytes == 0 && bytes[0] == '!') {
		rpc_call_refuse(call, RPC_ABORTED, "early", "%s", "nothing more, please");
		return;
	}
	work->bytes += n;
	work->sum += sum_of(bytes, n);
	rpc_call_read(call);
}

static void gathered(struct rpc_call *call, void *context)
{
	struct serving *serving = context;
	struct work *work = rpc_call_own(call);
	char text[64];
	serving->half_closed++;
	int n = snprintf(text, sizeof(text), "%zu %" PRIu64, work->bytes, work->sum);
	rpc_call_reply(call, text, (size_t)n);
}

static void released(void *owner)
{
	struct serving *serving = owner;
	atomic_fetch_add(&serving->released, 1);
}

static void send_next(struct rpc_call *call, void *context)
{
	struct work *work = rpc_call_own(call);
	if (work->left == 0) {
		rpc_call_reply(call, NULL, 0);
		return;
	}
	work->left--;
	struct rpc_tail tail = { .bytes = block, .n = work->size, .released = released, .owner = context };
	rpc_call_send_tail(call, "head", 4, &tail);
}

static void wanted(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct work *work = rpc_call_own(call);
	char text[32] = "";
	memcpy(text, bytes, n < sizeof(text) - 1 ? n : sizeof(text) - 1);
	ck_assert_int_eq(sscanf(text, "%zu %zu", &work->left, &work->size), 2);
	send_next(call, context);
}

static void hold(struct rpc_call *call, void *context)
{
	struct serving *serving = context;
	note_opened(serving, call);
	for (size_t i = 0; i < SERVING_HELD; i++) {
		if (!serving->held[i]) {
			serving->held[i] = call;
			return;
		}
	}
}

static void closed(struct rpc_call *call, void *context, bool cancelled)
{
	struct serving *serving = context;
	serving->closed++;
	serving->cancelled += cancelled;
	for (size_t i = 0; i < SERVING_HELD; i++) {
		if (serving->held[i] == call)
			serving->held[i] = NULL;
	}
	free(rpc_call_own(call));
	loop_stop(serving->loop);
}

#define METHOD(name, form) .path = "/t/" name, .kind = form, .message_most = SERVING_MOST, .closed = closed

static const struct rpc_method methods[] = {
	{ METHOD("Echo", RPC_UNARY), .calls_most = 1000, .opened = opened, .message = echo },
	{ METHOD("Up", RPC_UPLOAD), .calls_most = 10, .opened = opened, .message = gather,
	  .half_closed = gathered },
	{ METHOD("Down", RPC_DOWNLOAD), .calls_most = 10, .opened = opened, .message = wanted,
	  .sent = send_next },
	{ METHOD("Hold", RPC_UNARY), .calls_most = SERVING_HELD, .opened = hold },
	{ METHOD("Short", RPC_UNARY), .calls_most = 10, .deadline_ms = 50, .opened = hold },
	{ .path = "/t/Small",
	  .kind = RPC_UNARY,
	  .message_most = 1000,
	  .calls_most = 10,
	  .opened = opened,
	  .message = echo,
	  .closed = closed },
	{ .path = "/t/Anyone",
	  .kind = RPC_UNARY,
	  .anonymous = true,
	  .message_most = 100,
	  .calls_most = 10,
	  .opened = opened,
	  .message = echo,
	  .closed = closed },
	{ .path = NULL },
};

struct serving *serving_new(void)
{
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)(i * 7 + i / 251);
	struct serving *serving = calloc(1, sizeof(*serving));
	ck_assert_ptr_nonnull(serving);
	ck_assert_int_eq(rpc_start(), 0);
	ck_assert_int_eq(loop_new(&serving->loop), 0);
	serving->authority = certificates_new("authority");
	serving->server_credentials =
		certificates_issue(serving->authority,
				   &(struct certificates_wish){ .name = "server", .host = "IP:127.0.0.1" });
	serving->client_credentials =
		certificates_issue(serving->authority, &(struct certificates_wish){ .name = "client-00" });
	serving_start(serving, "127.0.0.1:0");
	return serving;
}

void serving_start(struct serving *serving, const char *address)
{
	struct rpc_server_options options = { .address = address,
					      .credentials = serving->server_credentials,
					      .methods = methods,
					      .context = serving };
	ck_assert_int_eq(rpc_server_new(serving->loop, &options, &serving->server), 0);
	int n = (int)(strrchr(address, ':') - address);
	snprintf(serving->address, sizeof(serving->address), "%.*s:%d", n, address,
		 rpc_server_port(serving->server));
}

void serving_stop(struct serving *serving)
{
	rpc_server_free(serving->server);
	serving->server = NULL;
}

void serving_free(struct serving *serving)
{
	rpc_server_free(serving->server);
	ck_assert_uint_eq(serving->opened, serving->closed);
	loop_free(serving->loop);
	rpc_stop();
	certificates_forget(&serving->server_credentials);
	certificates_forget(&serving->client_credentials);
	certificates_free(serving->authority);
	free(serving);
}

static void changed(void *context, bool up, const char *hint)
{
	struct serving_link *link = context;
	link->ups += up && !link->up;
	link->downs += !up && link->up;
	link->up = up;
	link->hint = hint;
	loop_stop(link->serving->loop);
}

void serving_connect_at(struct serving *serving, const struct rpc_channel_options *options,
			struct serving_link *out)
{
	struct rpc_channel_options own = *options;
	own.changed = changed;
	own.context = out;
	*out = (struct serving_link){ .serving = serving };
	ck_assert_int_eq(rpc_channel_new(serving->loop, &own, &out->channel), 0);
}

void serving_connect(struct serving *serving, const struct rpc_credentials *credentials,
		     struct serving_link *out)
{
	serving_connect_at(serving,
			   &(struct rpc_channel_options){ .address = serving->address,
							  .credentials = *credentials },
			   out);
}

void serving_disconnect(struct serving_link *link)
{
	rpc_channel_free(link->channel);
}

static void call_message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct serving_call *call = context;
	call->messages++;
	call->bytes += n;
	call->sum += sum_of(bytes, n);
	snprintf(call->text, sizeof(call->text), "%.*s", n < 60 ? (int)n : 60, (const char *)bytes);
	rpc_stream_read(stream); /* what is not a download does not mind */
}

static void call_sent(struct rpc_stream *stream, void *context)
{
	struct serving_call *call = context;
	call->sent++;
	if (call->sent < call->to_send)
		rpc_stream_send(stream, block, CHUNK);
	else
		rpc_stream_done(stream);
}

static void call_closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct serving_call *call = context;
	(void)stream;
	ck_assert(!call->closed);
	call->closed = true;
	call->outcome = *outcome;
	loop_stop(call->serving->loop);
}

static const struct rpc_handler handler = {
	.message = call_message, .sent = call_sent, .closed = call_closed, .message_most = SERVING_MOST
};

void serving_unary(struct serving_link *link, const char *path, const char *text, uint64_t deadline_ms,
		   struct serving_call *out)
{
	*out = (struct serving_call){ .serving = link->serving };
	ck_assert_int_eq(rpc_channel_unary(link->channel, path, text, strlen(text), deadline_ms, &handler,
					   out, &out->stream),
			 0);
}

void serving_ask(struct serving_link *link, const char *path, const char *text, struct serving_call *out)
{
	serving_unary(link, path, text, 0, out);
	serving_until(link->serving, out->closed);
}

void serving_upload(struct serving_link *link, size_t chunks, struct serving_call *out)
{
	*out = (struct serving_call){ .serving = link->serving, .to_send = chunks };
	ck_assert_int_eq(rpc_channel_upload(link->channel, "/t/Up", &handler, out, &out->stream), 0);
	if (chunks > 0)
		rpc_stream_send(out->stream, block, CHUNK);
}

void serving_download(struct serving_link *link, const char *wish, struct serving_call *out)
{
	*out = (struct serving_call){ .serving = link->serving };
	ck_assert_int_eq(rpc_channel_download(link->channel, "/t/Down", wish, strlen(wish), &handler, out,
					      &out->stream),
			 0);
}
