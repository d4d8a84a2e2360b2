/* command_run.c: the daemon.                                                            (kind: conductor) */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/agent/agent.h"
#include "client/commands/command.h"
#include "common/base/log.h"
#include "common/command/arguments.h"
#include "common/conf/conf_client.h"
#include "common/monitor/monitor.h"
#include "common/rpc/rpc.h"

struct run_options {
	const char *config;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct run_options, config),
	  .value = "FILE",
	  .help = "DIR/client.yaml, as enroll wrote it" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "run",
	.summary =
		"Take part: answer the coordinator's tasks from the own rows, fetch routers, renew the "
		"certificate.\nEnds on SIGTERM or SIGINT; what was computed is kept and sent after the next "
		"start.",
	.example = "fedrouter-client run --config /var/lib/fedrouter/client.yaml",
	.options = table,
};

struct daemon {
	struct loop *loop;
	struct agent *agent;
	struct monitor *monitor;
	bool stopping;
};

static void stopped(void *context)
{
	struct daemon *daemon = context;
	loop_stop(daemon->loop);
}

static void caught(void *context)
{
	struct daemon *daemon = context;
	if (daemon->stopping)
		return;
	daemon->stopping = true;
	log_say(LOG_INFO, "stopping", { "reason", "signal" });
	agent_stop(daemon->agent, stopped, daemon);
}

static void metrics(const void *context, FILE *out)
{
	const struct daemon *daemon = context;
	agent_metrics(daemon->agent, out);
}

static bool is_ready(const void *context)
{
	const struct daemon *daemon = context;
	return !daemon->stopping && agent_connected(daemon->agent);
}

static int listen_http(struct daemon *daemon, const struct conf_client *conf)
{
	struct monitor_options options = { .dir = conf->dir,
					   .address = conf->http,
					   .version = FEDROUTER_VERSION,
					   .print = metrics,
					   .ready = is_ready,
					   .context = daemon };
	int r = monitor_new(daemon->loop, &options, &daemon->monitor);
	if (r != 0)
		fprintf(stderr, "fedrouter-client run: %s: %s\n", conf->http, strerror(-r));
	return r;
}

static int serve(const struct conf_client *conf, const struct client_names *names, struct findings *findings)
{
	struct daemon daemon = { 0 };
	struct agent_options options = {
		.dir = conf->dir,
		.address = conf->coordinator,
		.proxy = conf->proxy,
		.names = *names,
		.policy = { .n_learners = conf->policy.learners.n,
			    .learners = conf->policy.learners.items,
			    .minimum_rows_per_model = conf->policy.minimum_rows_per_model,
			    .bytes_per_day = conf->policy.bytes_per_day },
	};
	TRY(loop_new(&daemon.loop));
	int r = agent_new(daemon.loop, &options, findings, &daemon.agent);
	if (r == 0)
		r = listen_http(&daemon, conf);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGTERM, caught, &daemon);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGINT, caught, &daemon);
	if (r == 0) {
		log_say(LOG_INFO, "started", { "coordinator", conf->coordinator },
			{ "http", monitor_address(daemon.monitor) });
		r = loop_run(daemon.loop);
	}
	monitor_free(daemon.monitor);
	agent_free(daemon.agent);
	loop_free(daemon.loop);
	return r;
}

/* The daemon, from its configuration to its end; an exit code. */
static int run(const struct conf_client *conf, const struct client_names *names, struct findings *findings)
{
	log_setup(conf->log_json, conf->log_level);
	if (rpc_start() != 0)
		return COMMAND_FAILED;
	int r = serve(conf, names, findings);
	rpc_stop();
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

int command_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	struct conf_client conf = { 0 };
	cleanup(findings_deinit) struct findings findings = { 0 };
	cleanup(free_pointer) struct client_name *names = NULL;
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(&command, "--config is missing");
	r = conf_client_read(options.config, &findings, &conf);
	if (r == 0)
		r = command_names(&conf, &names);
	int result = r == 0 ? COMMAND_DONE : r > 0 ? COMMAND_USAGE : COMMAND_FAILED;
	if (result == COMMAND_DONE)
		result = run(&conf, &(struct client_names){ conf.models.n, names }, &findings);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	conf_client_deinit(&conf);
	return result;
}
