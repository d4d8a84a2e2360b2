/* command_list.c: runs, status, clients, models; and stop and revoke, which end one. (kind: conductor) */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/command/arguments.h"
#include "server/commands/command.h"
#include "server/commands/operator.h"

enum { WATCH_MS = 500 };

struct list_options {
	const char *config;
	bool json, watch;
	struct arguments_operands operands;
};

#define OPTION_CONFIG                                                                                      \
	{                                                                                                  \
		.name = "config", .kind = ARGUMENTS_TEXT, .offset = offsetof(struct list_options, config), \
		.value = "FILE", .help = "DIR/coordinator.yaml"                                            \
	}
#define OPTION_JSON                                                                                    \
	{                                                                                              \
		.name = "json", .kind = ARGUMENTS_FLAG, .offset = offsetof(struct list_options, json), \
		.help = "as JSON, for a script"                                                        \
	}

static const struct arguments_option plain[] = { OPTION_CONFIG, OPTION_JSON, { .name = NULL } };
static const struct arguments_option watched[] = {
	OPTION_CONFIG,
	OPTION_JSON,
	{ .name = "watch",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct list_options, watch),
	  .help = "again whenever it changes, until RUN has ended or it is interrupted" },
	{ .name = NULL },
};

struct column {
	const char *title, *key;
	int width;
};

struct list {
	struct arguments_command command;
	const char *key;     /* of the list in the answer */
	const char *operand; /* of the request; NULL: none */
	bool whole;          /* JSON: the answer as a whole; else its list */
	const char *done;    /* without a list: what has become of the operand */
	struct column columns[9];
};

static const struct list runs_list = {
	.command = { .name = "runs",
		     .summary = "Every run, newest first. Works with the daemon down, too.",
		     .example = "runs --config /var/lib/fedrouter/coordinator.yaml",
		     .options = plain },
	.key = "runs",
	.whole = true,
	.columns = { { "RUN", "run", 16 },
		     { "STATE", "state", 11 },
		     { "PHASE", "phase", 6 },
		     { "CLOSED", "phases", 7 },
		     { "CLIENTS", "clients", 8 },
		     { "ROUTER", "artefact", 7 },
		     { "CREATED", "created", 21 },
		     { "WHY", "text", 0 } },
};

static const struct list status_list = {
	.command = { .name = "status",
		     .summary = "How the runs stand, or one of them.",
		     .example = "status --config /var/lib/fedrouter/coordinator.yaml --watch",
		     .options = watched,
		     .operands = "[RUN]",
		     .operands_offset = offsetof(struct list_options, operands),
		     .operands_most = 1 },
	.key = "runs",
	.operand = "run",
	.whole = true,
	.columns = { { "RUN", "run", 16 },
		     { "STATE", "state", 11 },
		     { "PHASE", "phase", 6 },
		     { "ASKED", "asked", 6 },
		     { "ACCEPTED", "accepted", 9 },
		     { "DEADLINE", "deadline", 21 },
		     { "ROUTER", "artefact", 7 },
		     { "WHY", "text", 0 } },
};

static const struct list clients_list = {
	.command = { .name = "clients",
		     .summary = "Who is invited, enrolled or revoked, when each was last seen, with how "
				"many rows.",
		     .example = "clients --config /var/lib/fedrouter/coordinator.yaml",
		     .options = plain },
	.key = "clients",
	.columns = { { "NAME", "name", 20 },
		     { "STATE", "state", 9 },
		     { "LAST SEEN", "last_seen", 21 },
		     { "ROWS", "rows", 9 },
		     { "CERTIFICATE UNTIL", "certificate_expires", 21 },
		     { "PROGRAM", "program", 0 } },
};

static const struct list models_list = {
	.command = { .name = "models",
		     .summary = "The routers that were published, oldest first.",
		     .example = "models --config /var/lib/fedrouter/coordinator.yaml --json",
		     .options = plain },
	.key = "models",
	.columns = { { "VERSION", "version", 8 },
		     { "LEARNER", "learner", 8 },
		     { "STATE", "state", 10 },
		     { "RUN", "run", 16 },
		     { "CREATED", "created", 21 },
		     { "DIGEST", "digest", 0 } },
};

