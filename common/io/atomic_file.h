/* atomic_file.h: a file is there as a whole or not at all.                                    (kind: adapter)
 *
 * Bytes go to a temporary file beside the target; commit flushes, fsyncs, renames over the target and fsyncs
 * the directory. Whatever happens before, the old file stays as it was.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "common/base/error.h"

struct atomic_file {
	FILE *stream; /* write here */
	char *path, *temporary;
};

must_check int atomic_file_open(const char *path, struct atomic_file *out);
must_check int atomic_file_commit(struct atomic_file *file);
void atomic_file_discard(
	struct atomic_file *file); /* cleanup: removes what was not committed; harmless after commit */

/* The whole of it at once. */
must_check int atomic_file_write(const char *path, const void *bytes, size_t n);
