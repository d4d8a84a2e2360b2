/* total.h: what learners by sums share: values into words, the total into the state, and back. (kind: kernel)
 *
 * The state keeps a total as the integers that were added (tensor "total", I64 [words]), so that a
 * contribution can be added or subtracted later without a rounding.                              design.md §4
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/learn/learner.h"

/* Give the answer its zeroed words; `answer->rows` and `->clipped` are the caller's. */
must_check int total_start(const struct lanes *lanes, struct answer *answer);

/* Quantize the values of the lane `name` (a bug if there is none) into the answer; clipped values are
 * counted there. A value beyond its bound is an error: the client's own rows cannot produce it. */
must_check int total_put(const struct lanes *lanes, const char *name, const double *values,
			 struct answer *answer);

/* The same for items `first` … `first + n − 1` of the lane. */
must_check int total_put_part(const struct lanes *lanes, const char *name, size_t first, size_t n,
			      const double *values, struct answer *answer);

/* Keep the phase's total in the state. */
must_check int total_keep(const struct phase *phase, struct state *state, const struct answers *answers);

/* The state's total, or NULL if it has none of this size. */
const uint64_t *total_words(const struct state *state, const struct lanes *lanes);

/* The values of lane `name` of a contribution or total. */
void total_values(const struct lanes *lanes, const char *name, const uint64_t *words, double *values);
