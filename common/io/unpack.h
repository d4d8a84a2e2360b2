/* unpack.h: the bytes of a file, unpacked on the way if it is gzip or zstd.                   (kind: adapter)
 *
 * The container is told by the first bytes, not by the name. Several gzip members or zstd frames behind each
 * other are one stream, as gzip and zstd themselves have it. Memory is bounded whatever the file says (zstd
 * windows ≤ 128 MiB).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum {
	UNPACK_E_OK = 0,
	UNPACK_E_END = 1,        /* everything was given */
	UNPACK_E_UNREADABLE = 2, /* cannot be opened or read */
	UNPACK_E_TRUNCATED = 3,  /* the file ends inside the container */
	UNPACK_E_CORRUPT = 4,
};

struct unpack;

/* UNREADABLE: *errno_out says why. */
must_check int unpack_open(const char *path, int *errno_out, struct unpack **out);

/* The next 1 … `most` bytes. What is wrong is asked of `unpack_complaint`. */
must_check int unpack_read(struct unpack *unpack, void *out, size_t most, size_t *n_out);
void unpack_close(struct unpack *unpack);
void unpack_cleanup(struct unpack **unpack);

const char *unpack_container(const struct unpack *unpack); /* "plain", "gzip", "zstd" */
const char *unpack_complaint(
	const struct unpack *unpack); /* why the last read failed; lent until the next call */
uint64_t unpack_position(const struct unpack *unpack); /* bytes of the file read so far */
uint64_t unpack_size(const struct unpack *unpack);     /* bytes of the file */
