/* conf_coordinator.c: the table of coordinator.yaml.                                       (kind: adapter) */
#include "common/conf/conf_coordinator.h"

#include <stdlib.h>

#include "common/conf/conf_checks.h"

#define FIELD(member) CONF_FIELD(struct conf_coordinator, member)

static const char *const log_formats[] = { "logfmt", "json", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };

static const struct conf_key keys[] = {
	{ .key = "listen",
	  .type = CONF_TEXT,
	  FIELD(listen),
	  .check = conf_checks_listen,
	  .help = "Where clients reach the coordinator: address:port, 0.0.0.0 or \"[::]\" for all." },
	{ .key = "hosts",
	  .type = CONF_LIST,
	  FIELD(hosts),
	  .check = conf_checks_host,
	  .help = "The names and addresses by which they know it. The server's certificate is for these,\n"
		  "and invitations name the first." },
	{ .key = "http",
	  .type = CONF_TEXT,
	  FIELD(http),
	  .fallback = "127.0.0.1:0",
	  .check = conf_checks_listen,
	  .help = "Where metrics and health are served. Port 0 is any that is free; which, run/http says." },
	{ .key = "certificate_days",
	  .type = CONF_WHOLE,
	  FIELD(certificate_days),
	  .fallback = "90",
	  .least = 1,
	  .most = 3650,
	  .help = "How long a client's certificate is good. Clients renew theirs at two thirds of it." },
	{ .key = "invitation_hours",
	  .type = CONF_WHOLE,
	  FIELD(invitation_hours),
	  .fallback = "168",
	  .least = 1,
	  .most = 8760,
	  .help = "How long an invitation is good." },
	{ .key = "poll_hold_s",
	  .type = CONF_WHOLE,
	  FIELD(poll_hold_s),
	  .fallback = "25",
	  .least = 1,
	  .most = 30,
	  .help = "How long a client's question waits for news. Proxies may cut what is silent for longer." },
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
	.title = "coordinator.yaml: the coordinator of a fedrouter consortium.\n"
		 "Keys, certificates and the store are in the directory of this file.",
	.keys = keys,
	.size = sizeof(struct conf_coordinator),
};

int conf_coordinator_read(const char *path, struct findings *findings, struct conf_coordinator *out)
{
	struct conf_owned *owned;
	int r = conf_table_read(path, &table, findings, out, &owned);
	out->owned = owned;
	if (r != CONF_E_OK)
		return r;
	return conf_table_directory(path, &out->dir);
}

void conf_coordinator_deinit(struct conf_coordinator *conf)
{
	if (!conf)
		return;
	conf_table_free(conf->owned);
	free(conf->dir);
	*conf = (struct conf_coordinator){ 0 };
}

int conf_coordinator_sample(const char *listen, const char *const *hosts, size_t n_hosts, char **out)
{
	const struct conf_value values[] = {
		{ "listen", &listen, 1 },
		{ "hosts", hosts, n_hosts },
		{ .key = NULL },
	};
	return conf_table_sample(&table, values, out);
}
