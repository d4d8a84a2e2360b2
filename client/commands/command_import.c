/* command_import.c: evaluation logs into the organization's store.                      (kind: conductor) */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/commands/command.h"
#include "client/decide/decide_router.h"
#include "common/command/arguments.h"

enum { FILES_MOST = 1024 };

struct import_options {
	const char *config, *embeddings, *encoder, *encoder_name;
	double max_bad;
	bool json;
	struct arguments_operands files;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct import_options, config),
	  .value = "FILE",
	  .help = "DIR/client.yaml" },
	{ .name = "embeddings",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct import_options, embeddings),
	  .value = "FILE.npy",
	  .help = "row i belongs to the i-th distinct query id, in the order of the files" },
	{ .name = "encoder-name",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct import_options, encoder_name),
	  .value = "NAME",
	  .help = "what made those embeddings (given)" },
	{ .name = "encoder",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct import_options, encoder),
	  .value = "hash[:DIM]",
	  .help = "make embeddings here (where rows carry none: as the store, as client.yaml, hash)" },
	{ .name = "max-bad",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = offsetof(struct import_options, max_bad),
	  .value = "SHARE",
	  .help = "share of bad rows that fails the import (0.01)",
	  .least = 0,
	  .most = 1 },
	{ .name = "json",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct import_options, json),
	  .help = "the report as JSON" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "import",
	.summary = "Read evaluation logs into the store and report on their quality. Importing the same rows "
		   "again\nchanges nothing; other values for a query and model win over the earlier ones. A "
		   "running daemon\nsees them at its next task.",
	.example = "fedrouter-client import --config /var/lib/fedrouter/client.yaml answers.jsonl.gz "
		   "--embeddings answers.npy",
	.options = table,
	.operands = "FILE...",
	.operands_offset = offsetof(struct import_options, files),
	.operands_least = 1,
	.operands_most = FILES_MOST,
};

struct importing {
	const struct import_options *options;
	struct command_store opened;
	struct log *log;
	struct client_import changed;
	struct client_models unknown; /* models of the store that the current router does not have */
	uint64_t version;             /* of that router; 0: there is none */
};

static void importing_deinit(struct importing *importing)
{
	client_models_deinit(&importing->unknown);
	log_free(importing->log);
	command_store_close(&importing->opened);
}

/* Where nothing else is said and the rows carry no embeddings: the store's own encoder, client.yaml's, or
 * hash. */
static int choose_encoder(struct importing *importing, char *out, size_t n)
{
	cleanup(encoder_identity_deinit) struct encoder_identity kept = { 0 };
	const char *configured = importing->opened.conf.encoder;
	int r = client_store_encoder(importing->opened.store, &kept);
	if (r < 0)
		return r;
	if (r == 0 && strcmp(kept.name, "hash") == 0)
		snprintf(out, n, "hash:%zu", kept.dimension);
	else
		snprintf(out, n, "%s", strncmp(configured, "hash", 4) == 0 ? configured : "hash");
	return 0;
}

static int read_logs(struct importing *importing)
{
	const struct import_options *options = importing->options;
	char fallback[32];
	struct log_source source = { .n_files = options->files.n,
				     .files = options->files.items,
				     .embeddings = options->embeddings,
				     .encoder = options->encoder,
				     .encoder_name = options->encoder_name,
				     .max_bad = options->max_bad,
				     .joins = true };
	TRY(choose_encoder(importing, fallback, sizeof(fallback)));
	if (options->encoder_name) /* embeddings are meant to be there */
		return log_read(&source, &importing->opened.findings, &importing->log);
	return log_read_or_embed(&source, fallback, &importing->opened.findings, &importing->log);
}

static bool router_has(const struct router *router, const char *name)
{
	for (size_t m = 0; m < router->n_models; m++)
		if (strcmp(router->models[m], name) == 0)
			return true;
	return false;
}

