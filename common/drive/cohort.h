/* cohort.h: those who answer a phase, wherever they are.                                   (kind: kernel)
 *
 * The drive loop (drive.h) asks a cohort; an in-memory cohort computes answers at once from datasets, a
 * remote one will wait for clients. Only `collect` differs.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/learn/learner.h"

enum { COHORT_E_OK = 0, COHORT_E_REFUSED = 1 };

struct cohort {
	/* Ask `members` (indices into plan->clients, ascending) and bring their answers together: the
	 * total for sums, the parts by name for gather. What `out` points to stays valid until the next
	 * call. COHORT_E_REFUSED: an answer was not one that a client's rows can give. */
	must_check int (*collect)(struct cohort *cohort, const struct learner *learner,
				  const struct plan *plan, const struct phase *phase,
				  const struct state *state, const size_t *members, size_t n,
				  struct answers *out);
};

/* All clients in this process: `data`[i] belongs to plan->clients[i]. Answers are computed on `threads`
 * threads and added as they come: integers, so the total does not depend on the order. Every answer
 * passes the checks that one from another organization has to pass; why one was refused stays in
 * `findings`. */
struct memory_cohort {
	struct cohort cohort;
	const struct dataset *data;
	size_t threads;
	uint64_t *total;      /* of the last sums phase */
	struct answer *parts; /* of the last gather phase */
	size_t n_parts;
	struct findings findings;
};

void memory_cohort_init(struct memory_cohort *cohort, const struct dataset *data, size_t threads);
void memory_cohort_deinit(struct memory_cohort *cohort);
