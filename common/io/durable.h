/* durable.h: files that must be on disk before something is said about them.                (kind: adapter)
 *
 * Written, fsynced, renamed, the folder fsynced; between the steps stand failpoints NAME-synced,
 * NAME-renamed and NAME-published, at which tests let the process die.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

/* A file of `n` bytes (mode 0600) at `path`; what was there is replaced. */
must_check int durable_write(const char *path, const void *bytes, size_t n, const char *name);

/* Rename a file that is fsynced to `to`, of the same file system. */
must_check int durable_publish(const char *from, const char *to, const char *name);
