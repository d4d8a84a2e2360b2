/* kmeans_router.h: the row of the nearest centre.                                              (kind: kernel)
 *
 * Tensors: "centres" F32 [k, d], "masses" I64 [k] (queries that the centre was made from), "score" and "cost"
 * F64 [k, K], "routable" U8 [K]; k ≥ 1.
 */
#pragma once

#include "common/router/router.h"

extern const struct predictor kmeans_router_predictor;
