/* fake.h: the smallest router there is: one number per model and dimension. */
#pragma once

#include "common/router/router.h"

/* Wants theta F64 [K, dimension], finite; score = theta·x, cost = 1. */
extern const struct predictor fake_predictor;

/* The predictor by its name "fake", else NULL. */
const struct predictor *fake_find(const char *learner);

/* Tensors for `n_models` models and `dimension`: theta = 1/3, 2/3 …, every second model routable. */
struct tensors fake_tensors(size_t n_models, size_t dimension);

/* The models alpha, beta…, gamma over the hash encoder of dimension 16. */
struct router *fake_router(void);
