/* mlp_layer.c: a matrix product, then row by row while the row is in the nearest cache.     (kind: kernel) */
#include "common/learn/mlp/mlp_layer.h"

#include "common/numerics/dense.h"
#include "common/numerics/gelu.h"
#include "common/numerics/layernorm.h"

void mlp_layer_forward(const float *const of[MLP_OF_LAYER], const float *x, size_t ldx, size_t rows,
		       size_t in, const struct mlp_activation *to)
{
	dense_forward(x, ldx, of[MLP_WEIGHT], of[MLP_BIAS], to->normal, MLP_ROW,
		      (struct dense_shape){ rows, in, MLP_UNITS });
	for (size_t i = 0; i < rows; i++) {
		float *out = to->out + i * MLP_ROW;
		layernorm_forward(to->normal + i * MLP_ROW, of[MLP_GAMMA], of[MLP_BETA], out, &to->scale[i],
				  MLP_UNITS);
		gelu_forward(out, to->slope + i * MLP_ROW, MLP_UNITS);
	}
}

void mlp_layer_backward(const float *gamma, const struct mlp_activation *from, size_t rows, float *d,
			float *const g[MLP_OF_LAYER])
{
	for (size_t i = 0; i < rows; i++) {
		float *row = d + i * MLP_ROW;
		gelu_backward(row, from->slope + i * MLP_ROW, MLP_UNITS);
		layernorm_backward(row, from->normal + i * MLP_ROW, from->scale[i], gamma, g[MLP_GAMMA],
				   g[MLP_BETA], MLP_UNITS);
		dense_add(1.0f, row, g[MLP_BIAS], MLP_UNITS);
	}
}
