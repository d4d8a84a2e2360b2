/* kmeans_centroids.h: phase 0: every client's centroids become common centres.                 (kind: kernel)
 *
 * Part of a client: "centroids" F32 [k, d] and "counts" I64 [k], k ≤ k_local (0 without rows); its rows are
 * its distinct queries. State afterwards: "centres" F32 [k, d] and "masses" I64 [k], k ≥ 1: where nobody has
 * rows, one centre at the origin.
 */
#pragma once

#include "common/learn/learner.h"

must_check int kmeans_centroids_contribute(const struct plan *plan, const struct dataset *data,
					   const char *client, struct answer *out);
must_check int kmeans_centroids_check(const struct plan *plan, const struct answer *answer,
				      const char *client, struct findings *findings);
must_check int kmeans_centroids_fold(const struct plan *plan, const struct answers *answers,
				     struct state *state);
