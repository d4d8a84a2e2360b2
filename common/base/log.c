/* log.c: one event, one line, one write.                                                    (kind: adapter)
 *
 * A line has at most LINE bytes (what a pipe takes in one piece); what does not fit is cut inside its value,
 * which then ends in "...". Bytes that are not UTF-8 and control characters are escaped the same way in both
 * forms, so no value can start a line of its own or move a terminal's cursor.
 */
#include "common/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"

enum { LINE = 4096, TAIL = 16 }; /* TAIL: kept free for the end of a value and of the line */

static struct {
	bool json;
	enum log_level most;
} setup = { .json = false, .most = LOG_INFO };

static const char *const level_names[] = { "error", "warning", "info", "debug" };

struct line {
	char text[LINE];
	size_t n;
	bool cut;
};

void log_setup(bool json, enum log_level most)
{
	setup.json = json;
	setup.most = most;
}

static void add(struct line *line, const char *bytes, size_t n)
{
	if (line->cut || line->n + n > LINE - TAIL) {
		line->cut = true;
		return;
	}
	memcpy(line->text + line->n, bytes, n);
	line->n += n;
}

/* Where room was kept free for it. */
static void add_end(struct line *line, const char *text)
{
	size_t n = strlen(text);
	memcpy(line->text + line->n, text, n);
	line->n += n;
}

/* Bytes of the well-formed UTF-8 sequence at `text`, 0 if there is none. */
static size_t sequence(const unsigned char *text)
{
	unsigned char first = text[0];
	size_t n = first < 0x80                  ? 1 :
		   first >= 0xc2 && first < 0xe0 ? 2 :
		   first >= 0xe0 && first < 0xf0 ? 3 :
		   first >= 0xf0 && first < 0xf5 ? 4 :
						   0;
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	bool wrong = (first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
		     (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f);
	return wrong ? 0 : n;
}

static void add_escaped(struct line *line, const char *value)
{
	for (const unsigned char *at = (const unsigned char *)value; *at;) {
		size_t n = sequence(at);
		char escape[8];
		if (n == 0) {
			add(line, "\\ufffd", 6);
			n = 1;
		} else if (*at == '"' || *at == '\\') {
			add(line, (char[]){ '\\', (char)*at }, 2);
		} else if (*at == '\n') {
			add(line, "\\n", 2);
		} else if (*at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] < 0xa0)) {
			snprintf(escape, sizeof(escape), "\\u%04x", n == 2 ? at[1] : *at);
			add(line, escape, 6);
		} else {
			add(line, (const char *)at, n);
		}
		at += n;
	}
}

/* What logfmt can read without quotes. */
static bool is_plain(const char *value)
{
	for (const char *at = value; *at; at++) {
		if (*at <= ' ' || *at > '~' || strchr("\"\\=", *at))
			return false;
	}
	return *value;
}

static void add_pair(struct line *line, const char *key, const char *value)
{
	if (!value || line->cut)
		return;
	size_t before = line->n;
	bool quoted = setup.json || !is_plain(value);
	if (setup.json) {
		add(line, before > 1 ? ",\"" : "\"", before > 1 ? 2 : 1);
		add_escaped(line, key);
		add(line, "\":", 2);
	} else {
		add(line, " ", before > 0);
		add(line, key, strlen(key));
		add(line, "=", 1);
	}
	if (quoted)
		add(line, "\"", 1);
	if (line->cut) {
		line->n = before; /* no half key */
		return;
	}
	add_escaped(line, value);
	if (line->cut)
		add_end(line, "...");
	if (quoted)
		add_end(line, "\"");
}

void log_event(enum log_level level, const char *event, const struct log_pair *pairs, size_t n)
{
	if (level > setup.most)
		return;
	struct line line = { .n = 0 };
	char time[21];
	clock_rfc3339(clock_wall_s(), time);
	if (setup.json)
		add(&line, "{", 1);
	add_pair(&line, "time", time);
	add_pair(&line, "level", level_names[level]);
	add_pair(&line, "event", event);
	for (size_t i = 0; i < n; i++)
		add_pair(&line, pairs[i].key, pairs[i].value);
	add_end(&line, setup.json ? "}\n" : "\n");
	ssize_t written = write(STDERR_FILENO, line.text, line.n);
	(void)written; /* there is nobody to tell */
}

const char *log_print_number(char text[24], int64_t value)
{
	snprintf(text, 24, "%" PRId64, value);
	return text;
}
