/* command_routers.c: routers, use, rollback: the artefacts of this site.                (kind: conductor) */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/commands/command.h"
#include "client/store/client_routers.h"
#include "common/command/arguments.h"

struct routers_options {
	const char *config;
	bool json;
	struct arguments_operands version;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct routers_options, config),
	  .value = "FILE",
	  .help = "DIR/client.yaml" },
	{ .name = "json",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct routers_options, json),
	  .help = "as JSON, for a script" },
	{ .name = NULL },
};

/* Of what says nothing but whether it was done. */
static const struct arguments_option plain[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct routers_options, config),
	  .value = "FILE",
	  .help = "DIR/client.yaml" },
	{ .name = NULL },
};

static const struct arguments_command routers_command = {
	.name = "routers",
	.summary = "The routers that were fetched, and which is current: what `use` says, else the newest of "
		   "the\nlearner that client.yaml names.",
	.example = "fedrouter-client routers --config /var/lib/fedrouter/client.yaml --json",
	.options = table,
};
static const struct arguments_command use_command = {
	.name = "use",
	.summary = "Stay with this version. 0: follow the newest again.",
	.example = "fedrouter-client use --config /var/lib/fedrouter/client.yaml 3",
	.options = plain,
	.operands = "VERSION",
	.operands_offset = offsetof(struct routers_options, version),
	.operands_least = 1,
	.operands_most = 1,
};
static const struct arguments_command rollback_command = {
	.name = "rollback",
	.summary = "Back to what was current before the last `use`, or to the next older version.",
	.example = "fedrouter-client rollback --config /var/lib/fedrouter/client.yaml",
	.options = plain,
};

static int list(const struct routers_options *options, const struct conf_client *conf,
		struct client_store *store)
{
	cleanup(free_pointer) struct client_router *routers = NULL;
	size_t n;
	if (client_routers_list(store, conf->learner, &routers, &n) != 0)
		return COMMAND_FAILED;
	json_t *json = json_array();
	if (!options->json)
		printf("%-8s%-9s%-11s%-20s%s\n", "VERSION", "LEARNER", "STATE", "RUN", "DIGEST");
	for (size_t i = 0; i < n; i++) {
		const char *state = client_router_state_name(routers[i].state);
		if (!options->json)
			printf("%-8llu%-9s%-11s%-20s%s\n", (unsigned long long)routers[i].version,
			       routers[i].learner, state, routers[i].run, routers[i].digest);
		json_t *row = json_pack("{s:I, s:s, s:s, s:s, s:s}", "version",
					(json_int_t)routers[i].version, "learner", routers[i].learner,
					"digest", routers[i].digest, "run", routers[i].run, "state", state);
		if (json_array_append_new(json, row) != 0)
			return COMMAND_FAILED;
	}
	int r = options->json ? json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : 0;
	if (options->json)
		putchar('\n');
	json_decref(json);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int use(const struct routers_options *options, const struct conf_client *conf,
	       struct client_store *store)
{
	char *end;
	unsigned long long version = strtoull(options->version.items[0], &end, 10);
	(void)conf;
	if (*end != '\0' || options->version.items[0][0] == '-')
		return arguments_wrong(&use_command, "%s is not a version", options->version.items[0]);
	int r = client_routers_use(store, version);
	if (r == CLIENT_STORE_E_NONE)
		fprintf(stderr,
			"fedrouter-client use: version %llu is not here: see `fedrouter-client routers`\n",
			version);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int rollback(const struct routers_options *options, const struct conf_client *conf,
		    struct client_store *store)
{
	struct client_router router;
	(void)options;
	int r = client_routers_rollback(store, conf->learner, &router);
	if (r == CLIENT_STORE_E_NONE)
		fprintf(stderr, "fedrouter-client rollback: there is no router to go back to\n");
	if (r != 0)
		return COMMAND_FAILED;
	printf("current is now version %llu (%s)\n", (unsigned long long)router.version, router.learner);
	return COMMAND_DONE;
}

static int run(const struct arguments_command *command, int argc, char **argv,
	       int (*work)(const struct routers_options *options, const struct conf_client *conf,
			   struct client_store *store))
{
	struct routers_options options = { 0 };
	struct conf_client conf = { 0 };
	cleanup(findings_deinit) struct findings findings = { 0 };
	cleanup(client_store_cleanup) struct client_store *store = NULL;
	int r = arguments_parse(command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(command, "--config is missing");
	int result = command_conf(options.config, &conf);
	if (result == COMMAND_DONE && client_store_open(conf.dir, &findings, &store) != 0)
		result = COMMAND_FAILED;
	if (result == COMMAND_DONE)
		result = work(&options, &conf, store);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	conf_client_deinit(&conf);
	return result;
}

int command_routers(int argc, char **argv)
{
	return run(&routers_command, argc, argv, list);
}

int command_use(int argc, char **argv)
{
	return run(&use_command, argc, argv, use);
}

int command_rollback(int argc, char **argv)
{
	return run(&rollback_command, argc, argv, rollback);
}
