/* ridge_evidence.h: the penalties, chosen from the totals alone.                               (kind: kernel)
 *
 * The objective read as a Gaussian model with noise σ² at its maximum; the grid point of the highest evidence
 * wins, per target, the first in order of (l0, l1, li) where several do.                    algorithms.md §10
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/learn/ridge/ridge_sums.h"

enum { RIDGE_EVIDENCE_L0 = 10, RIDGE_EVIDENCE_L1 = 10, RIDGE_EVIDENCE_LI = 5 };

extern const double ridge_evidence_l0[RIDGE_EVIDENCE_L0], ridge_evidence_l1[RIDGE_EVIDENCE_L1],
	ridge_evidence_li[RIDGE_EVIDENCE_LI];

struct ridge_penalties {
	double l0; /* shared slope */
	double l1; /* slope deviations */
	double li; /* intercepts */
};

struct ridge_choice {
	struct ridge_penalties penalties;
	double evidence; /* natural logarithm */
	double sigma2;   /* noise of the target */
};

/* sums: centred. The same bits for any number of threads. -EDOM: sums that no rows can give. */
must_check int ridge_evidence_choose(const struct ridge_sums *sums, size_t threads,
				     struct ridge_choice out[RIDGE_TARGETS]);
