/* mlp_layout.c: the table of tensors.                                                       (kind: kernel) */
#include "common/learn/mlp/mlp_layout.h"

enum { ALIGNED = 16 };

static struct mlp_place weight(const char *name, size_t in)
{
	return (struct mlp_place){ .name = name,
				   .rank = 3,
				   .shape = { MLP_UNITS / MLP_PANEL, in, MLP_PANEL },
				   .n = in * MLP_UNITS,
				   .fan_in = in };
}

static struct mlp_place units(const char *name, size_t fan_in)
{
	return (struct mlp_place){
		.name = name, .rank = 1, .shape = { MLP_UNITS }, .n = MLP_UNITS, .fan_in = fan_in
	};
}

static struct mlp_place head(const char *name, size_t n_models, size_t per_model)
{
	return (struct mlp_place){ .name = name,
				   .rank = per_model > 1 ? 2 : 1,
				   .shape = { n_models, per_model },
				   .n = n_models * per_model,
				   .per_model = per_model,
				   .fan_in = MLP_UNITS };
}

struct mlp_layout mlp_layout_of(size_t dimension, size_t n_models)
{
	struct mlp_layout layout = {
		.dimension = dimension,
		.n_models = n_models,
		.at = {
			weight("trunk.0.weight", dimension), units("trunk.0.bias", dimension),
			units("trunk.0.gamma", dimension), units("trunk.0.beta", dimension),
			weight("trunk.1.weight", MLP_UNITS), units("trunk.1.bias", MLP_UNITS),
			units("trunk.1.gamma", MLP_UNITS), units("trunk.1.beta", MLP_UNITS),
			head("score.weight", n_models, MLP_UNITS), head("score.bias", n_models, 1),
			head("cost.weight", n_models, MLP_UNITS), head("cost.bias", n_models, 1),
		},
	};
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		layout.at[i].first = layout.floats;
		layout.floats += (layout.at[i].n + ALIGNED - 1) / ALIGNED * ALIGNED;
	}
	return layout;
}

int mlp_layout_add(const struct mlp_layout *layout, struct tensors *tensors)
{
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout->at[i];
		TRY(tensors_add(tensors, at->name, TENSOR_F32, at->rank, at->shape, NULL));
	}
	return 0;
}

bool mlp_layout_find(const struct mlp_layout *layout, const struct tensors *tensors,
		     float *arrays[MLP_TENSORS])
{
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		const struct mlp_place *at = &layout->at[i];
		arrays[i] = tensors_data(tensors, at->name, TENSOR_F32, at->rank, at->shape);
		if (!arrays[i])
			return false;
	}
	return true;
}
