/* simulate_json.h: results for a script: schema fedrouter.simulate/1.                     (kind: adapter) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "server/simulate/trial.h"

/* Malloc'ed text. Undefined figures are null. Equal runs give equal text, but for `seconds`. */
must_check int simulate_json(const struct trial_world *world, const struct trial *trials, size_t n,
			     char **out);
