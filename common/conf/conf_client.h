/* conf_client.h: client.yaml: what the organization's engineer sets of a client.           (kind: adapter) */
#pragma once

#include "common/base/findings.h"
#include "common/base/log.h"
#include "common/conf/conf_table.h"

struct conf_client {
	char *dir;                /* the file's directory: keys, certificates and the store are in it */
	const char *coordinator;  /* "host:port" */
	const char *name;         /* as in the certificate */
	const char *proxy;        /* "http://host:port", or NULL */
	const char *http;         /* "address:port" of metrics and health */
	const char *learner;      /* of whose routers the newest is current */
	struct conf_names models; /* the names that differ */
	bool keep_text;
	const char *encoder;       /* "given", "hash" or "hash:DIM" */
	const char *default_model; /* where a router doesn't decide; NULL: the router's own choice */
	struct {
		struct conf_list learners;                      /* allowed; none: all */
		uint64_t minimum_rows_per_model, bytes_per_day; /* 0: no limit */
	} policy;
	bool log_json;
	enum log_level log_level;
	struct conf_owned *owned; /* what the texts point to */
};

/* CONF_E_BAD: every mistake is in `findings`. The caller ends `out` with conf_client_deinit, on failure as
 * well. */
must_check int conf_client_read(const char *path, struct findings *findings, struct conf_client *out);
void conf_client_deinit(struct conf_client *conf);

/* The commented file of a client of this name, malloc'ed. */
must_check int conf_client_sample(const char *coordinator, const char *name, char **out);
