/* ridge.h: one shared slope and a deviation per model, exact in one round.                     (kind: kernel)
 *
 * y_m(x) = μ + a_m + (w0 + v_m)ᵀx for two targets, score and log cost, from one set of sums. Penalties are
 * chosen by the evidence of the totals. Formulas: algorithms.md §10, README.md here.
 *
 * Router: theta_score, theta_log_cost F64 [K, d + 1] (intercept first), sigma2 F64 [2], penalties F64 [2, 3]
 * (score, log cost; l0, l1, li), routable; with `variance: true` also inverse_models and inverse_shared
 * (ridge_solve.h), those of the score.
 */
#pragma once

#include "common/learn/learner.h"

extern const struct learner ridge_learner;
