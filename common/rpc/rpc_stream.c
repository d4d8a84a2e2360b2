/* rpc_stream.c: one call on the caller's side.                                              (kind: adapter)
 *
 * Unary and upload: one batch waits for everything that comes, the answer included. Download: messages are
 * read one by one, the batch that waits for the status is another. The call is over when all batches are
 * back.
 */
#include "common/rpc/rpc_stream.h"

#include <errno.h>
#include <grpc/slice.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rpc/rpc_buffer.h"

struct rpc_stream {
	struct rpc_channel *channel;
	grpc_call *core;
	enum rpc_kind kind;
	struct rpc_handler handler;
	void *context;
	struct rpc_tag first, end, read, send, half_close;
	size_t tags;
	grpc_metadata_array initial, trailing;
	grpc_status_code status;
	grpc_slice details;
	grpc_byte_buffer *incoming;
	bool reading, sending, done_sending, cancelled;
	struct rpc_outcome own; /* status ≠ OK: this side's judgement, before what the server says */
	struct rpc_stream *previous, *next;
};

#define stream_of(tag, member) ((struct rpc_stream *)((char *)(tag)-offsetof(struct rpc_stream, member)))

struct rpc_stream *rpc_stream_next(const struct rpc_stream *stream)
{
	return stream->next;
}

static bool start(struct rpc_stream *stream, const grpc_op *operations, size_t n, struct rpc_tag *tag)
{
	bool started = rpc_core_batch(stream->core, operations, n, tag);
	stream->tags += started;
	return started;
}

static void judge(struct rpc_stream *stream, enum rpc_status status, const char *reason, const char *text)
{
	if (stream->own.status != RPC_OK)
		return;
	stream->own.status = status;
	snprintf(stream->own.reason, sizeof(stream->own.reason), "%s", reason);
	snprintf(stream->own.text, sizeof(stream->own.text), "%s", text);
}

static void outcome_of(const struct rpc_stream *stream, struct rpc_outcome *out)
{
	if (stream->own.status != RPC_OK) {
		*out = stream->own;
		return;
	}
	*out = (struct rpc_outcome){ .status = (enum rpc_status)stream->status };
	rpc_buffer_text(stream->details, out->text, sizeof(out->text));
	for (size_t i = 0; i < stream->trailing.count; i++) {
		const grpc_metadata *pair = &stream->trailing.metadata[i];
		if (grpc_slice_str_cmp(pair->key, "fedrouter-reason") == 0)
			rpc_buffer_text(pair->value, out->reason, sizeof(out->reason));
	}
}

static void stream_free(struct rpc_stream *stream)
{
	if (stream->previous)
		stream->previous->next = stream->next;
	else
		stream->channel->streams = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	grpc_metadata_array_destroy(&stream->initial);
	grpc_metadata_array_destroy(&stream->trailing);
	grpc_slice_unref(stream->details);
	grpc_byte_buffer_destroy(stream->incoming);
	grpc_call_unref(stream->core);
	free(stream);
}

/* At the end of every tag's `done`. */
static void settle(struct rpc_stream *stream)
{
	if (stream->tags > 0)
		return;
	struct rpc_outcome outcome;
	outcome_of(stream, &outcome);
	if (stream->handler.closed)
		stream->handler.closed(stream, stream->context, &outcome);
	stream_free(stream);
}

/* Hand what has come over, if it is as it should be; takes the buffer. */
static void hear(struct rpc_stream *stream)
{
	grpc_byte_buffer *buffer = stream->incoming;
	stream->incoming = NULL;
	if (!buffer || stream->cancelled) {
		grpc_byte_buffer_destroy(buffer);
		return;
	}
	grpc_slice slice;
	int result = rpc_buffer_read(buffer, stream->handler.message_most, &slice);
	grpc_byte_buffer_destroy(buffer);
	if (result != RPC_BUFFER_E_OK) {
		judge(stream, RPC_EXHAUSTED, result == RPC_BUFFER_E_LARGE ? "too-large" : "compressed",
		      "the server's message is not one that is read here");
		rpc_stream_cancel(stream);
		return;
	}
	if (stream->handler.message)
		stream->handler.message(stream, stream->context, GRPC_SLICE_START_PTR(slice),
					GRPC_SLICE_LENGTH(slice));
	grpc_slice_unref(slice);
}

