/* ridge_check.h: are these sums of rows at all?                                             (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/learn/ridge/ridge_sums.h"

/* LEARNER_E_BAD: no rows whatever could have given these sums (algorithms.md §9 row 16); why is in
 * `findings`. */
must_check int ridge_check_answer(const struct plan *plan, const struct lanes *lanes,
				  const struct answer *answer, const char *client, struct findings *findings);

/* Make each model's [[n, Σxᵀ], [Σx, Σxxᵀ]] positive semidefinite where it is not, which no true rows can
 * cause: only corrupt sums or privacy noise. `repaired`: how many models it was. -EDOM: the eigenvalues
 * did not converge. */
must_check int ridge_check_repair(struct ridge_sums *sums, size_t *repaired);
