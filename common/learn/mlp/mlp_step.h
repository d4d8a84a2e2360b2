/* mlp_step.h: one step of training on one batch.                      algorithms.md §3      (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/learn/mlp/mlp_work.h"
#include "common/numerics/rng.h"

/* Loss and gradient of the first `rows` rows of x and targets, into work->g. `dropout` NULL: without. */
double mlp_step_gradient(struct mlp_work *work, size_t rows, const struct rng *dropout);

/* One AdamW step along work->g, its norm clipped to 1. */
void mlp_step_update(struct mlp_work *work, double lr, double weight_decay);
