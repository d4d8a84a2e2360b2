/* command_import.c: evaluation logs into the organization's store.                      (kind: conductor) */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/commands/command.h"
#include "client/store/client_store.h"
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
	  .help = "make embeddings here; without it, client.yaml decides" },
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
	.summary = "Read evaluation logs into the store, with a report of their quality. Importing the same "
		   "rows again\n"
		   "changes nothing; other values for a query and model win over the earlier ones. A running "
		   "daemon\n"
		   "sees them at its next task.",
	.example = "import --config /var/lib/fedrouter/client.yaml answers.jsonl.gz --embeddings answers.npy",
	.options = table,
	.operands = "FILE...",
	.operands_offset = offsetof(struct import_options, files),
	.operands_least = 1,
	.operands_most = FILES_MOST,
};

static int read_logs(const struct import_options *options, const struct conf_client *conf,
		     struct findings *findings, struct log **out)
{
	const char *encoder = options->encoder;
	if (!encoder && !options->embeddings && strncmp(conf->encoder, "hash", 4) == 0)
		encoder = conf->encoder;
	struct log_source source = { .n_files = options->files.n,
				     .files = options->files.items,
				     .embeddings = options->embeddings,
				     .encoder = encoder,
				     .encoder_name = options->encoder_name,
				     .max_bad = options->max_bad,
				     .joins = true };
	return log_read(&source, findings, out);
}

static int tell(const struct import_options *options, const struct log *log,
		const struct client_import *changed, const struct findings *findings)
{
	char *text = NULL;
	if (!options->json) {
		log_report_print(log, findings, stdout);
		printf("%zu observations added, %zu the same as before, %zu changed; %zu new queries\n",
		       changed->added, changed->same, changed->changed, changed->queries);
		return COMMAND_DONE;
	}
	if (log_report_json(log, findings, &text) != 0)
		return COMMAND_FAILED;
	json_t *report = json_loads(text, 0, NULL);
	free(text);
	json_t *json = json_pack("{s:o, s:{s:I, s:I, s:I, s:I}}", "report", report, "store", "added",
				 (json_int_t)changed->added, "same", (json_int_t)changed->same, "changed",
				 (json_int_t)changed->changed, "queries", (json_int_t)changed->queries);
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : -1;
	putchar('\n');
	json_decref(json);
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int import(const struct import_options *options, const struct conf_client *conf)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	cleanup(log_cleanup) struct log *log = NULL;
	cleanup(client_store_cleanup) struct client_store *store = NULL;
	struct client_import changed = { 0 };
	int r = read_logs(options, conf, &findings, &log);
	if (r == 0)
		r = client_store_open(conf->dir, &findings, &store);
	if (r == 0)
		r = client_store_import(store, log, conf->keep_text, &findings, &changed);
	if (r == CLIENT_STORE_E_BUSY)
		fprintf(stderr, "fedrouter-client import: another import is under way: try again when it "
				"has ended\n");
	if (r != 0) {
		findings_print(&findings, stderr, FINDINGS_KEPT);
		return COMMAND_FAILED;
	}
	return tell(options, log, &changed, &findings);
}

int command_import(int argc, char **argv)
{
	struct import_options options = { .max_bad = LOG_MAX_BAD };
	struct conf_client conf = { 0 };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config)
		return arguments_wrong(&command, "--config is missing");
	if (options.encoder && options.embeddings)
		return arguments_wrong(&command,
				       "--encoder makes embeddings, --embeddings brings them: choose one");
	int result = command_conf(options.config, &conf);
	if (result == COMMAND_DONE)
		result = import(&options, &conf);
	conf_client_deinit(&conf);
	return result;
}