/* Models of which no decision will ever come: the current router does not have them. */
static int find_unknown(struct importing *importing)
{
	struct command_store *opened = &importing->opened;
	cleanup(decide_router_deinit) struct decide_router current = { 0 };
	cleanup(client_models_deinit) struct client_models models = { 0 };
	struct decide_place place = { opened->store, opened->conf.dir, opened->conf.learner };
	int r = decide_router_open(&place, NULL, &opened->findings, &current);
	if (r != DECIDE_ROUTER_E_OK)
		return r < 0 ? r : 0;
	importing->version = current.entry.version;
	TRY(client_store_models(opened->store, &opened->names, &models));
	for (size_t i = 0; i < models.n; i++)
		if (!router_has(current.router, models.items[i].name))
			TRY(client_models_add(&importing->unknown, models.items[i].name,
					      models.items[i].rows));
	return 0;
}

static int import(struct importing *importing)
{
	struct command_store *opened = &importing->opened;
	int r = read_logs(importing);
	if (r == 0)
		r = client_store_import(opened->store, importing->log, opened->conf.keep_text,
					&opened->findings, &importing->changed);
	if (r == 0)
		r = find_unknown(importing);
	if (r == 0)
		return COMMAND_DONE;
	command_store_fail(opened, r);
	return r == CLIENT_STORE_E_ENCODER ? COMMAND_REFUSED : COMMAND_FAILED;
}

static json_t *unknown_json(const struct importing *importing)
{
	json_t *list = json_array();
	for (size_t i = 0; i < importing->unknown.n; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "model", importing->unknown.items[i].name,
						      "rows", (json_int_t)importing->unknown.items[i].rows));
	return list;
}

static int tell_json(const struct importing *importing)
{
	const struct client_import *changed = &importing->changed;
	cleanup(free_pointer) char *text = NULL;
	if (log_report_json(importing->log, &importing->opened.findings, &text) != 0)
		return COMMAND_FAILED;
	json_t *json = json_pack("{s:o, s:{s:I, s:I, s:I, s:I, s:I}, s:o}", "report",
				 json_loads(text, 0, NULL), "store", "added", (json_int_t)changed->added,
				 "same", (json_int_t)changed->same, "changed", (json_int_t)changed->changed,
				 "queries", (json_int_t)changed->queries, "reembedded",
				 (json_int_t)changed->reembedded, "unknown_models", unknown_json(importing));
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : -1;
	putchar('\n');
	json_decref(json);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int tell(const struct importing *importing)
{
	const struct client_import *changed = &importing->changed;
	if (importing->options->json)
		return tell_json(importing);
	log_report_print(importing->log, &importing->opened.findings, stdout);
	printf("\nstore         %zu observations added, %zu the same as before, %zu changed; %zu new "
	       "queries\n",
	       changed->added, changed->same, changed->changed, changed->queries);
	if (changed->reembedded > 0)
		printf("              %zu queries came with another embedding: the later one counts\n",
		       changed->reembedded);
	for (size_t i = 0; i < importing->unknown.n; i++)
		printf("unknown       \"%s\", %llu rows: router version %llu does not have it; if it has "
		       "another name there, say so under `models:` in client.yaml\n",
		       importing->unknown.items[i].name, (unsigned long long)importing->unknown.items[i].rows,
		       (unsigned long long)importing->version);
	return COMMAND_DONE;
}

int command_import(int argc, char **argv)
{
	struct import_options options = { .max_bad = LOG_MAX_BAD };
	cleanup(importing_deinit) struct importing importing = { .options = &options };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(&command, "--config is missing");
	if (options.encoder && (options.embeddings || options.encoder_name))
		return arguments_wrong(&command,
				       "--encoder makes embeddings, --embeddings brings them: choose one");
	int result = command_store_open(options.config, &importing.opened);
	if (result == COMMAND_DONE)
		result = import(&importing);
	return result == COMMAND_DONE ? tell(&importing) : result;
}
