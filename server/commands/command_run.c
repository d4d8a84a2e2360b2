/* command_run.c: the daemon.                                                             (kind: conductor) */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/log.h"
#include "common/command/arguments.h"
#include "common/http/http_server.h"
#include "common/io/atomic_file.h"
#include "common/rpc/rpc.h"
#include "server/commands/command.h"
#include "server/commands/operator.h"
#include "server/coordinator/coordinator.h"

enum {
	GRACE_MS = 2000,
	LOOK_MS = 20,
	ADMIN_BYTES = HTTP_BODY_MOST,
	ADMIN_CONNECTIONS = 16,
	METRICS_BYTES = 1024,
	METRICS_CONNECTIONS = 16
};

struct run_options {
	const char *config;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct run_options, config),
	  .value = "FILE",
	  .help = "DIR/coordinator.yaml, as init wrote it" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "run",
	.summary = "Serve the consortium: take up runs where their journal stands, answer clients, publish "
		   "routers.\n"
		   "Ends on SIGTERM or SIGINT. /metrics, /healthz and /readyz are at the address in "
		   "DIR/run/http.",
	.example = "run --config /var/lib/fedrouter/coordinator.yaml",
	.options = table,
};

struct daemon {
	struct loop *loop;
	struct coordinator *coordinator;
	struct http_server *admin, *metrics;
	struct loop_timer *patience; /* looks again whether all work is done */
	bool stopping;
};

/* ---- what the operator and the monitoring ask ---- */

static void answer_json(struct http_request *request, unsigned status, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
	if (text)
		http_request_answer(request, status, "application/json", text, strlen(text));
	else
		http_request_answer(request, 500, "text/plain", "out of memory\n", 14);
	free(text);
	json_decref(json);
}

static void admin(struct http_request *request, void *context)
{
	struct daemon *daemon = context;
	size_t n;
	const char *body = http_request_body(request, &n);
	json_t *question = json_loadb(body, n, JSON_REJECT_DUPLICATES, NULL), *answer = NULL;
	int r = question ? coordinator_admin(daemon->coordinator, question, &answer) : -EINVAL;
	json_decref(question);
	if (r != 0)
		answer = json_pack("{s:s, s:i}", "error", "the daemon could not do it: look into its log",
				   "exit", 1);
	answer_json(request, 200, answer);
}

static void metrics(struct http_request *request, void *context)
{
	struct daemon *daemon = context;
	char *text = NULL;
	size_t n = 0;
	FILE *stream = open_memstream(&text, &n);
	if (stream) {
		coordinator_metrics(daemon->coordinator, stream);
		fclose(stream);
	}
	http_request_answer(request, text ? 200 : 500, "text/plain; version=0.0.4", text ? text : "", n);
	free(text);
}

static void healthy(struct http_request *request, void *context)
{
	(void)context;
	http_request_answer(request, 200, "text/plain", "ok\n", 3);
}

static void ready(struct http_request *request, void *context)
{
	struct daemon *daemon = context;
	if (daemon->stopping)
		http_request_answer(request, 503, "text/plain", "stopping\n", 9);
	else
		http_request_answer(request, 200, "text/plain", "ok\n", 3);
}

/* ---- up and down ---- */

/* No call is left; what workers still do with runs is waited for. */
static void stopped(void *context)
{
	struct daemon *daemon = context;
	if (loop_jobs(daemon->loop) > 0)
		loop_timer_start(daemon->patience, LOOK_MS);
	else
		loop_stop(daemon->loop);
}

static void caught(void *context)
{
	struct daemon *daemon = context;
	if (daemon->stopping)
		return;
	daemon->stopping = true;
	log_say(LOG_INFO, "stopping", { "reason", "signal" });
	coordinator_stop(daemon->coordinator, GRACE_MS, stopped, daemon);
}

static int write_place(const char *dir, const char *name, const char *text)
{
	cleanup(free_pointer) char *folder = NULL;
	cleanup(free_pointer) char *path = NULL;
	cleanup(free_pointer) char *line = NULL;
	if (asprintf(&folder, "%s/run", dir) < 0 || asprintf(&path, "%s/%s", folder, name) < 0 ||
	    asprintf(&line, "%s\n", text) < 0)
		return FAIL(-ENOMEM);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return FAIL(-errno);
	return atomic_file_write(path, line, strlen(line));
}

