/* agent_inside.h: what the parts of the agent share; inside this room only.              (kind: conductor) */
#pragma once

#include "client/agent/agent.h"
#include "client/store/client_outbox.h"
#include "client/store/client_routers.h"
#include "common/crypto/certificate.h"
#include "common/rpc/rpc_channel.h"
#include "common/wire/wire.h"

enum agent_counter { AGENT_POLLS, AGENT_COMPUTED, AGENT_SENT, AGENT_REFUSED, AGENT_FAILURES, AGENT_COUNTERS };

struct computation { /* one job: a task in, an outbox entry or a refusal out */
	struct agent *agent;
	const struct wire_task *task;
	char *state_path;
	struct wire_refusal refusal; /* run "": there is none */
};

struct agent {
	struct loop *loop;
	struct agent_options options;
	char *dir;
	struct client_store *store;
	char *authority, *certificate, *private_key;
	struct key *artefact_key;
	struct certificate_facts facts;
	struct rpc_channel *channel;
	struct loop_timer *timer;
	struct rpc_stream *stream; /* the call under way */
	enum agent_step step;
	bool connected, stopping;
	unsigned failures; /* in a row */
	loop_callback stopped;
	void *stopped_context;
	struct wire_poll_answer answer; /* of the last poll */
	size_t next_artefact;           /* of its artefacts */
	struct wire_refusal refusal;    /* to be told with the next poll */
	struct computation computation;
	/* a download */
	const struct wire_blob *wanted;
	FILE *file;
	char *path;
	uint64_t received;
	/* an upload */
	struct client_contribution contribution;
	uint8_t *body;
	uint64_t sent;
	bool body_done;
	uint64_t counters[AGENT_COUNTERS];
	uint64_t bytes_today;
	int64_t today; /* day of bytes_today since 1970 */
};

/* Go on: poll now, or after a pause when something failed. */
void agent_poll(struct agent *agent);
void agent_pause(struct agent *agent, const char *what, const struct rpc_outcome *outcome);
/* What the last poll brought: the task first, then new routers. */
void agent_continue(struct agent *agent);
/* The task is not for this client: tell it with the next poll. */
void agent_refuse(struct agent *agent, const char *reason, const char *format, ...) print_like(3, 4);

/* Download the blob to `path` (going on where it stopped), then call `done`. */
void agent_fetch(struct agent *agent, const struct wire_blob *blob, const char *name,
		 void (*done)(struct agent *agent));
void agent_fetch_end(struct agent *agent);

/* Answer the task of the last poll, on a worker; then send what the outbox has for it. */
void agent_compute(struct agent *agent);
/* What a task asks, whatever its run is called: digest of plan, encoder and state. */
must_check int agent_question(const struct wire_task *task, char hex[65]);
/* Send the contribution that was loaded, from `offset` on; and let go of it. */
void agent_send(struct agent *agent, uint64_t offset);
void agent_send_end(struct agent *agent);