static void first_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_stream *stream = stream_of(tag, first);
	stream->tags--;
	settle(stream);
}

static void end_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_stream *stream = stream_of(tag, end);
	stream->tags--;
	stream->done_sending = true;
	if (stream->kind != RPC_DOWNLOAD && stream->status == GRPC_STATUS_OK) {
		if (!stream->incoming)
			judge(stream, RPC_INTERNAL, "no-answer",
			      "the server ended the call well, but without an answer");
		hear(stream);
	}
	settle(stream);
}

static void read_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_stream *stream = stream_of(tag, read);
	stream->tags--;
	stream->reading = false;
	hear(stream);
	settle(stream);
}

static void half_close_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_stream *stream = stream_of(tag, half_close);
	stream->tags--;
	settle(stream);
}

static void half_close(struct rpc_stream *stream)
{
	grpc_op operation = { .op = GRPC_OP_SEND_CLOSE_FROM_CLIENT };
	start(stream, &operation, 1, &stream->half_close);
}

static void send_done(struct rpc_tag *tag, bool ok)
{
	struct rpc_stream *stream = stream_of(tag, send);
	stream->tags--;
	stream->sending = false;
	if (ok && !stream->cancelled && stream->done_sending)
		half_close(stream);
	else if (ok && !stream->cancelled && stream->handler.sent)
		stream->handler.sent(stream, stream->context);
	settle(stream);
}

void rpc_stream_read(struct rpc_stream *stream)
{
	if (stream->kind != RPC_DOWNLOAD || stream->reading || stream->cancelled)
		return;
	grpc_op operation = { .op = GRPC_OP_RECV_MESSAGE };
	operation.data.recv_message.recv_message = &stream->incoming;
	stream->reading = start(stream, &operation, 1, &stream->read);
}

void rpc_stream_send(struct rpc_stream *stream, const void *bytes, size_t n)
{
	if (stream->kind != RPC_UPLOAD || stream->sending || stream->done_sending || stream->cancelled)
		return;
	grpc_byte_buffer *message = rpc_buffer_new(bytes, n, NULL);
	grpc_op operation = { .op = GRPC_OP_SEND_MESSAGE };
	operation.data.send_message.send_message = message;
	stream->sending = start(stream, &operation, 1, &stream->send);
	grpc_byte_buffer_destroy(message);
}

void rpc_stream_done(struct rpc_stream *stream)
{
	if (stream->kind != RPC_UPLOAD || stream->done_sending || stream->cancelled)
		return;
	stream->done_sending = true;
	if (!stream->sending)
		half_close(stream);
}

void rpc_stream_cancel(struct rpc_stream *stream)
{
	if (stream->cancelled)
		return;
	stream->cancelled = true;
	grpc_call_cancel(stream->core, NULL);
}

static int new_stream(struct rpc_channel *channel, enum rpc_kind kind, const char *path, uint64_t deadline_ms,
		      struct rpc_stream **out)
{
	struct rpc_stream *stream = calloc(1, sizeof(*stream));
	TRY_ALLOC(stream);
	stream->channel = channel;
	stream->kind = kind;
	grpc_slice method = grpc_slice_from_copied_string(path);
	stream->core =
		grpc_channel_create_call(channel->core, NULL, GRPC_PROPAGATE_DEFAULTS, rpc_core_queue(),
					 method, NULL, rpc_core_deadline(deadline_ms), NULL);
	grpc_slice_unref(method);
	stream->details = grpc_empty_slice();
	stream->first = (struct rpc_tag){ .inbox = channel->inbox, .done = first_done };
	stream->end = (struct rpc_tag){ .inbox = channel->inbox, .done = end_done };
	stream->read = (struct rpc_tag){ .inbox = channel->inbox, .done = read_done };
	stream->send = (struct rpc_tag){ .inbox = channel->inbox, .done = send_done };
	stream->half_close = (struct rpc_tag){ .inbox = channel->inbox, .done = half_close_done };
	grpc_metadata_array_init(&stream->initial);
	grpc_metadata_array_init(&stream->trailing);
	stream->next = channel->streams;
	if (stream->next)
		stream->next->previous = stream;
	channel->streams = stream;
	*out = stream;
	return 0;
}

