/* monitor.h: /metrics, /healthz and /readyz of a daemon, and the files that say where.     (kind: adapter)
 *
 * /healthz answers as long as the loop turns, /readyz with 503 while the daemon says that it is not ready.
 * The address, whose port may be 0, is told by DIR/run/http.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "common/loop/loop.h"

struct monitor;

struct monitor_options {
	const char *dir, *address; /* "127.0.0.1:0" */
	const char *version;       /* of the program */
	/* The daemon's own metrics (metric.h), and whether it is ready; on the loop's thread. */
	void (*print)(const void *context, FILE *out);
	bool (*ready)(const void *context);
	const void *context;
};

/* Listen, and write DIR/run/http. That the address can't be had (-EADDRINUSE …) leaves no trail. */
must_check int monitor_new(struct loop *loop, const struct monitor_options *options, struct monitor **out);
const char *monitor_address(const struct monitor *monitor);
/* DIR/run/http goes. */
void monitor_free(struct monitor *monitor);

/* A place is a line in DIR/run/NAME, while the daemon lives. */
must_check int monitor_place_write(const char *dir, const char *name, const char *line);
void monitor_place_remove(const char *dir, const char *name);
