/* round.h: one run's way through its phases: who is asked, who answered, when a phase ends. (kind: machine)
 *
 *     WAITING → COLLECTING → CLOSING → COLLECTING … → FINISHED
 *        any of the first three → FAILED | STOPPED | REFUSED
 *
 * Pure decisions: no clock, no files, no network. Events come in with the time they happened; what is to be
 * done comes out as actions, which the conductor (server/coordinator) carries out and reports back as further
 * events. The same events in the same order give the same actions: a restart replays the journal.
 * design.md §6
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum round_state {
	ROUND_WAITING,
	ROUND_COLLECTING,
	ROUND_CLOSING,
	ROUND_FINISHED,
	ROUND_FAILED,
	ROUND_STOPPED,
	ROUND_REFUSED
};
const char *round_state_name(enum round_state state); /* "waiting" … as in status --json */

enum round_action {
	ROUND_NOTHING,
	ROUND_BEGIN,  /* everyone has polled: resolve models and encoder, open phase 0 */
	ROUND_CLOSE,  /* fold what was accepted and open the next phase, or finish */
	ROUND_EXTEND, /* the deadline passed below quorum while some progressed: ask again until a new one */
	ROUND_FAIL,   /* below quorum, and nobody progressed since the deadline was set */
};

struct round_member {
	const char *name; /* borrowed */
	bool seen;        /* has polled since the run was started */
	bool asked;       /* in the open phase's cohort */
	bool accepted;    /* its submission is journaled */
	bool refused;     /* it said that it will not */
};

struct round {
	enum round_state state;
	uint32_t phase;
	size_t n;
	struct round_member *members; /* owned; in order of name */
	size_t n_asked, n_accepted, n_refused;
	double quorum;
	uint32_t deadline_s;
	int64_t deadline; /* seconds since 1970; of the open phase */
	bool progressed;  /* bytes or submissions since the deadline was set */
	bool full;        /* every phase closed with its whole cohort so far */
};

must_check int round_new(const char *const *names, size_t n, double quorum, uint32_t deadline_s,
			 struct round *out);
void round_deinit(struct round *round);

/* Events. Each returns what is to be done now. */
enum round_action round_polled(struct round *round, const char *name);
/* The phase is open (its journal is durable): `asked` lists indices of members, ascending. */
void round_opened(struct round *round, uint32_t phase, const size_t *asked, size_t n_asked, int64_t now);
void round_progressed(struct round *round, const char *name);            /* some of its bytes are durable */
enum round_action round_accepted(struct round *round, const char *name); /* its submission is journaled */
enum round_action round_refused(struct round *round, const char *name);
enum round_action round_time(struct round *round, int64_t now); /* at least once a second */
void round_ended(struct round *round, enum round_state state);  /* FINISHED, FAILED, STOPPED, REFUSED */

/* May this client's submission for the phase be taken now? NULL: yes; else the stable reason code why not. */
const char *round_judge(const struct round *round, const char *name, uint32_t phase);
