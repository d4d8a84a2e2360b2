/* monitor.c: three paths over HTTP.                                                       (kind: adapter) */
#include "common/monitor/monitor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/metric.h"
#include "common/http/http_server.h"
#include "common/io/atomic_file.h"
#include "common/io/folder.h"
#include "common/monitor/monitor_process.h"

enum { BODY_MOST = 0, CONNECTIONS_MOST = 32 };

struct monitor {
	struct monitor_options options;
	char *dir;
	struct http_server *http;
	int64_t started;
};

static void answer(struct http_request *request, unsigned status, const char *text)
{
	http_request_answer(request, status, "text/plain; charset=utf-8", text, strlen(text));
}

static void print(const struct monitor *monitor, FILE *out)
{
	metric_head(out, "fedrouter_build_info", METRIC_GAUGE, "Always 1; the version is the label.");
	metric_sample(out, "fedrouter_build_info", "version", monitor->options.version, 1);
	monitor_process_print(monitor->started, out);
	monitor->options.print(monitor->options.context, out);
}

static void metrics(struct http_request *request, void *context)
{
	const struct monitor *monitor = context;
	cleanup(free_pointer) char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	if (!out) {
		answer(request, 503, "out of memory\n");
		return;
	}
	print(monitor, out);
	if (fclose(out) == 0)
		http_request_answer(request, 200, "text/plain; version=0.0.4; charset=utf-8", text, n);
	else
		answer(request, 503, "out of memory\n");
}

static void health(struct http_request *request, void *context)
{
	(void)context;
	answer(request, 200, "ok\n");
}

static void readiness(struct http_request *request, void *context)
{
	const struct monitor *monitor = context;
	bool ready = monitor->options.ready(monitor->options.context);
	answer(request, ready ? 200 : 503, ready ? "ok\n" : "not ready\n");
}

static int set_up(struct loop *loop, struct monitor *monitor)
{
	static const struct http_route routes[] = { { "GET", "/metrics", metrics },
						    { "GET", "/healthz", health },
						    { "GET", "/readyz", readiness },
						    { .path = NULL } };
	struct http_server_options options = { .address = monitor->options.address,
					       .routes = routes,
					       .context = monitor,
					       .body_most = BODY_MOST,
					       .connections_most = CONNECTIONS_MOST };
	monitor->dir = strdup(monitor->options.dir);
	TRY_ALLOC(monitor->dir);
	int r = http_server_new(loop, &options, &monitor->http);
	return r == 0 ? monitor_place_write(monitor->dir, "http", monitor_address(monitor)) : r;
}

int monitor_new(struct loop *loop, const struct monitor_options *options, struct monitor **out)
{
	struct monitor *monitor = calloc(1, sizeof(*monitor));
	TRY_ALLOC(monitor);
	monitor->options = *options;
	monitor->started = clock_wall_s();
	int r = set_up(loop, monitor);
	if (r != 0) {
		monitor_free(monitor);
		return r;
	}
	*out = monitor;
	return 0;
}

const char *monitor_address(const struct monitor *monitor)
{
	return http_server_address(monitor->http);
}

void monitor_free(struct monitor *monitor)
{
	if (!monitor)
		return;
	if (monitor->http)
		monitor_place_remove(monitor->dir, "http");
	http_server_free(monitor->http);
	free(monitor->dir);
	free(monitor);
}

int monitor_place_write(const char *dir, const char *name, const char *line)
{
	cleanup(free_pointer) char *path = NULL;
	cleanup(free_pointer) char *text = NULL;
	TRY(folder_make(dir, "run"));
	TRY(folder_path(&path, "%s/run/%s", dir, name));
	TRY_ALLOC(asprintf(&text, "%s\n", line) > 0);
	return atomic_file_write(path, text, strlen(text));
}

void monitor_place_remove(const char *dir, const char *name)
{
	cleanup(free_pointer) char *path = NULL;
	if (folder_path(&path, "%s/run/%s", dir, name) == 0)
		(void)unlink(path);
}
