/* log.h: what a daemon tells its operator, one line an event, on stderr.                    (kind: adapter)
 *
 * logfmt (time=… level=info event=phase-closed run=… clients=10) or JSON with the same keys. An event is a
 * short stable name, then pairs of key and text. Values are escaped; secrets, queries and embeddings are
 * never given to it. May be called from any thread; a line is written by one write(2) and cut at 4 KiB.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Set once, before other threads start; else logfmt and LOG_INFO. */
void log_setup(bool json, enum log_level most);

/* One pair of an event; left out where `value` is NULL. Numbers by log_number. */
struct log_pair {
	const char *key, *value;
};

/* Write the event unless its level is beyond the set one. `pairs` may be NULL when n is 0. */
void log_event(enum log_level level, const char *event, const struct log_pair *pairs, size_t n);

/* log_say(LOG_INFO, "phase-closed", { "run", run }, { "reason", text }) */
#define log_say(level, event, ...)                                            \
	log_event((level), (event), (const struct log_pair[]){ __VA_ARGS__ }, \
		  sizeof((struct log_pair[]){ __VA_ARGS__ }) / sizeof(struct log_pair))

/* A number as text, in storage that lives as long as the enclosing block. */
#define log_number(value) log_print_number((char[24]){ 0 }, (int64_t)(value))
const char *log_print_number(char text[24], int64_t value);
