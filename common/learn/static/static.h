/* static.h: the static learner: per-model means from the same labels.                          (kind: kernel)
 *
 * It ignores the query. It is what an organization gets without a learned router, and what a learned router
 * has to beat. Formulas: algorithms.md §12, README.md here.
 */
#pragma once

#include "common/learn/learner.h"

#define STATIC_KAPPA 24.0 /* rows that the mean over all models is worth */

extern const struct learner static_learner;
