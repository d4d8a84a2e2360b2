/* simulate_table.h: results for a person.                                                  (kind: adapter) */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "common/base/error.h"
#include "server/simulate/trial.h"

/* The split, the controls and every router of every seed. */
must_check int simulate_table(const struct trial_world *world, const struct trial *trials, size_t n,
			      FILE *out);
