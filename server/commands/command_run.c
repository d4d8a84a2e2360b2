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
#include "common/monitor/monitor.h"
#include "common/rpc/rpc.h"
#include "server/commands/command.h"
#include "server/commands/operator.h"
#include "server/coordinator/coordinator.h"

enum { GRACE_MS = 2000, LOOK_MS = 20, ADMIN_CONNECTIONS = 16 };

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
	struct http_server *admin;
	struct monitor *monitor;
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

static void metrics(const void *context, FILE *out)
{
	const struct daemon *daemon = context;
	coordinator_metrics(daemon->coordinator, out);
}

static bool is_ready(const void *context)
{
	const struct daemon *daemon = context;
	return !daemon->stopping && !rpc_deaf();
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

static int listen_here(struct daemon *daemon, const struct conf_coordinator *conf)
{
	static const struct http_route routes[] = { { "POST", "/v1/admin", admin }, { .path = NULL } };
	cleanup(free_pointer) char *socket = NULL;
	if (asprintf(&socket, "%s/admin.sock", conf->dir) < 0)
		return FAIL(-ENOMEM);
	struct http_server_options options = { .socket = socket,
					       .routes = routes,
					       .context = daemon,
					       .body_most = HTTP_BODY_MOST,
					       .connections_most = ADMIN_CONNECTIONS };
	int r = http_server_new(daemon->loop, &options, &daemon->admin);
	if (r != 0)
		fprintf(stderr, "fedrouter-coordinator run: %s: %s\n", socket, strerror(-r));
	return r;
}

static int listen_http(struct daemon *daemon, const struct conf_coordinator *conf)
{
	struct monitor_options options = { .dir = conf->dir,
					   .address = conf->http,
					   .version = FEDROUTER_VERSION,
					   .print = metrics,
					   .ready = is_ready,
					   .context = daemon };
	int r = monitor_new(daemon->loop, &options, &daemon->monitor);
	if (r != 0)
		fprintf(stderr, "fedrouter-coordinator run: %s: %s\n", conf->http, strerror(-r));
	return r;
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
		r = listen_here(&daemon, conf);
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
		r = monitor_place_write(conf->dir, "port", port);
	}
	if (r == 0) {
		log_say(LOG_INFO, "serving", { "port", port }, { "http", monitor_address(daemon.monitor) });
		r = loop_run(daemon.loop);
	}
	if (daemon.monitor)
		monitor_place_remove(conf->dir, "port");
	http_server_free(daemon.admin);
	monitor_free(daemon.monitor);
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
