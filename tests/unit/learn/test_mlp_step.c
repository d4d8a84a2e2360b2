/* One training step: its gradient, its masks, its optimiser. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/mlp/mlp_step.h"

enum { D = 40, K = 5, ROWS = 21 };

static struct mlp_work *a_batch(void)
{
	struct mlp_layout layout = mlp_layout_of(D, K);
	struct mlp_work *work;
	struct rng rng;
	ck_assert_int_eq(mlp_work_new(&layout, &work), 0);
	rng_init(&rng, 7, 1);
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		bool gamma = i == MLP_GAMMA || i == MLP_OF_LAYER + MLP_GAMMA;
		double size = layout.at[i].n > 600 ? 3.0 / sqrt((double)layout.at[i].fan_in) : 0.3;
		for (size_t j = 0; j < layout.at[i].n; j++)
			work->p[layout.at[i].first + j] =
				(float)(gamma + size * (2.0 * rng_uniform(&rng) - 1.0));
	}
	for (size_t i = 0; i < ROWS; i++) {
		work->targets[i] =
			(struct mlp_target){ (uint32_t)rng_below(&rng, K - 1), (float)rng_uniform(&rng),
					     (float)(3.0 * rng_normal(&rng)) };
		for (size_t j = 0; j < D; j++)
			work->x[i * work->x_row + j] = (float)rng_normal(&rng) / 6.0f;
	}
	return work;
}

/* (L(p + h·u) − L(p − h·u))/2h with u the sign of the gradient in one tensor, against Σ|g|: float products
 * leave about six digits of L, so h is large and the bound 3e-3. */
START_TEST(the_gradient_of_every_tensor_is_the_slope_of_the_loss)
{
	struct mlp_work *work = a_batch();
	float *p = malloc(work->layout.floats * sizeof(*p)), *g = malloc(work->layout.floats * sizeof(*g));
	struct rng dropout;
	rng_init(&dropout, 3, 4);
	for (int with = 0; with < 2; with++) {
		mlp_step_gradient(work, ROWS, with ? &dropout : NULL);
		memcpy(p, work->p, work->layout.floats * sizeof(*p));
		memcpy(g, work->g, work->layout.floats * sizeof(*g));
		for (size_t i = 0; i < MLP_TENSORS; i++) {
			const struct mlp_place *at = &work->layout.at[i];
			double along = 0.0, loss[2];
			for (size_t j = at->first; j < at->first + at->n; j++)
				along += fabs((double)g[j]);
			double h = 2e-3 / along;
			for (int side = 0; side < 2; side++) {
				for (size_t j = at->first; j < at->first + at->n; j++)
					work->p[j] = p[j] + (float)(side ? -h : h) *
								    (float)((g[j] > 0.0f) - (g[j] < 0.0f));
				loss[side] = mlp_step_gradient(work, ROWS, with ? &dropout : NULL);
			}
			memcpy(work->p, p, work->layout.floats * sizeof(*p));
			ck_assert_double_gt(along, 1e-3);
			ck_assert_double_eq_tol((loss[0] - loss[1]) / (2.0 * h) / along, 1.0, 3e-3);
		}
	}
	free(p);
	free(g);
	mlp_work_free(work);
}
END_TEST

SUITE_MAIN("MLP step", the_gradient_of_every_tensor_is_the_slope_of_the_loss)
