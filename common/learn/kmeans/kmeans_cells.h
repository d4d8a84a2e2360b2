/* kmeans_cells.h: phase 1: sums per (centre, model), and the table that comes out.          (kind: kernel) */
#pragma once

#include "common/learn/learner.h"

#define KMEANS_CELLS_KAPPA 24.0     /* rows that the model's own mean is worth in every cell */
#define KMEANS_CELLS_PAPER_COST 1e6 /* USD of an empty cell, as published: blocks the model there */

must_check int kmeans_cells_lanes(const struct plan *plan, size_t k, struct lanes *out);
must_check int kmeans_cells_contribute(const struct phase *phase, const struct state *state,
				       const struct dataset *data, struct answer *out);
must_check int kmeans_cells_check(const struct phase *phase, const struct answer *answer, const char *client,
				  struct findings *findings);
must_check int kmeans_cells_fold(const struct phase *phase, const struct answers *answers,
				 struct state *state);
must_check int kmeans_cells_finish(const struct plan *plan, const struct state *state, struct router **out,
				   char **report);

/* means[j, m] = (sum[j, m] + κ·Ā_m)/(n[j, m] + κ), Ā_m = Σ_j sum/Σ_j n; the mean over all models where a
 * model has no rows at all, 0 where nobody has any. All arrays k × n_models.
 * algorithms.md §9 row 9 */
void kmeans_cells_shrink(const double *n, const double *sum, size_t k, size_t n_models, double *means);
