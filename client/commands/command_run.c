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

static int serve(const struct agent_options *options, struct findings *findings)
{
	struct daemon daemon = { 0 };
	TRY(loop_new(&daemon.loop));
	int r = agent_new(daemon.loop, options, findings, &daemon.agent);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGTERM, caught, &daemon);
	if (r == 0)
		r = loop_on_signal(daemon.loop, SIGINT, caught, &daemon);
	if (r == 0) {
		log_say(LOG_INFO, "started", { "coordinator", options->address });
		r = loop_run(daemon.loop);
	}
	agent_free(daemon.agent);
	loop_free(daemon.loop);
	return r;
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
	if (result == COMMAND_DONE) {
		struct agent_options agent = { .dir = conf.dir,
					       .address = conf.coordinator,
					       .proxy = conf.proxy,
					       .names = { conf.models.n, names },
					       .policy = { conf.policy.learners.n, conf.policy.learners.items,
							   conf.policy.minimum_rows_per_model,
							   conf.policy.bytes_per_day } };
		log_setup(conf.log_json, conf.log_level);
		if (rpc_start() != 0)
			result = COMMAND_FAILED;
		else {
			result = serve(&agent, &findings) == 0 ? COMMAND_DONE : COMMAND_FAILED;
			rpc_stop();
		}
	}
	findings_print(&findings, stderr, FINDINGS_KEPT);
	conf_client_deinit(&conf);
	return result;
}