static const struct list stop_list = {
	.command = { .name = "stop",
		     .summary = "End a run without a router.",
		     .example = "stop --config /var/lib/fedrouter/coordinator.yaml ridge-3",
		     .options = plain,
		     .operands = "RUN",
		     .operands_offset = offsetof(struct list_options, operands),
		     .operands_least = 1,
		     .operands_most = 1 },
	.operand = "run",
	.whole = true,
	.done = "is stopped",
};

static const struct list revoke_list = {
	.command = { .name = "revoke",
		     .summary =
			     "Cut a client off, now and for good: its calls end, its certificate is refused, "
			     "its name\n"
			     "is not used again.",
		     .example = "revoke --config /var/lib/fedrouter/coordinator.yaml acme",
		     .options = plain,
		     .operands = "CLIENT",
		     .operands_offset = offsetof(struct list_options, operands),
		     .operands_least = 1,
		     .operands_most = 1 },
	.operand = "client",
	.whole = true,
	.done = "is revoked",
};

static void print_cell(const json_t *value, int width)
{
	char text[32] = "-";
	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	printf("%-*s", width, json_is_string(value) ? json_string_value(value) : text);
}

static void print_table(const struct list *list, const json_t *rows)
{
	size_t i;
	const json_t *row;
	for (const struct column *column = list->columns; column->title; column++)
		printf("%-*s", column->width, column->title);
	putchar('\n');
	json_array_foreach (rows, i, row) {
		for (const struct column *column = list->columns; column->title; column++)
			print_cell(json_object_get(row, column->key), column->width);
		putchar('\n');
	}
}

static int show(const struct list *list, const struct list_options *options, const json_t *answer)
{
	const json_t *rows = list->key ? json_object_get(answer, list->key) : NULL;
	if (options->json)
		return operator_print(list->whole || !rows ? answer : rows);
	if (rows)
		print_table(list, rows);
	else
		printf("%s %s\n", options->operands.items[0], list->done);
	fflush(stdout);
	return COMMAND_DONE;
}

static json_t *request_of(const struct list *list, const struct list_options *options)
{
	json_t *request = json_pack("{s:s}", "command", list->command.name);
	if (list->operand && options->operands.n > 0 &&
	    json_object_set_new(request, list->operand, json_string(options->operands.items[0])) != 0) {
		json_decref(request);
		return NULL;
	}
	return request;
}

/* Nothing of what is watched will change any more: it is one run, and that has ended. */
static bool is_over(const struct list_options *options, const json_t *answer)
{
	const json_t *run = json_array_get(json_object_get(answer, "runs"), 0);
	return options->operands.n > 0 && !operator_is_going(run);
}

/* Show the answer again whenever it is another one. */
static int watch(const struct list *list, const struct list_options *options,
		 const struct conf_coordinator *conf, json_t **shown)
{
	int result = COMMAND_DONE;
	while (result == COMMAND_DONE && !is_over(options, *shown)) {
		json_t *answer = NULL;
		operator_pause(WATCH_MS);
		result = operator_ask_patiently(conf, request_of(list, options), &answer);
		if (result == COMMAND_DONE && !json_equal(answer, *shown))
			result = show(list, options, answer);
		json_decref(*shown);
		*shown = answer;
	}
	return result;
}

static int run(const struct list *list, int argc, char **argv)
{
	struct list_options options = { 0 };
	struct conf_coordinator conf = { 0 };
	json_t *answer = NULL;
	int r = arguments_parse(&list->command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(&list->command, "--config is missing");
	int result = operator_conf(options.config, &conf);
	if (result == COMMAND_DONE)
		result = operator_ask(&conf, request_of(list, &options), &answer);
	if (result == COMMAND_DONE)
		result = show(list, &options, answer);
	if (result == COMMAND_DONE && options.watch)
		result = watch(list, &options, &conf, &answer);
	json_decref(answer);
	conf_coordinator_deinit(&conf);
	return result;
}

int command_runs(int argc, char **argv)
{
	return run(&runs_list, argc, argv);
}

int command_status(int argc, char **argv)
{
	return run(&status_list, argc, argv);
}

int command_clients(int argc, char **argv)
{
	return run(&clients_list, argc, argv);
}

int command_models(int argc, char **argv)
{
	return run(&models_list, argc, argv);
}

int command_stop(int argc, char **argv)
{
	return run(&stop_list, argc, argv);
}

int command_revoke(int argc, char **argv)
{
	return run(&revoke_list, argc, argv);
}
