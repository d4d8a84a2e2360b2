/* kmeans_centroids.h: phase 0: every client's centroids become common centres.                 (kind: kernel)
 *
 * Part of a client: "centroids" F32 [k, d] and "counts" I64 [k], k ≤ k_local (0 without rows); its rows are
 * its distinct queries. State afterwards: "centres" F32 [k, d] and "masses" I64 [k], k ≥ 1: where nobody has
 * rows, one centre at the origin.
 */
#pragma once

#include "common/learn/learner.h"

/* Client half: cluster the embeddings of the queries with rows, each once; stream "lloyd" of `client`. */
must_check int kmeans_centroids_contribute(const struct plan *plan, const struct dataset *data,
					   const char *client, struct answer *out);
/* LEARNER_E_BAD, with the reason in `findings` under `client`: rows beyond limits.rows, tensors of other
 * names, types or shapes, more than k_local centroids, one that is not finite or longer than 1 + 1e-5, counts
 * that are negative or do not add up to the rows.                                  algorithms.md §9 row 16 */
must_check int kmeans_centroids_check(const struct plan *plan, const struct answer *answer,
				      const char *client, struct findings *findings);
/* Coordinator half: cluster the centroids of all parts, weighted by their counts, into at most k_global
 * centres; stream "lloyd" of "coordinator". -EPROTO: a part that was not checked. */
must_check int kmeans_centroids_fold(const struct plan *plan, const struct answers *answers,
				     struct state *state);

/* The centres of a state that has folded the first phase, and how many; NULL if it has none of this
 * dimension. */
const float *kmeans_centroids_centres(const struct state *state, size_t dimension, size_t *k);
