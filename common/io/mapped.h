/* mapped.h: a file's bytes, read-only in memory.                                           (kind: adapter) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum { MAPPED_E_OK = 0, MAPPED_E_UNREADABLE = 1 };

/* UNREADABLE (missing, not a file, empty): why is in `findings`. The caller munmaps. */
must_check int mapped_open(const char *path, struct findings *findings, void **bytes_out, size_t *n_out);
