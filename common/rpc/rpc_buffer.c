/* rpc_buffer.c: slices.                                                                  (kind: adapter) */
#include "common/rpc/rpc_buffer.h"

#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>
#include <string.h>

grpc_byte_buffer *rpc_buffer_new(const void *bytes, size_t n, const struct rpc_tail *tail)
{
	grpc_slice slices[2];
	size_t count = 0;
	if (n > 0 || !tail)
		slices[count++] = grpc_slice_from_copied_buffer(bytes ? bytes : "", n);
	if (tail)
		slices[count++] = grpc_slice_new_with_user_data((void *)tail->bytes, tail->n, tail->released,
								tail->owner);
	grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(slices, count);
	for (size_t i = 0; i < count; i++)
		grpc_slice_unref(slices[i]);
	return buffer;
}

int rpc_buffer_read(grpc_byte_buffer *buffer, size_t most, grpc_slice *out)
{
	grpc_byte_buffer_reader reader;
	if (buffer->data.raw.compression != GRPC_COMPRESS_NONE)
		return RPC_BUFFER_E_BAD;
	if (grpc_byte_buffer_length(buffer) > most)
		return RPC_BUFFER_E_LARGE;
	if (!grpc_byte_buffer_reader_init(&reader, buffer))
		return RPC_BUFFER_E_BAD;
	*out = grpc_byte_buffer_reader_readall(&reader);
	grpc_byte_buffer_reader_destroy(&reader);
	return RPC_BUFFER_E_OK;
}

void rpc_buffer_text(grpc_slice slice, char *out, size_t n)
{
	size_t length = GRPC_SLICE_LENGTH(slice) < n ? GRPC_SLICE_LENGTH(slice) : n - 1;
	memcpy(out, GRPC_SLICE_START_PTR(slice), length);
	out[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			out[i] = ' ';
	}
}
