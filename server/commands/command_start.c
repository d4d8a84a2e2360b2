/* command_start.c: a plan becomes a run.                                                 (kind: conductor) */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/command/arguments.h"
#include "common/io/text_file.h"
#include "common/learn/learners.h"
#include "common/plan/plan_read.h"
#include "server/commands/command.h"
#include "server/commands/operator.h"

enum { LOOK_MS = 200, PLAN_BYTES = 1 << 20 };

struct start_options {
	const char *config, *plan;
	bool wait, json;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct start_options, config),
	  .value = "FILE",
	  .help = "DIR/coordinator.yaml" },
	{ .name = "plan",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct start_options, plan),
	  .value = "FILE",
	  .help = "the plan, YAML; simulate --save writes such files" },
	{ .name = "wait",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct start_options, wait),
	  .help = "end with the run: 0 finished, 1 failed or stopped, 3 refused; survives a restart of "
		  "the daemon" },
	{ .name = "json",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct start_options, json),
	  .help = "say it as JSON" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "start",
	.summary = "Start a run. It begins when every client of the plan's roster has polled. Prints the "
		   "run's id.",
	.example = "start --config /var/lib/fedrouter/coordinator.yaml --plan ridge.yaml --wait",
	.options = table,
};

static const struct setting *settings_of(const char *learner)
{
	const struct learner *found = learners_find(learner);
	return found ? found->settings : NULL;
}

/* Before anything is asked, so that mistakes are told with the name of the file. */
static int check(const char *path)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	cleanup(plan_file_deinit) struct plan_file plan = { 0 };
	int r = plan_read(path, settings_of, &findings, &plan);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	if (r == PLAN_E_BAD)
		return COMMAND_USAGE;
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int start(const struct start_options *options, const struct conf_coordinator *conf, json_t **answer)
{
	cleanup(free_pointer) char *plan = NULL;
	int result = check(options->plan);
	if (result != COMMAND_DONE)
		return result;
	int r = text_file_read(options->plan, PLAN_BYTES, &plan);
	if (r != 0) {
		fprintf(stderr, "fedrouter-coordinator start: %s: %s\n", options->plan, strerror(-r));
		return COMMAND_USAGE;
	}
	return operator_ask(conf, json_pack("{s:s, s:s}", "command", "start", "plan", plan), answer);
}

/* The run as `status` has it, once it has ended. */
static int wait_for(const struct conf_coordinator *conf, const char *id, json_t **run)
{
	for (;;) {
		json_t *answer = NULL;
		int result =
			operator_ask_patiently(conf, json_pack("{s:s, s:s}", "command", "status", "run", id),
					       &answer);
		if (result != COMMAND_DONE)
			return result;
		json_t *first = json_array_get(json_object_get(answer, "runs"), 0);
		bool going = operator_is_going(first);
		*run = going ? NULL : json_incref(first);
		json_decref(answer);
		if (!going)
			return COMMAND_DONE;
		operator_pause(LOOK_MS);
	}
}

static int judge(const json_t *run)
{
	const char *state = json_string_value(json_object_get(run, "state"));
	const char *text = json_string_value(json_object_get(run, "text"));
	if (state && strcmp(state, "finished") == 0)
		return COMMAND_DONE;
	fprintf(stderr, "fedrouter-coordinator start: the run %s%s%s\n", state ? state : "is gone",
		text && text[0] ? ": " : "", text ? text : "");
	return state && strcmp(state, "refused") == 0 ? COMMAND_REFUSED : COMMAND_FAILED;
}

static int tell(const struct start_options *options, const struct conf_coordinator *conf, json_t *answer)
{
	const char *id = json_string_value(json_object_get(answer, "run"));
	json_t *run = NULL;
	if (!options->wait) {
		if (!options->json)
			puts(id);
		return options->json ? operator_print(answer) : COMMAND_DONE;
	}
	if (!options->json) {
		puts(id);
		fflush(stdout);
	}
	int result = wait_for(conf, id, &run);
	if (result == COMMAND_DONE && options->json)
		result = operator_print(run);
	if (result == COMMAND_DONE)
		result = judge(run);
	json_decref(run);
	return result;
}

int command_start(int argc, char **argv)
{
	struct start_options options = { 0 };
	struct conf_coordinator conf = { 0 };
	json_t *answer = NULL;
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config || !options.plan)
		return arguments_wrong(&command, "%s is missing", options.config ? "--plan" : "--config");
	int result = operator_conf(options.config, &conf);
	if (result == COMMAND_DONE)
		result = start(&options, &conf, &answer);
	if (result == COMMAND_DONE)
		result = tell(&options, &conf, answer);
	json_decref(answer);
	conf_coordinator_deinit(&conf);
	return result;
}
