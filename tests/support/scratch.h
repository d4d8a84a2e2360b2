/* scratch.h: files of a test, in a directory of its process that goes when the process ends. */
#pragma once

#include <stddef.h>

/* The path of `name` in the directory; good until the process ends. */
const char *scratch_path(const char *name);

/* Write a file there and give its path. */
const char *scratch_file(const char *name, const void *bytes, size_t n);
const char *scratch_text(const char *name, const char *text);

/* The bytes of a file, malloc'ed, with a NUL behind them; fails the test where there is none. */
char *scratch_read(const char *path, size_t *n_out);

/* How many files the directory has. */
size_t scratch_count(void);
