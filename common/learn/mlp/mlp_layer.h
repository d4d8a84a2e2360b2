/* mlp_layer.h: one layer of the trunk, forward and back: Linear → LayerNorm → GELU.         (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/learn/mlp/mlp_layout.h"

/* Rows of activations are 528 floats apart: an odd number of cache lines. */
enum { MLP_ROW = MLP_UNITS + 16 };

struct mlp_activation { /* of a batch; [rows][MLP_ROW] each, 64-byte aligned */
	float *normal;  /* after LayerNorm, before γ and β */
	float *slope;   /* derivative of what follows */
	float *out;
	float *scale; /* [rows] 1/√(var + ε) */
};

/* out = GELU(LayerNorm(x·W + b)) for `rows` rows of `in` values, `ldx` apart. `of` are the layer's four
 * tensors. */
void mlp_layer_forward(const float *const of[MLP_OF_LAYER], const float *x, size_t ldx, size_t rows,
		       size_t in, const struct mlp_activation *to);

/* `d` is the gradient of `out` and becomes the gradient of x·W + b; γ's, β's and the bias's gradients are
 * added to `g`. */
void mlp_layer_backward(const float *gamma, const struct mlp_activation *from, size_t rows, float *d,
			float *const g[MLP_OF_LAYER]);
