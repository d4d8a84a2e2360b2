/* learners.h: the list of all learners.                                                     (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/learn/learner.h"

/* All of them, in the order in which tables show them; NULL-terminated. */
extern const struct learner *const learners[];

/* By name, or NULL. */
const struct learner *learners_find(const char *name);

/* For artefact_read. */
const struct predictor *learners_predictor(const char *learner);
