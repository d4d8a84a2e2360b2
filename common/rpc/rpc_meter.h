/* rpc_meter.h: who sends more than the message that is waited for may have.                 (kind: adapter)
 *
 * The core judges a message's length when it has all of it in memory: a peer may announce four gibibytes and
 * send them. Nothing tells how much has come, but the kernel does, for the connection. So every connection on
 * which a message has been waited for a while is looked at: received, less what was handed over since, is at
 * most what all waited-for messages may have, and some slack. Cheap while nobody is slow: nothing is looked
 * up then.
 */
#pragma once

#include <grpc/grpc.h>
#include <stdbool.h>

#include "common/base/error.h"

enum { RPC_METER_TICK_MS = 50, RPC_METER_CALL = 128 << 10 };

struct rpc_meter;

must_check int rpc_meter_new(struct rpc_meter **out);
void rpc_meter_free(struct rpc_meter *meter);

/* A message of so many bytes was handed over, or a call ended (RPC_METER_CALL: what it may leave unread). */
void rpc_meter_allow(struct rpc_meter *meter, grpc_call *call, size_t bytes);

/* A look: name every call that waits for a message, and what that may have. Then read the kernel's counters;
 * connections that were not named are forgotten. */
void rpc_meter_waits(struct rpc_meter *meter, grpc_call *call, size_t message_most);
void rpc_meter_look(struct rpc_meter *meter);

/* Of the last look: did the call's connection send more than it may? */
bool rpc_meter_exceeds(const struct rpc_meter *meter, grpc_call *call);
