/* mlp_layout.h: the network's tensors: one table, and their place in one block.                (kind: kernel)
 *
 * Twice Linear → LayerNorm → GELU → Dropout with 512 units, then per model one score head and one cost head.
 * Everything that walks over the parameters (state, sums, training, router) walks over this table.
 * algorithms.md §3
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"
#include "common/io/tensors.h"

enum { MLP_UNITS = 512, MLP_PANEL = 32, MLP_LAYERS = 2, MLP_BATCH = 128 };

/* The four tensors of layer l are MLP_WEIGHT + l·MLP_OF_LAYER … */
enum mlp_tensor {
	MLP_WEIGHT,
	MLP_BIAS,
	MLP_GAMMA,
	MLP_BETA,
	MLP_OF_LAYER,
	MLP_SCORE_WEIGHT = MLP_LAYERS * MLP_OF_LAYER,
	MLP_SCORE_BIAS,
	MLP_COST_WEIGHT,
	MLP_COST_BIAS,
	MLP_TENSORS
};

struct mlp_place {
	const char *name;
	size_t rank, shape[3];
	size_t first, n;  /* floats in the block; every tensor starts at a multiple of 16 */
	size_t per_model; /* of a head: floats that belong to one model; of the trunk: 0 */
	size_t fan_in;
};

struct mlp_layout {
	size_t dimension, n_models;
	struct mlp_place at[MLP_TENSORS];
	size_t floats; /* of the block, padding included (it stays 0) */
};

/* The network for embeddings of `dimension` and `n_models` pairs of heads. */
struct mlp_layout mlp_layout_of(size_t dimension, size_t n_models);

/* Add all tensors, zeroed. */
must_check int mlp_layout_add(const struct mlp_layout *layout, struct tensors *tensors);

/* Borrow the arrays of all tensors. False: one is missing or of another type or shape. */
bool mlp_layout_find(const struct mlp_layout *layout, const struct tensors *tensors,
		     float *arrays[MLP_TENSORS]);
