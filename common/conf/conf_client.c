/* conf_client.c: the table of client.yaml.                                                 (kind: adapter) */
#include "common/conf/conf_client.h"

#include <stdlib.h>

#include "common/conf/conf_checks.h"

#define FIELD(member) CONF_FIELD(struct conf_client, member)

static const char *const log_formats[] = { "logfmt", "json", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };

static const struct conf_key keys[] = {
	{ .key = "coordinator",
	  .type = CONF_TEXT,
	  FIELD(coordinator),
	  .check = conf_checks_host_port,
	  .help = "Where the coordinator is: host:port. Its certificate has to be for this host." },
	{ .key = "name",
	  .type = CONF_TEXT,
	  FIELD(name),
	  .check = conf_checks_client,
	  .help = "This client's name, as in its certificate." },
	{ .key = "proxy",
	  .type = CONF_TEXT,
	  FIELD(proxy),
	  .fallback = "",
	  .example = "http://proxy.example.org:3128",
	  .check = conf_checks_proxy,
	  .help = "An HTTP proxy for the way to the coordinator. Without it the way is direct, whatever\n"
		  "the environment says." },
	{ .key = "http",
	  .type = CONF_TEXT,
	  FIELD(http),
	  .fallback = "127.0.0.1:0",
	  .check = conf_checks_listen,
	  .help = "Where metrics and health are served. Port 0 is any that is free; which, run/http says." },
	{ .key = "learner",
	  .type = CONF_TEXT,
	  FIELD(learner),
	  .fallback = "ridge",
	  .check = conf_checks_learner,
	  .help = "The newest router of this learner is the current one, unless `use` chose another." },
	{ .key = "models",
	  .type = CONF_NAMES,
	  FIELD(models),
	  .fallback = "{}",
	  .help = "Models that have other names here than in the consortium, as {name here: name there}." },
	{ .key = "keep_text",
	  .type = CONF_FLAG,
	  FIELD(keep_text),
	  .fallback = "false",
	  .help = "Whether the store keeps the text of queries. Learning needs only their embeddings." },
	{ .key = "encoder",
	  .type = CONF_TEXT,
	  FIELD(encoder),
	  .fallback = "given",
	  .check = conf_checks_encoder,
	  .help = "Who makes embeddings: given (they come with the logs), hash, or hash:DIM." },
	{ .key = "default_model",
	  .type = CONF_TEXT,
	  FIELD(default_model),
	  .fallback = "",
	  .example = "gpt-4o",
	  .help = "The model for queries for which no router can decide." },
	{ .key = "policy",
	  .type = CONF_SECTION,
	  .fallback = "",
	  .help = "What this client takes part in. A plan that asks for more is refused before any work." },
	{ .key = "learners",
	  .in = "policy",
	  .type = CONF_LIST,
	  FIELD(policy.learners),
	  .fallback = "[]",
	  .check = conf_checks_learner,
	  .help = "Learners that are allowed, as [ridge, static]. None listed: all are." },
	{ .key = "minimum_rows_per_model",
	  .in = "policy",
	  .type = CONF_WHOLE,
	  FIELD(policy.minimum_rows_per_model),
	  .fallback = "0",
	  .most = UINT64_MAX,
	  .help = "A task is refused while a model has rows here but fewer than this. 0: no limit." },
	{ .key = "bytes_per_day",
	  .in = "policy",
	  .type = CONF_WHOLE,
	  FIELD(policy.bytes_per_day),
	  .fallback = "0",
	  .most = UINT64_MAX,
	  .help = "So many bytes of contributions may leave in a day. 0: no limit." },
	{ .key = "log_format",
	  .type = CONF_WORD,
	  FIELD(log_json),
	  .fallback = "logfmt",
	  .words = log_formats,
	  .help = "How log lines look on stderr." },
	{ .key = "log_level",
	  .type = CONF_WORD,
	  FIELD(log_level),
	  .fallback = "info",
	  .words = log_levels,
	  .help = "The least important lines that are logged." },
	{ .key = NULL },
};

static const struct conf_table table = {
	.title = "client.yaml: an organization's client of a fedrouter consortium.\n"
		 "Keys, certificates and the store are in the directory of this file.",
	.keys = keys,
	.size = sizeof(struct conf_client),
};

int conf_client_read(const char *path, struct findings *findings, struct conf_client *out)
{
	struct conf_owned *owned;
	int r = conf_table_read(path, &table, findings, out, &owned);
	out->owned = owned;
	if (r != CONF_E_OK)
		return r;
	return conf_table_directory(path, &out->dir);
}

void conf_client_deinit(struct conf_client *conf)
{
	if (!conf)
		return;
	conf_table_free(conf->owned);
	free(conf->dir);
	*conf = (struct conf_client){ 0 };
}

int conf_client_sample(const char *coordinator, const char *name, char **out)
{
	const struct conf_value values[] = {
		{ "coordinator", &coordinator, 1 },
		{ "name", &name, 1 },
		{ .key = NULL },
	};
	return conf_table_sample(&table, values, out);
}
