/* office.h: what the parts of the coordinator share; inside this room only.              (kind: conductor) */
#pragma once

#include <jansson.h>

#include "common/base/metric.h"
#include "common/crypto/certificate.h"
#include "common/learn/learners.h"
#include "common/loop/loop.h"
#include "common/plan/plan_read.h"
#include "common/rpc/rpc_server.h"
#include "common/wire/wire.h"
#include "server/coordinator/coordinator.h"
#include "server/round/round.h"
#include "server/store/store.h"

struct run {              /* one that has not ended */
	struct run *next; /* older ones first */
	struct coordinator *coordinator;
	struct store_run record;
	struct plan_file plan;           /* models resolved once the run has begun */
	struct encoder_identity encoder; /* resolved with them; plan.plan.encoder points here */
	const struct learner *learner;
	struct round round;
	struct state state; /* of the open phase; only a closing job changes it, alone */
	struct phase phase;
	struct store_phase journal; /* the open phase as it was written down */
	size_t checking;            /* submissions that workers check against state and phase just now */
	bool close_wanted;          /* close when `checking` is 0 */
	bool journaled;             /* a phase is open on disk */
	uint64_t since_ms;          /* of the steady clock: since when it collects, or closes */
};

struct report { /* what a client last said of itself */
	struct report *next;
	char client[STORE_NAME];
	char *encoder;
	size_t n_models;
	struct wire_model *models;
	int64_t written; /* last_seen as the store has it */
};

struct waiting { /* a poll that is held open */
	struct waiting *next;
	struct rpc_call *call;
	char client[STORE_NAME];
	uint64_t seen, until_ms;
};

enum counter {
	COUNT_POLLS,
	COUNT_SUBMISSIONS,
	COUNT_DUPLICATES,
	COUNT_BYTES_IN,
	COUNT_BYTES_OUT,
	COUNT_PHASES,
	COUNTERS
};

enum { REASONS = 48 };
struct rejection {
	char reason[RPC_REASON];
	uint64_t n;
};

struct coordinator {
	struct loop *loop;
	struct store *store;
	struct rpc_server *rpc;
	struct loop_timer *tick;
	char *dir;
	struct coordinator_options options;
	char *authority_pem, *server_pem, *server_key_pem;
	struct key *authority_key, *signing_key;
	struct run *runs;
	struct report *reports;
	struct waiting *waiting;
	struct upload *uploads;
	uint64_t counters[COUNTERS];
	struct rejection rejections[REASONS];
	struct metric_times collecting, closing; /* of phases */
	bool stopping;
};

/* Refuse a call and count the reason. */
void office_refuse(struct coordinator *coordinator, struct rpc_call *call, enum rpc_status status,
		   const char *reason, const char *format, ...) print_like(5, 6);

/* One more thing was done that began at run->since_ms; what follows begins now. */
void office_time(struct run *run, struct metric_times *times);

/* The enrolled client behind a call; false: it was refused. */
bool office_client(struct coordinator *coordinator, struct rpc_call *call, struct store_client *out);

/* ---- runs.c ---- */
must_check int runs_load(struct coordinator *coordinator, struct findings *findings);
void runs_free(struct coordinator *coordinator);
/* A plan becomes a waiting run. COORDINATOR_E_BAD: findings. */
must_check int runs_start(struct coordinator *coordinator, const char *plan, size_t n,
			  struct findings *findings, char id[STORE_RUN]);
struct run *runs_find(const struct coordinator *coordinator, const char *id);
void runs_act(struct run *run, enum round_action action);
void runs_end(struct run *run, enum round_state state, const char *reason, const char *text);
void runs_time(struct coordinator *coordinator, int64_t now);
/* A worker no longer looks at the run's state. */
void runs_checked(struct run *run);

/* ---- phases.c: opening and closing, on a worker ---- */
void phases_begin(struct run *run);
void phases_close(struct run *run);
must_check int phases_load(struct run *run);

/* ---- polls.c ---- */
extern const struct rpc_method polls_method, enroll_method, renew_method, fetch_method, submit_method;
void polls_wake(struct coordinator *coordinator);
void polls_time(struct coordinator *coordinator, uint64_t now_ms);
void polls_drop(struct coordinator *coordinator, const char *client);
const struct report *polls_report(const struct coordinator *coordinator, const char *client);
void polls_free(struct coordinator *coordinator);

/* ---- uploads.c ---- */
/* What this client has under way is thrown away when its calls have ended. */
void uploads_discard(struct coordinator *coordinator, const char *client);
