/* bootstrap.h: how far figures would move on other test queries.              algorithms.md §5 (kind: kernel)
 *
 * Replicate r draws n rows with replacement from the stream (seed, r); every router and control sees the
 * same draws, so differences are paired. Intervals run from the 2.5 to the 97.5 percentile over the
 * replicates in which the figure is defined, linear between order statistics (NumPy's default). The same
 * bits for any number of threads.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/evaluate/judged.h"
#include "common/evaluate/test_table.h"

enum { BOOTSTRAP_RESAMPLES = 1000 };

struct interval {
	double low, high; /* 2.5 and 97.5 percentile; NaN: undefined */
};

struct gains { /* of one router, all on the same resamples */
	struct interval aiq;
	double lift; /* aiq − aiq of the baseline */
	struct interval lift_interval;
	double mix_gain; /* mean score − hull of singles at equal mean cost, at the decision
	                              * vector with the largest such gain on the full table */
	struct interval mix_gain_interval;
};

/* Paired bootstrap over test queries, BOOTSTRAP_RESAMPLES replicates; lo and hi are recomputed per replicate.
 * `baseline`[i]: index of router i's static learner in `routers`; n or more: it has none, its lift is NaN. */
must_check int bootstrap_gains(const struct test_table *table, const struct judged *const *routers, size_t n,
			       const size_t *baseline, uint64_t seed, size_t threads, struct gains *out);
