/* rpc_channel.c: a connection that is watched.                                              (kind: adapter)
 *
 * The core reconnects only while someone shows interest: the watch asks for a connection at every change. Why
 * there is none, only a call can tell: while the channel is down a probe fails at once with the reason.
 */
#include "common/rpc/rpc_channel.h"

#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/rpc/rpc_buffer.h"
#include "common/rpc/rpc_credentials.h"
#include "common/rpc/rpc_hint.h"
#include "common/rpc/rpc_limits.h"
#include "common/rpc/rpc_stream.h"

enum { PROBE_PAUSE_MS = 10000, PROBE_MS = 5000, CONNECT_MS = 500 };

static struct rpc_channel *channel_of(struct rpc_tag *tag, size_t offset)
{
	return (struct rpc_channel *)((char *)tag - offset);
}

static void tell(struct rpc_channel *channel, bool up, const char *hint)
{
	if (channel->closing || (up == channel->up && hint == channel->hint))
		return;
	channel->up = up;
	channel->hint = hint;
	if (channel->changed)
		channel->changed(channel->context, up, hint);
}

static void probe_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_channel *channel = channel_of(tag, offsetof(struct rpc_channel, probed));
	char text[RPC_TEXT];
	rpc_buffer_text(channel->probe_details, text, sizeof(text));
	bool down = channel->probe_status == GRPC_STATUS_UNAVAILABLE;
	grpc_slice_unref(channel->probe_details);
	grpc_metadata_array_destroy(&channel->probe_first);
	grpc_metadata_array_destroy(&channel->probe_last);
	grpc_call_unref(channel->probe);
	channel->probe = NULL;
	channel->tags--;
	if (channel->closing)
		return;
	loop_timer_start(channel->again, PROBE_PAUSE_MS);
	if (down && !channel->up)
		tell(channel, false, rpc_hint_of(text, channel->with_certificate));
}

/* A call that is not meant to arrive; should it, there is no such method. */
static void probe(void *context)
{
	struct rpc_channel *channel = context;
	if (channel->probe || channel->up || channel->seen != GRPC_CHANNEL_TRANSIENT_FAILURE)
		return;
	channel->probe =
		grpc_channel_create_call(channel->core, NULL, GRPC_PROPAGATE_DEFAULTS, rpc_core_queue(),
					 grpc_slice_from_static_string("/fedrouter/Probe"), NULL,
					 rpc_core_deadline(PROBE_MS), NULL);
	grpc_metadata_array_init(&channel->probe_first);
	grpc_metadata_array_init(&channel->probe_last);
	channel->probe_details = grpc_empty_slice();
	grpc_op operations[3];
	memset(operations, 0, sizeof(operations));
	operations[0].op = GRPC_OP_SEND_INITIAL_METADATA;
	operations[1].op = GRPC_OP_RECV_INITIAL_METADATA;
	operations[1].data.recv_initial_metadata.recv_initial_metadata = &channel->probe_first;
	operations[2].op = GRPC_OP_RECV_STATUS_ON_CLIENT;
	operations[2].data.recv_status_on_client.trailing_metadata = &channel->probe_last;
	operations[2].data.recv_status_on_client.status = &channel->probe_status;
	operations[2].data.recv_status_on_client.status_details = &channel->probe_details;
	if (rpc_core_batch(channel->probe, operations, 3, &channel->probed)) {
		channel->tags++;
		return;
	}
	grpc_call_unref(channel->probe);
	channel->probe = NULL;
}

static void watch(struct rpc_channel *channel)
{
	channel->tags++;
	grpc_channel_watch_connectivity_state(channel->core, channel->seen,
					      gpr_inf_future(GPR_CLOCK_MONOTONIC), rpc_core_queue(),
					      &channel->watch);
}

static void watch_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_channel *channel = channel_of(tag, offsetof(struct rpc_channel, watch));
	channel->tags--;
	if (channel->closing)
		return;
	channel->seen = grpc_channel_check_connectivity_state(channel->core, 1);
	watch(channel);
	if (channel->seen == GRPC_CHANNEL_READY)
		tell(channel, true, NULL);
	else if (channel->up)
		tell(channel, false, NULL);
	probe(channel);
}

static void settle_done(struct rpc_tag *tag, bool ok)
{
	(void)ok;
	struct rpc_channel *channel = channel_of(tag, offsetof(struct rpc_channel, settled));
	channel->tags--;
	channel->settling = false;
}

/* The core loses a connection, its socket and with them its own end if a channel goes while the other side's
 * first frame is waited for. So let what has begun come to its end; where nobody answers there is nothing to
 * lose. */
static void settle(struct rpc_channel *channel)
{
	if (grpc_channel_check_connectivity_state(channel->core, 0) != GRPC_CHANNEL_CONNECTING)
		return;
	channel->tags++;
	channel->settling = true;
	channel->settled = (struct rpc_tag){ .inbox = channel->inbox, .done = settle_done };
	grpc_channel_watch_connectivity_state(channel->core, GRPC_CHANNEL_CONNECTING,
					      rpc_core_deadline(CONNECT_MS), rpc_core_queue(),
					      &channel->settled);
	while (channel->settling)
		inbox_wait(channel->inbox);
}

static void channel_deinit(struct rpc_channel *channel)
{
	if (channel->core) {
		settle(channel);
		grpc_channel_destroy(channel->core);
	}
	while (channel->tags > 0 || channel->streams)
		inbox_wait(channel->inbox);
	loop_timer_free(channel->again);
	inbox_free(channel->inbox);
	free(channel);
}

static void channel_cleanup(struct rpc_channel **channel)
{
	if (*channel)
		channel_deinit(*channel);
}

int rpc_channel_new(struct loop *loop, const struct rpc_channel_options *options, struct rpc_channel **out)
{
	cleanup(channel_cleanup) struct rpc_channel *channel = calloc(1, sizeof(*channel));
	TRY_ALLOC(channel);
	channel->changed = options->changed;
	channel->context = options->context;
	channel->with_certificate = options->credentials.certificate != NULL;
	TRY(inbox_new(loop, rpc_core_came, NULL, &channel->inbox));
	TRY(loop_timer_new(loop, probe, channel, &channel->again));
	grpc_channel_credentials *credentials = NULL;
	TRY(rpc_credentials_channel(&options->credentials, &credentials));
	int result = rpc_limits_channel(options->address, options->proxy, credentials, &channel->core);
	grpc_channel_credentials_release(credentials);
	TRY(result);
	channel->watch = (struct rpc_tag){ .inbox = channel->inbox, .done = watch_done };
	channel->probed = (struct rpc_tag){ .inbox = channel->inbox, .done = probe_done };
	channel->seen = grpc_channel_check_connectivity_state(channel->core, 1);
	watch(channel);
	*out = channel;
	channel = NULL;
	return 0;
}

void rpc_channel_free(struct rpc_channel *channel)
{
	if (!channel)
		return;
	channel->closing = true;
	loop_timer_stop(channel->again);
	if (channel->probe)
		grpc_call_cancel(channel->probe, NULL);
	for (struct rpc_stream *at = channel->streams; at; at = rpc_stream_next(at))
		rpc_stream_cancel(at);
	channel_deinit(channel);
}
