/* rpc_stream.h: what a channel and its calls know of each other; inside this room only.  (kind: adapter) */
#pragma once

#include <grpc/grpc.h>

#include "common/rpc/rpc_channel.h"
#include "common/rpc/rpc_core.h"

struct rpc_channel {
	struct inbox *inbox;
	grpc_channel *core;
	struct rpc_stream *streams; /* under way */
	struct rpc_tag watch;       /* for a change of `seen` */
	grpc_connectivity_state seen;
	struct rpc_tag settled; /* at the end: no longer connecting */
	size_t tags;            /* under way: watch, settled and probe */
	bool up, closing, settling;
	struct loop_timer *again; /* probe once more */
	grpc_call *probe;         /* NULL: none under way */
	struct rpc_tag probed;
	grpc_metadata_array probe_first, probe_last;
	grpc_status_code probe_status;
	grpc_slice probe_details;
	const char *hint; /* literal, the last one told */
	bool with_certificate;
	void (*changed)(void *context, bool up, const char *hint);
	void *context;
};

/* The next of the channel's list, or NULL. */
struct rpc_stream *rpc_stream_next(const struct rpc_stream *stream);
