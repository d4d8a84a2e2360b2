/* trial_value.h: what routers are worth where a test query has one observed model only.    (kind: kernel)
 *
 * AIQ needs queries on which models can be compared. Where there are others, every router is also given its
 * doubly robust values (common/evaluate/off_policy.h) over all test queries, at ten prices λ. The estimates
 * come from ridges cross-fitted over five folds of the test queries: the one for a fold has seen all training
 * rows and the other folds.                                                                     design.md §7
 */
#pragma once

#include "common/base/error.h"
#include "server/simulate/trial.h"

/* Fill results[].values of all results on everybody's test queries, unless every query is comparable. */
must_check int trial_value_add(const struct trial_world *world, const struct training_world *training_world,
			       struct trial *trial);
