/* mlp_predict.h: the router's half: tensors in, estimates out.                              (kind: kernel) */
#pragma once

#include "common/router/router.h"

extern const struct predictor mlp_predict;

/* cost.map (F64 [4]): cost = scale·(exp(clip(ℓ̂, least, most)) − shift). */
enum mlp_map { MLP_MAP_SCALE, MLP_MAP_SHIFT, MLP_MAP_LEAST, MLP_MAP_MOST, MLP_MAP };
