/* mlp.h: the MLP router of "Federate the Router", trained by federated averaging.              (kind: kernel)
 *
 * Phase 0: sums that normalize the costs. Phases 1 … rounds: a cohort trains locally and sends weighted
 * differences of parameters. Formulas and choices: README.md here, algorithms.md §3 and §9.
 */
#pragma once

#include "common/learn/learner.h"

extern const struct learner mlp_learner;
