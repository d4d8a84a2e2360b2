/* trial_judge.h: the test tables of a trial, and what every router is worth on them.       (kind: kernel) */
#pragma once

#include "common/base/error.h"
#include "server/simulate/trial.h"

/* Tables and controls: of all test queries and of each client's own. */
must_check int trial_judge_tables(const struct trial_world *world, struct trial *trial);

/* Results of all trained routers: figures, then intervals and lifts over the static learner of the same
 * scope. */
must_check int trial_judge_routers(const struct trial_world *world, struct trial *trial);
