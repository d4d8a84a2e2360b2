/* simulate_plot.h: results as a picture.                                                  (kind: adapter) */
#pragma once

#include "common/base/error.h"
#include "server/simulate/trial.h"

/* Cost against accuracy: single models, their mix, the oracle, and one router per learner. Atomically. */
must_check int simulate_plot(const struct trial_world *world, const struct trial *trial, const char *path);
