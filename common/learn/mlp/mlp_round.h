/* mlp_round.h: phases 1 … rounds: local training and coverage-weighted averaging
 * (algorithms.md §9 row 8).                                                                 (kind: kernel) */
#pragma once

#include "common/learn/learner.h"

/* What struct learner asks for (learn/learner.h), for these phases. */
must_check int mlp_round_lanes(const struct plan *plan, struct lanes *lanes);
must_check int mlp_round_contribute(const struct plan *plan, const struct phase *phase,
				    const struct state *state, const struct dataset *data, const char *client,
				    struct answer *out);
must_check int mlp_round_check(const struct plan *plan, const struct phase *phase,
			       const struct answer *answer, const char *client, struct findings *findings);
must_check int mlp_round_fold(const struct plan *plan, const struct phase *phase, struct state *state,
			      const struct answers *answers);
