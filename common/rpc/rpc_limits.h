/* rpc_limits.h: the core's servers and channels, with limits and manners. (kind: adapter) */
#pragma once

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include "common/base/error.h"

/* A server whose messages have at most `message_most` bytes. */
grpc_server *rpc_limits_server(size_t message_most);

/* A channel to "host:port", through the proxy unless it is NULL. -EINVAL: the address is too long. */
must_check int rpc_limits_channel(const char *address, const char *proxy,
				  grpc_channel_credentials *credentials, grpc_channel **out);