/* The places of a daemon that has ended lead nowhere. */
static void remove_places(const char *dir)
{
	static const char *const names[] = { "http", "port" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cleanup(free_pointer) char *path = NULL;
		if (asprintf(&path, "%s/run/%s", dir, names[i]) > 0)
			(void)unlink(path);
	}
}

static int listen_http(struct daemon *daemon, const struct conf_coordinator *conf)
{
	static const struct http_route admin_routes[] = { { "POST", "/v1/admin", admin }, { .path = NULL } };
	static const struct http_route metrics_routes[] = { { "GET", "/metrics", metrics },
							    { "GET", "/healthz", healthy },
							    { "GET", "/readyz", ready },
							    { .path = NULL } };
	cleanup(free_pointer) char *socket = NULL;
	if (asprintf(&socket, "%s/admin.sock", conf->dir) < 0)
		return FAIL(-ENOMEM);
	struct http_server_options local = { .socket = socket,
					     .routes = admin_routes,
					     .context = daemon,
					     .body_most = ADMIN_BYTES,
					     .connections_most = ADMIN_CONNECTIONS };
	struct http_server_options open = { .address = conf->http,
					    .routes = metrics_routes,
					    .context = daemon,
					    .body_most = METRICS_BYTES,
					    .connections_most = METRICS_CONNECTIONS };
	int r = http_server_new(daemon->loop, &local, &daemon->admin);
	if (r == 0)
		r = http_server_new(daemon->loop, &open, &daemon->metrics);
	if (r != 0) {
		fprintf(stderr, "fedrouter-coordinator run: %s: %s\n", daemon->admin ? conf->http : socket,
			strerror(-r));
		return r;
	}
	return write_place(conf->dir, "http", http_server_address(daemon->metrics));
}

static int serve(const struct conf_coordinator *conf, struct findings *findings)
{
	struct daemon daemon = { 0 };
	struct coordinator_options options = { .dir = conf->dir,
					       .listen = conf->listen,
					       .certificate_days = conf->certificate_days,
					       .poll_hold_s = conf->poll_hold_s,
					       .threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN) };
	char port[16];
	TRY(loop_new(&daemon.loop));
	operator_await_store(conf->dir);
	int r = coordinator_new(daemon.loop, &options, findings, &daemon.coordinator);
	if (r == 0)
		r = listen_http(&daemon, conf);
	if (r == 0)
		r = loop_timer_new(daemon.loop, stopped, &daemon, &daemon.patience);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGTERM, caught, &daemon);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGINT, caught, &daemon);
	if (r == 0) {
		snprintf(port, sizeof(port), "%d", coordinator_port(daemon.coordinator));
		r = write_place(conf->dir, "port", port);
	}
	if (r == 0) {
		log_say(LOG_INFO, "serving", { "port", port },
			{ "http", http_server_address(daemon.metrics) });
		r = loop_run(daemon.loop);
	}
	if (daemon.metrics)
		remove_places(conf->dir);
	http_server_free(daemon.admin);
	http_server_free(daemon.metrics);
	coordinator_free(daemon.coordinator);
	loop_timer_free(daemon.patience);
	loop_free(daemon.loop);
	return r;
}

int command_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	struct conf_coordinator conf = { 0 };
	cleanup(findings_deinit) struct findings findings = { 0 };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(&command, "--config is missing");
	int result = operator_conf(options.config, &conf);
	if (result == COMMAND_DONE) {
		log_setup(conf.log_json, conf.log_level);
		umask(077);
		result = rpc_start() == 0 ? COMMAND_DONE : COMMAND_FAILED;
	}
	if (result == COMMAND_DONE) {
		result = serve(&conf, &findings) == 0 ? COMMAND_DONE : COMMAND_FAILED;
		rpc_stop();
	}
	findings_print(&findings, stderr, FINDINGS_KEPT);
	conf_coordinator_deinit(&conf);
	return result;
}
