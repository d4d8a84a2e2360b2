/* rpc_channel.h: calling a server.                                                          (kind: adapter)
 *
 * A channel keeps one connection alive by itself: it reconnects with growing pauses and says when it is up or
 * down. Every call ends with exactly one `closed`, on the loop's thread, and is gone when that returns.
 */
#pragma once

#include <stdbool.h>

#include "common/loop/loop.h"
#include "common/rpc/rpc.h"

struct rpc_channel;
struct rpc_stream;

struct rpc_channel_options {
	const char *address; /* "host:port" */
	const char *proxy; /* "http://host:port", or NULL: connect directly, whatever the environment says */
	struct rpc_credentials credentials; /* certificate and key may be NULL: anonymous (Enroll) */
	/* The connection went up or down. `hint` says what repeated failures suggest ("the server may refuse
	 * this certificate"), NULL if nothing; while the channel is down it is called again when the hint
	 * changes. The pointer lives as long as the process. May be NULL. */
	void (*changed)(void *context, bool up, const char *hint);
	void *context;
};

must_check int rpc_channel_new(struct loop *loop, const struct rpc_channel_options *options,
			       struct rpc_channel **out);
/* Cancels what is under way, waits for it (each call's `closed` comes before this returns) and frees. Not
 * from within a callback of the channel. */
void rpc_channel_free(struct rpc_channel *channel);

struct rpc_handler {
	/* A message came (unary and upload: the answer, just before `closed`). For downloads the next one is
	 * read when rpc_stream_read asks for it. */
	void (*message)(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n);
	void (*sent)(struct rpc_stream *stream, void *context); /* uploads: the next may follow */
	void (*closed)(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome);
	size_t message_most; /* of one incoming message */
};

/* One message up; deadline_ms 0: none. `bytes` are copied. `stream_out` may be NULL when it is never
 * cancelled. */
must_check int rpc_channel_unary(struct rpc_channel *channel, const char *path, const void *bytes, size_t n,
				 uint64_t deadline_ms, const struct rpc_handler *handler, void *context,
				 struct rpc_stream **stream_out);
must_check int rpc_channel_download(struct rpc_channel *channel, const char *path, const void *bytes,
				    size_t n, const struct rpc_handler *handler, void *context,
				    struct rpc_stream **stream_out);
must_check int rpc_channel_upload(struct rpc_channel *channel, const char *path,
				  const struct rpc_handler *handler, void *context,
				  struct rpc_stream **stream_out);

void rpc_stream_read(struct rpc_stream *stream);
void rpc_stream_send(struct rpc_stream *stream, const void *bytes, size_t n); /* copied; one at a time */
void rpc_stream_done(struct rpc_stream *stream);                              /* nothing more to send */
void rpc_stream_cancel(struct rpc_stream *stream);
