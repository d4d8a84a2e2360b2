/* kmeans_cells.h: phase 1: sums per (centre, model), and the table that comes out.          (kind: kernel) */
#pragma once

#include "common/learn/learner.h"

#define KMEANS_CELLS_KAPPA 24.0     /* rows that the model's own mean is worth in every cell */
#define KMEANS_CELLS_PAPER_COST 1e6 /* USD of an empty cell, as published: blocks the model there */

/* The lanes of k centres and the plan's models: n_score, sum_y, sum_yy, n_cost, sum_cost, each [k, K]. */
must_check int kmeans_cells_lanes(const struct plan *plan, size_t k, struct lanes *out);

/* Client half: the sums of the rows nearest to each of the state's centres. Costs beyond LANE_USD_BOUND are
 * clipped by the row and counted. */
must_check int kmeans_cells_contribute(const struct phase *phase, const struct state *state,
				       const struct dataset *data, struct answer *out);

/* LEARNER_E_BAD, with the reason in `findings` under `client`, unless in every cell 0 ≤ Σy² ≤ Σy ≤ n and 0 ≤
 * Σ cost ≤ 64·n, and over all cells scores ≤ rows, costs ≤ rows ≤ scores + costs.  algorithms.md §9 row 16 */
must_check int kmeans_cells_check(const struct phase *phase, const struct answer *answer, const char *client,
				  struct findings *findings);

/* Coordinator half: keep the total. */
must_check int kmeans_cells_fold(const struct phase *phase, const struct answers *answers,
				 struct state *state);

/* The router of a state that has folded both phases (else -EINVAL): shrunk cells, or as published with
 * setting `paper`. `report` (may be NULL): {"centres", "cells", "empty_cells"}. */
must_check int kmeans_cells_finish(const struct plan *plan, const struct state *state, struct router **out,
				   char **report);

/* means[j, m] = (sum[j, m] + κ·Ā_m)/(n[j, m] + κ), Ā_m = Σ_j sum/Σ_j n; the mean over all models where a
 * model has no rows at all, 0 where nobody has any. All arrays k × n_models.
 * algorithms.md §9 row 9 */
void kmeans_cells_shrink(const double *n, const double *sum, size_t k, size_t n_models, double *means);