/* What goes up at once: the metadata; where there is one message, it and the end. */
static bool begin_sending(struct rpc_stream *stream, grpc_byte_buffer *message)
{
	grpc_op operations[3];
	memset(operations, 0, sizeof(operations));
	operations[0].op = GRPC_OP_SEND_INITIAL_METADATA;
	operations[1].op = GRPC_OP_SEND_MESSAGE;
	operations[1].data.send_message.send_message = message;
	operations[2].op = GRPC_OP_SEND_CLOSE_FROM_CLIENT;
	return start(stream, operations, message ? 3 : 1, &stream->first);
}

static bool begin_receiving(struct rpc_stream *stream)
{
	grpc_op operations[3];
	memset(operations, 0, sizeof(operations));
	operations[0].op = GRPC_OP_RECV_INITIAL_METADATA;
	operations[0].data.recv_initial_metadata.recv_initial_metadata = &stream->initial;
	operations[1].op = GRPC_OP_RECV_STATUS_ON_CLIENT;
	operations[1].data.recv_status_on_client.trailing_metadata = &stream->trailing;
	operations[1].data.recv_status_on_client.status = &stream->status;
	operations[1].data.recv_status_on_client.status_details = &stream->details;
	operations[2].op = GRPC_OP_RECV_MESSAGE;
	operations[2].data.recv_message.recv_message = &stream->incoming;
	return start(stream, operations, stream->kind == RPC_DOWNLOAD ? 2 : 3, &stream->end);
}

static int begin(struct rpc_stream *stream, grpc_byte_buffer *message, const struct rpc_handler *handler,
		 void *context)
{
	stream->handler = *handler;
	stream->context = context;
	stream->done_sending = message != NULL;
	bool started = begin_receiving(stream) && begin_sending(stream, message);
	grpc_byte_buffer_destroy(message);
	if (!started && stream->tags == 0) {
		stream_free(stream);
		return FAIL(-EINVAL);
	}
	return 0;
}

int rpc_channel_unary(struct rpc_channel *channel, const char *path, const void *bytes, size_t n,
		      uint64_t deadline_ms, const struct rpc_handler *handler, void *context,
		      struct rpc_stream **stream_out)
{
	struct rpc_stream *stream = NULL;
	TRY(new_stream(channel, RPC_UNARY, path, deadline_ms, &stream));
	TRY(begin(stream, rpc_buffer_new(bytes, n, NULL), handler, context));
	if (stream_out)
		*stream_out = stream;
	return 0;
}

int rpc_channel_download(struct rpc_channel *channel, const char *path, const void *bytes, size_t n,
			 const struct rpc_handler *handler, void *context, struct rpc_stream **stream_out)
{
	struct rpc_stream *stream = NULL;
	TRY(new_stream(channel, RPC_DOWNLOAD, path, 0, &stream));
	TRY(begin(stream, rpc_buffer_new(bytes, n, NULL), handler, context));
	*stream_out = stream;
	return 0;
}

int rpc_channel_upload(struct rpc_channel *channel, const char *path, const struct rpc_handler *handler,
		       void *context, struct rpc_stream **stream_out)
{
	struct rpc_stream *stream = NULL;
	TRY(new_stream(channel, RPC_UPLOAD, path, 0, &stream));
	TRY(begin(stream, NULL, handler, context));
	*stream_out = stream;
	return 0;
}
