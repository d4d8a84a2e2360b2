/* lines.c: lines out of unpacked bytes, given in place.                                       (kind: adapter)
 *
 * One buffer holds the bytes [begin, end) that were not given yet. A line that lies in it as a whole is given
 * where it is; otherwise its beginning moves to the front and the buffer is filled behind it, growing up to
 * the longest line allowed.
 */
#include "common/io/lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/unpack.h"

/* The longest line, its "\r\n", and a NUL. */
enum { ROOM_FIRST = 1 << 16, ROOM_MOST = LINES_LONGEST + 3 };

struct lines {
	char *path;
	struct findings *findings;
	struct unpack *unpack;
	char *text;
	size_t room, begin, end;
	size_t number; /* of the last line given */
	bool begun, finished, bad;
};

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	unpack_close(lines->unpack);
	free(lines->text);
	free(lines->path);
	free(lines);
}

void lines_cleanup(struct lines **lines)
{
	lines_close(*lines);
	*lines = NULL;
}

int lines_open(const char *path, struct findings *findings, struct lines **out)
{
	cleanup(lines_cleanup) struct lines *lines = calloc(1, sizeof(*lines));
	int error;
	TRY_ALLOC(lines);
	lines->findings = findings;
	lines->path = strdup(path);
	TRY_ALLOC(lines->path);
	lines->room = ROOM_FIRST;
	lines->text = malloc(lines->room);
	TRY_ALLOC(lines->text);
	int r = unpack_open(path, &error, &lines->unpack);
	if (r == UNPACK_E_UNREADABLE) {
		findings_add(findings, path, 0, "cannot read the file",
			     "%s: check the path and its permissions", strerror(error));
		return LINES_E_BAD;
	}
	TRY(r);
	*out = lines;
	lines = NULL;
	return LINES_E_OK;
}

/* Say what is wrong with the container, once, at the line that it breaks. */
static int tell_broken(struct lines *lines, int outcome)
{
	const char *container = unpack_container(lines->unpack), *complaint = unpack_complaint(lines->unpack);
	size_t line = lines->number + 1;
	lines->bad = true;
	if (outcome == UNPACK_E_TRUNCATED)
		findings_add(lines->findings, lines->path, line, "truncated file",
			     "%s: %s, only the lines before this one are whole: copy the file again",
			     container, complaint);
	else if (outcome == UNPACK_E_CORRUPT)
		findings_add(lines->findings, lines->path, line, "corrupt file",
			     "%s: %s: copy or compress the file again", container, complaint);
	else
		findings_add(lines->findings, lines->path, line, "cannot read the file",
			     "%s: check the disk, then copy the file again", complaint);
	return LINES_E_BAD;
}

/* Make room behind `end`: move what is left to the front, and grow where that isn't enough. */
static int make_room(struct lines *lines)
{
	if (lines->begin > 0)
		memmove(lines->text, lines->text + lines->begin, lines->end - lines->begin);
	lines->end -= lines->begin;
	lines->begin = 0;
	if (lines->end + 1 < lines->room)
		return 0;
	size_t room = lines->room < ROOM_MOST / 2 ? 2 * lines->room : ROOM_MOST;
	char *text = realloc(lines->text, room);
	TRY_ALLOC(text);
	lines->text = text;
	lines->room = room;
	return 0;
}

/* Read more behind `end`; at the end of the file `finished` is set. */
static int fill(struct lines *lines)
{
	size_t n;
	TRY(make_room(lines));
	int r = unpack_read(lines->unpack, lines->text + lines->end, lines->room - 1 - lines->end, &n);
	if (r < 0)
		return r;
	if (r == UNPACK_E_OK)
		lines->end += n;
	else if (r == UNPACK_E_END)
		lines->finished = true;
	else
		return tell_broken(lines, r);
	return LINES_E_OK;
}

static int skip_byte_order_mark(struct lines *lines)
{
	lines->begun = true;
	while (!lines->finished && lines->end < 3) {
		int r = fill(lines);
		if (r != LINES_E_OK)
			return r;
	}
	if (lines->end >= 3 && strncmp(lines->text, "\xef\xbb\xbf", 3) == 0)
		lines->begin = 3;
	return LINES_E_OK;
}

/* Drop bytes up to the end of this line. */
static int skip_line(struct lines *lines, char **newline)
{
	*newline = NULL;
	while (!*newline && !lines->finished) {
		lines->begin = lines->end;
		int r = fill(lines);
		if (r != LINES_E_OK)
			return r;
		*newline = memchr(lines->text, '\n', lines->end);
	}
	return LINES_E_LONG;
}

/* Find the end of the line that starts at `begin`: *newline, or NULL where the file ends without one. */
static int find_end(struct lines *lines, char **newline)
{
	size_t searched = 0;
	for (;;) {
		size_t n = lines->end - lines->begin;
		*newline = memchr(lines->text + lines->begin + searched, '\n', n - searched);
		if (*newline || lines->finished)
			return LINES_E_OK;
		if (n == ROOM_MOST - 1)
			return skip_line(lines, newline);
		searched = n;
		int r = fill(lines);
		if (r != LINES_E_OK)
			return r;
	}
}

int lines_next(struct lines *lines, struct line *out)
{
	char *newline;
	if (lines->bad)
		return LINES_E_BAD;
	int r = lines->begun ? LINES_E_OK : skip_byte_order_mark(lines);
	if (r != LINES_E_OK)
		return r;
	if (lines->finished && lines->begin == lines->end)
		return LINES_E_END;
	r = find_end(lines, &newline);
	if (r != LINES_E_OK && r != LINES_E_LONG)
		return r;
	if (lines->begin == lines->end && r == LINES_E_OK)
		return LINES_E_END;
	char *text = lines->text + lines->begin, *end = newline ? newline : lines->text + lines->end;
	lines->begin = (size_t)(end - lines->text) + (newline != NULL);
	if (newline && end > text && end[-1] == '\r')
		end--;
	*end = '\0';
	*out = (struct line){ text, (size_t)(end - text), ++lines->number };
	if (r == LINES_E_OK && out->n <= LINES_LONGEST)
		return LINES_E_OK;
	out->text = end;
	out->n = 0;
	return LINES_E_LONG;
}

uint64_t lines_position(const struct lines *lines)
{
	return unpack_position(lines->unpack);
}

uint64_t lines_size(const struct lines *lines)
{
	return unpack_size(lines->unpack);
}
