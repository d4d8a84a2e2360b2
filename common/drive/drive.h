/* drive.h: one learner through all its phases, over any cohort.                         (kind: conductor) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/drive/cohort.h"

struct drive_account { /* what a run cost */
	uint32_t phases;
	uint32_t rounds; /* phases whose cohort was drawn; where none was: all of them */
	size_t n_clients;
	uint64_t *bytes_up;   /* by client, owned: contributions, uncompressed */
	uint64_t *bytes_down; /* states that it had to fetch for the phases it was drawn for */
	size_t clipped;       /* values clipped to their bounds, all clients and phases */
};

void drive_account_deinit(struct drive_account *account);

/* Mean of `bytes` over the clients that took part in any phase; 0 if none did. */
double drive_account_mean(const struct drive_account *account, const uint64_t *bytes);

/* Who answers phase `number`: everyone, or plan_cohort(plan) of the roster drawn by (seed, number);
 * ascending indices. `members` has room for plan->n_clients. */
must_check int drive_draw(const struct plan *plan, const struct phase *phase, size_t *members, size_t *n);

enum { DRIVE_E_OK = 0, DRIVE_E_REFUSED = 1 };

/* Run to the end. `account` and `report` (malloc'ed JSON) may be NULL. DRIVE_E_REFUSED: the cohort
 * refused an answer. */
must_check int drive_run(const struct learner *learner, const struct plan *plan, struct cohort *cohort,
			 size_t threads, struct drive_account *account, struct router **out, char **report);
