/* rpc_core.c: the completion queue's thread.                                             (kind: adapter) */
#include "common/rpc/rpc_core.h"

#include <grpc/support/time.h>

#include "common/base/log.h"
#include "common/loop/thread.h"

static struct {
	grpc_completion_queue *queue;
	struct thread *thread;
} core;

static void wait_for_tags(void *context)
{
	grpc_completion_queue *queue = context;
	for (;;) {
		grpc_event event =
			grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
		if (event.type == GRPC_QUEUE_SHUTDOWN)
			return;
		struct rpc_tag *tag = event.tag;
		tag->ok = event.success;
		inbox_post(tag->inbox, &tag->item);
	}
}

int rpc_core_start(void)
{
	core.queue = grpc_completion_queue_create_for_next(NULL);
	return thread_start(wait_for_tags, core.queue, &core.thread);
}

void rpc_core_stop(void)
{
	grpc_completion_queue_shutdown(core.queue);
	thread_join(core.thread);
	grpc_completion_queue_destroy(core.queue);
}

grpc_completion_queue *rpc_core_queue(void)
{
	return core.queue;
}

void rpc_core_came(void *context, struct inbox_item *item)
{
	(void)context;
	struct rpc_tag *tag = (struct rpc_tag *)item;
	tag->done(tag, tag->ok);
}

bool rpc_core_batch(grpc_call *call, const grpc_op *operations, size_t n, struct rpc_tag *tag)
{
	grpc_call_error error = grpc_call_start_batch(call, operations, n, tag, NULL);
	if (error == GRPC_CALL_OK)
		return true;
	log_say(LOG_ERROR, "rpc-batch", { "error", grpc_call_error_to_string(error) });
	grpc_call_cancel(call, NULL);
	return false;
}

gpr_timespec rpc_core_deadline(uint64_t ms)
{
	if (ms == 0)
		return gpr_inf_future(GPR_CLOCK_MONOTONIC);
	return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis((int64_t)ms, GPR_TIMESPAN));
}
