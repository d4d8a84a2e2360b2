/* rpc_buffer.h: bytes in and out of the core's byte buffers.                             (kind: adapter) */
#pragma once

#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/rpc/rpc_server.h"

/* A copy of `bytes`, then the tail itself (NULL: none), which is released when the buffer's last reference
 * goes. */
grpc_byte_buffer *rpc_buffer_new(const void *bytes, size_t n, const struct rpc_tail *tail);

enum { RPC_BUFFER_E_OK = 0, RPC_BUFFER_E_LARGE = 1, RPC_BUFFER_E_BAD = 2 };

/* All bytes in one piece, judged before anything is allocated: LARGE where they are more than `most`, BAD
 * where they are compressed. The slice is the caller's on OK. */
must_check int rpc_buffer_read(grpc_byte_buffer *buffer, size_t most, grpc_slice *out);

/* The text of a slice, cut at `n` bytes with its NUL; control characters become blanks. */
void rpc_buffer_text(grpc_slice slice, char *out, size_t n);
