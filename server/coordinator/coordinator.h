/* coordinator.h: the daemon: answers clients, leads runs by phases, publishes routers. (kind: conductor)
 *
 * One loop thread owns everything here. Files of DIR: design.md §2 (`init`), store/store.h. Runs that had not
 * ended when the process did go on where their journal stands.
 * design.md §6
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/findings.h"
#include "common/loop/loop.h"

struct coordinator;

struct coordinator_options {
	const char *dir;
	const char *listen;        /* "address:port"; port 0: any */
	uint32_t certificate_days; /* how long a client's certificate is good */
	uint32_t poll_hold_s;      /* how long a poll waits for news */
	size_t threads;            /* for finishing a router */
};

enum { COORDINATOR_E_OK = 0, COORDINATOR_E_BAD = 1 };

/* Open the store, take up what was under way, listen. BAD: `findings` says what to mend. */
must_check int coordinator_new(struct loop *loop, const struct coordinator_options *options,
			       struct findings *findings, struct coordinator **out);
int coordinator_port(const struct coordinator *coordinator);

/* Let calls end for `grace_ms`, then cut them; `stopped` is called when nothing is left. Then
 * coordinator_free. */
void coordinator_stop(struct coordinator *coordinator, uint64_t grace_ms, loop_callback stopped,
		      void *context);
void coordinator_free(struct coordinator *coordinator);

/* The operator's commands, as JSON: {"command":"start","plan":"…"}, stop {run}, runs, status [{run}],
 * clients, revoke {client}, models. *answer is a new object: {"ok":…} or {"error":…,"exit":1|2|3}. */
must_check int coordinator_admin(struct coordinator *coordinator, const json_t *request, json_t **answer);

/* Prometheus text: what the coordinator counts. */
void coordinator_metrics(const struct coordinator *coordinator, FILE *out);
