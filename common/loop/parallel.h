/* parallel.h: the same function over 0 … n−1 on a few threads.                              (kind: adapter)
 *
 * Every index owns its output, so the result does not depend on how many threads there are; whoever needs a
 * sum adds the outputs in index order afterwards. No job may start another parallel run.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

/* Processors that this process may use. */
size_t parallel_processors(void);

/* One job. `worker` (0 … threads−1) names the thread's own scratch space; it must not change the result. */
typedef int (*parallel_job)(void *context, size_t index, size_t worker);

/* Run the jobs on `threads` threads (at least 1; the calling thread is one of them), in increasing order of
 * index as threads become free. Returns 0, or the result of the lowest index that did not return 0; after a
 * failure no further index is started. */
must_check int parallel_run(size_t threads, size_t n, parallel_job job, void *context);
