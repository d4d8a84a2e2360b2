/* predictions.h: what a router estimates for many queries of a log.                       (kind: kernel) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/data/dataset.h"
#include "common/router/router.h"

/* Estimates for the `n` queries of `data` listed in `queries`: score and cost, n × K each. */
must_check int predictions_make(const struct router *router, const struct dataset *data,
				const uint32_t *queries, size_t n, double *score, double *cost);
