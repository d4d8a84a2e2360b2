/* mlp_work.h: what a contribution needs while it trains, allocated once.                    (kind: kernel) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/learn/mlp/mlp_layer.h"

struct mlp_target {
	uint32_t model;
	float score; /* NaN: not observed */
	float cost;  /* normalized log cost; NaN: not observed */
};

struct mlp_work {
	struct mlp_layout layout;
	float *p, *g, *m, *v; /* parameters, gradient, moments: layout.floats each */
	uint64_t steps;       /* optimiser steps taken */
	float *x;             /* [MLP_BATCH][x_row] */
	size_t x_row;
	struct mlp_target targets[MLP_BATCH];
	struct mlp_activation layers[MLP_LAYERS];
	float *d; /* gradient of a layer's output: [MLP_BATCH][MLP_ROW] */
	float *d_below;
	float *turned; /* transposed weights of layer 1 */
	void *block;   /* owns all arrays */
};

/* Parameters, moments and steps are zero. */
must_check int mlp_work_new(const struct mlp_layout *layout, struct mlp_work **out);
void mlp_work_free(struct mlp_work *work);
void mlp_work_cleanup(struct mlp_work **work);
