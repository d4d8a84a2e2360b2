/* conf_coordinator.h: coordinator.yaml: what the consortium's operator sets.               (kind: adapter) */
#pragma once

#include "common/base/findings.h"
#include "common/base/log.h"
#include "common/conf/conf_table.h"

struct conf_coordinator {
	char *dir;              /* the file's directory: keys, certificates and the store are in it */
	const char *listen;     /* "address:port" for the clients */
	const char *http;       /* "address:port" of metrics and health */
	struct conf_list hosts; /* by which clients reach it: names of its certificate */
	uint32_t certificate_days, invitation_hours, poll_hold_s;
	bool log_json;
	enum log_level log_level;
	struct conf_owned *owned; /* what the texts point to */
};

/* CONF_E_BAD: every mistake is in `findings`. The caller ends `out` with conf_coordinator_deinit, on failure
 * as well. */
must_check int conf_coordinator_read(const char *path, struct findings *findings,
				     struct conf_coordinator *out);
void conf_coordinator_deinit(struct conf_coordinator *conf);

/* The commented file for this address and these hosts, malloc'ed. */
must_check int conf_coordinator_sample(const char *listen, const char *const *hosts, size_t n_hosts,
				       char **out);
