/* agent.h: the client daemon's work: ask, fetch, compute, keep, send, and ask again.        (kind: conductor)
 *
 *     POLLING → FETCHING a state → COMPUTING → SENDING → POLLING …      FETCHING a router → POLLING …
 *
 * One thing at a time, on the loop; computing runs on a worker with a store handle of its own. A contribution
 * is durable before a byte of it is sent, and is sent again until it is acknowledged: a task that the outbox
 * has an answer for is never computed again. What a task asks is held against the client's policy first.
 * design.md §§2, 6, 11
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "client/store/client_store.h"
#include "common/loop/loop.h"

struct agent_policy {
	size_t n_learners;
	const char *const *learners; /* allowed; none: all */
	/* A model with fewer rows here (but some) forbids the task; 0: no limit. */
	uint64_t minimum_rows_per_model;
	uint64_t bytes_per_day; /* of contributions; 0: no limit */
};

struct agent_options {
	const char *dir;             /* client.key, client.pem, authority.pem, artefact.pub, the store */
	const char *address, *proxy; /* of the coordinator; proxy may be NULL */
	struct client_names names;   /* local → canonical */
	struct agent_policy policy;
};

enum agent_step {
	AGENT_WAITING,
	AGENT_POLLING,
	AGENT_FETCHING,
	AGENT_COMPUTING,
	AGENT_SENDING,
	AGENT_RENEWING
};

struct agent;

enum { AGENT_E_OK = 0, AGENT_E_BAD = 1 };

/* Read keys and certificate, open the store, connect. BAD: `findings` says what to mend. */
must_check int agent_new(struct loop *loop, const struct agent_options *options, struct findings *findings,
			 struct agent **out);
/* Cancel what is under way; `stopped` is called when a computation has come back. Then agent_free. */
void agent_stop(struct agent *agent, loop_callback stopped, void *context);
void agent_free(struct agent *agent);

/* For health and metrics. */
bool agent_connected(const struct agent *agent);
enum agent_step agent_step(const struct agent *agent);
void agent_metrics(const struct agent *agent, FILE *out);
