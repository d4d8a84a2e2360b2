/* rpc_core.h: the C core's one completion queue, and how what it completes comes home.      (kind: adapter)
 *
 * The process has one completion queue and one thread that waits on it. A tag is one batch of operations
 * under way: the thread posts it to the inbox of its owner, and `done` runs on the owner's loop. The queue is
 * shut down only by rpc_stop, when nobody is left who could start a batch (the core aborts the process then).
 */
#pragma once

#include <grpc/grpc.h>
#include <stdbool.h>

#include "common/loop/loop.h"

struct rpc_tag {
	struct inbox_item item; /* first */
	struct inbox *inbox;    /* of the owner: rpc_core_came handles it */
	void (*done)(struct rpc_tag *tag, bool ok);
	bool ok;
};

/* Once, between grpc_init and grpc_shutdown; stop waits for the thread. */
must_check int rpc_core_start(void);
void rpc_core_stop(void);

/* The queue, for batches and watches. */
grpc_completion_queue *rpc_core_queue(void);

/* The handler of every inbox of this room: calls the tag's `done`. `context` is not used. */
void rpc_core_came(void *context, struct inbox_item *item);

/* Start a batch; `done` is certain to come if and only if this says true. False: the call was told to end. */
bool rpc_core_batch(grpc_call *call, const grpc_op *operations, size_t n, struct rpc_tag *tag);

/* `ms` from now; 0: never. */
gpr_timespec rpc_core_deadline(uint64_t ms);
