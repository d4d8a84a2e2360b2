/* round.c: one run's way through its phases.                                                  (kind: machine)
 *
 * A phase closes when everyone who was asked has answered. At its deadline it closes with those who have, if
 * they are the quorum; otherwise it goes on while bytes arrive, and fails when none have since the deadline
 * was set. A client that refuses can't be waited for: the phase closes without it where the quorum allows,
 * else the run is refused by it.
 */
#include "server/round/round.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *round_state_name(enum round_state state)
{
	static const char *const names[] = { "waiting", "collecting", "closing", "finished",
					     "failed",  "stopped",    "refused" };
	return names[state];
}

int round_new(const char *const *names, size_t n, double quorum, uint32_t deadline_s, struct round *out)
{
	*out = (struct round){ .n = n, .quorum = quorum, .deadline_s = deadline_s, .full = true };
	out->members = calloc(n, sizeof(*out->members));
	TRY_ALLOC(out->members);
	for (size_t i = 0; i < n; i++)
		out->members[i].name = names[i];
	return 0;
}

void round_deinit(struct round *round)
{
	free(round->members);
	*round = (struct round){ 0 };
}

static struct round_member *find(const struct round *round, const char *name)
{
	for (size_t i = 0; i < round->n; i++) {
		if (strcmp(round->members[i].name, name) == 0)
			return &round->members[i];
	}
	return NULL;
}

/* How many of the cohort must have answered for the phase to close without the others; at least one. */
static size_t quorum_of(const struct round *round)
{
	size_t least = (size_t)ceil(round->quorum * (double)round->n_asked - 1e-9);
	return least > 0 ? least : 1;
}

static enum round_action close_phase(struct round *round)
{
	round->full = round->full && round->n_accepted == round->n_asked;
	round->state = ROUND_CLOSING;
	return ROUND_CLOSE;
}

/* Everyone has said what it will. */
static enum round_action settle(struct round *round)
{
	if (round->n_accepted + round->n_refused < round->n_asked)
		return ROUND_NOTHING;
	return round->n_accepted >= quorum_of(round) ? close_phase(round) : ROUND_FAIL;
}

enum round_action round_polled(struct round *round, const char *name)
{
	struct round_member *member = find(round, name);
	if (!member || member->seen || round->state != ROUND_WAITING)
		return ROUND_NOTHING;
	member->seen = true;
	for (size_t i = 0; i < round->n; i++) {
		if (!round->members[i].seen)
			return ROUND_NOTHING;
	}
	return ROUND_BEGIN;
}

void round_opened(struct round *round, uint32_t phase, const size_t *asked, size_t n_asked, int64_t now)
{
	for (size_t i = 0; i < round->n; i++) {
		struct round_member *member = &round->members[i];
		member->seen = true;
		member->asked = member->accepted = member->refused = false;
	}
	for (size_t i = 0; i < n_asked; i++)
		round->members[asked[i]].asked = true;
	round->state = ROUND_COLLECTING;
	round->phase = phase;
	round->n_asked = n_asked;
	round->n_accepted = round->n_refused = 0;
	round->deadline = now + round->deadline_s;
	round->progressed = false;
}

void round_progressed(struct round *round, const char *name)
{
	const struct round_member *member = find(round, name);
	if (member && member->asked && round->state == ROUND_COLLECTING)
		round->progressed = true;
}

enum round_action round_accepted(struct round *round, const char *name)
{
	struct round_member *member = find(round, name);
	if (round->state != ROUND_COLLECTING || !member || !member->asked || member->accepted)
		return ROUND_NOTHING;
	member->accepted = true;
	round->progressed = true;
	round->n_accepted++;
	if (member->refused) {
		member->refused = false;
		round->n_refused--;
	}
	return settle(round);
}

enum round_action round_refused(struct round *round, const char *name)
{
	struct round_member *member = find(round, name);
	if (round->state != ROUND_COLLECTING || !member || !member->asked || member->accepted ||
	    member->refused)
		return ROUND_NOTHING;
	member->refused = true;
	round->n_refused++;
	return settle(round);
}

enum round_action round_time(struct round *round, int64_t now)
{
	if (round->state != ROUND_COLLECTING || now < round->deadline)
		return ROUND_NOTHING;
	if (round->n_accepted >= quorum_of(round))
		return close_phase(round);
	if (!round->progressed)
		return ROUND_FAIL;
	round->deadline = now + round->deadline_s;
	round->progressed = false;
	return ROUND_EXTEND;
}

void round_ended(struct round *round, enum round_state state)
{
	round->state = state;
}

const char *round_judge(const struct round *round, const char *name, uint32_t phase)
{
	const struct round_member *member = find(round, name);
	if (!member)
		return "not-in-roster";
	if (round->state == ROUND_WAITING)
		return "not-started";
	if (phase != round->phase)
		return "wrong-phase";
	if (round->state != ROUND_COLLECTING)
		return "phase-closed";
	return member->asked ? NULL : "not-in-cohort";
}
