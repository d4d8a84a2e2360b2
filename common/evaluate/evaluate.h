/* evaluate.h: what a router is worth on a test table, beside the controls.    algorithms.md §5 (kind: kernel)
 *
 * All sums are over test rows in order: the same input gives the same bits.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/evaluate/area.h"
#include "common/evaluate/controls.h"
#include "common/evaluate/estimates.h"
#include "common/evaluate/judged.h"
#include "common/evaluate/quality.h"
#include "common/evaluate/test_table.h"

enum { EVALUATE_LAMBDAS = JUDGED_LAMBDAS };

/* λ_k (judged.h). */
double evaluate_lambda(size_t k);

/* Route every row for every λ; argmax over the row's observed and routable models (algorithms.md §5, F).
 * Rows without such a model enter no mean; without any row that has one the curve has no point. */
must_check int evaluate_router(const struct test_table *table, const struct estimates *estimates,
			       struct judged *out);

/* The figures beside the curve. `controls` are those of the same table. */
void evaluate_quality(const struct test_table *table, const struct estimates *estimates,
		      const struct judged *judged, const struct controls *controls, struct quality *out);
