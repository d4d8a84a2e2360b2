/* text_file.h: small files read as a whole: keys, plans, configurations.                   (kind: adapter) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

/* The text with a NUL behind it, malloc'ed. -EFBIG: more than `most` bytes; -EILSEQ: a NUL inside; else what
 * open or read said (negative errno). Leaves no trail: the caller tells a person. */
must_check int text_file_read(const char *path, size_t most, char **out);
