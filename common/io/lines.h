/* lines.h: a text file line by line: plain, gzip or zstd, told by its first bytes.         (kind: adapter) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum { LINES_LONGEST = 4 << 20 }; /* bytes of one line; a longer one is told and skipped */

enum {
	LINES_E_OK = 0,
	LINES_E_END = 1,  /* no further line */
	LINES_E_LONG = 2, /* this line is longer than LINES_LONGEST; the next call gives the one behind it */
	LINES_E_BAD = 3,  /* file missing, unreadable, or the container truncated or corrupt: in `findings` */
};

struct lines;

struct line {
	char *text;    /* NUL-terminated, without its end ("\n" or "\r\n"); lent until the next call */
	size_t n;      /* may hold NUL bytes */
	size_t number; /* from 1 */
};

must_check int lines_open(const char *path, struct findings *findings, struct lines **out);
/* The next line: one of the outcomes above. */
must_check int lines_next(struct lines *lines, struct line *out);
void lines_close(struct lines *lines);
void lines_cleanup(struct lines **lines);

/* Compressed bytes read so far and in all, for progress. */
uint64_t lines_position(const struct lines *lines);
uint64_t lines_size(const struct lines *lines);
