/* learner.h: one method of learning a router across organizations, by collectives.             (kind: kernel)
 *
 * A run is: state ← init; while next asks a question: every client of the cohort contributes its answer from
 * its private rows, the coordinator folds the total (or the parts) into the next state; finish makes the
 * router. The same five functions run in one process (simulate) and across organizations, and give the same
 * bytes in both.     design.md §4
 *
 * Nobody but the clients' half (`contribute`) sees rows. Every function is pure: plan, state, data and named
 * random streams (stream.h) decide the result. Threads (`threads`) change the time it takes, never a bit.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/data/dataset.h"
#include "common/io/tensors.h"
#include "common/plan/plan.h"
#include "common/router/router.h"
#include "common/sums/lanes.h"

struct state {
	uint32_t phase; /* phases folded so far */
	struct tensors tensors;
};

enum phase_kind {
	PHASE_SUMS,   /* the coordinator gets the total of all contributions */
	PHASE_GATHER, /* the coordinator gets the separate parts, in order of client name */
};

struct phase {
	uint32_t number; /* = state.phase when it was asked */
	enum phase_kind kind;
	bool everyone; /* the whole roster; else a cohort drawn by (seed, number) with plan.participation */
	struct lanes lanes; /* PHASE_SUMS: the layout of a contribution */
};

struct answer {               /* one client's */
	uint64_t rows;        /* of its data that went in */
	uint64_t *words;      /* PHASE_SUMS: lanes.words of them, malloc'ed */
	struct tensors parts; /* PHASE_GATHER */
	size_t clipped;       /* values that were clipped to their bound */
};

struct answers {  /* what the coordinator gets when a phase closes */
	size_t n; /* contributions in it */
	uint64_t rows;
	const uint64_t *total;      /* PHASE_SUMS */
	const struct answer *parts; /* PHASE_GATHER: n of them, sorted by client name */
	size_t clipped;             /* values that the clients clipped to their bounds */
};

enum { LEARNER_E_OK = 0, LEARNER_E_FINISHED = 1, LEARNER_E_BAD = 2 };

struct learner {
	const char *name;
	const char *summary;            /* one line for --help */
	const struct setting *settings; /* ends with name NULL; coordinator's defaults (federated) */
	const struct predictor *predictor;

	/* The state before the first phase. */
	int (*init)(const struct plan *plan, struct state *out);
	/* The next question, or LEARNER_E_FINISHED. */
	int (*next)(const struct plan *plan, const struct state *state, struct phase *out);
	/* Client half. `client` is the contributor's name (its random streams hang on it). A client without
	 * rows contributes zeros (or an empty part). `out` comes zeroed; the caller ends it with
	 * answer_deinit, on failure as well. */
	int (*contribute)(const struct plan *plan, const struct phase *phase, const struct state *state,
			  const struct dataset *data, const char *client, struct answer *out);
	/* What a client sent is checked beyond lanes_check (algorithms.md §9 row 16). LEARNER_E_BAD: refused,
	 * the reason is in `findings`. May be NULL. */
	int (*check)(const struct plan *plan, const struct phase *phase, const struct state *state,
		     const struct answer *answer, const char *client, struct findings *findings);
	/* Coordinator half: the next state in place; state->phase has been counted up by the caller
	 * afterwards. */
	int (*fold)(const struct plan *plan, const struct phase *phase, struct state *state,
		    const struct answers *answers);
	/* The router. `report` (may be NULL) receives a malloc'ed JSON object of what a person wants to know
	 * (ridge: the penalties and their evidence). */
	int (*finish)(const struct plan *plan, const struct state *state, size_t threads, struct router **out,
		      char **report);
	/* Defaults of the baselines (algorithms.md §3, §4): turn a federated plan (rounds, participation,
	 * settings) into the central one (one client with all rows) or the local one. May be NULL. `matched`:
	 * the same number of steps and learning rate as the federated run; false if the learner has no such
	 * baseline. */
	void (*central)(struct plan *plan);
	void (*local)(struct plan *plan);
	bool (*central_matched)(struct plan *plan);
};

void answer_deinit(struct answer *answer);
void state_deinit(struct state *state);

/* SHA-256 over what a state says (design.md §4). */
must_check int state_digest(const struct plan *plan, const struct state *state, struct digest *out);
