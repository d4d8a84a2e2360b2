/* ridge_predict.h: the ridge's router: 2K dot products per query.                           (kind: kernel) */
#pragma once

#include "common/router/router.h"

extern const struct predictor ridge_predict_predictor;
