/* drive.h: one learner through all its phases, over any cohort.                          (kind: conductor) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/drive/cohort.h"

struct drive_account { /* what a run cost, for a client that took part in everything it was drawn for */
	uint32_t phases;
	uint64_t *bytes_up; /* by client, owned */
	uint64_t *bytes_down;
	size_t clipped;
};

void drive_account_deinit(struct drive_account *account);

/* Who answers phase `number`: everyone, or plan_cohort(plan) of the roster drawn by (seed, number); ascending
 * indices. `members` has room for plan->n_clients. */
must_check int drive_draw(const struct plan *plan, const struct phase *phase, size_t *members, size_t *n);

/* Run to the end. `account` and `report` (malloc'ed JSON) may be NULL. */
must_check int drive_run(const struct learner *learner, const struct plan *plan, struct cohort *cohort,
			 size_t threads, struct drive_account *account, struct router **out, char **report);
