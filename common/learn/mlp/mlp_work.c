/* mlp_work.c: one block, cut into arrays.                                                   (kind: kernel) */
#include "common/learn/mlp/mlp_work.h"

#include <stdlib.h>
#include <string.h>

/* Arrays are taken from the block in turn, each from a new cache line. Called twice: with NULL to count. */
static float *take(float *block, size_t *used, size_t n)
{
	float *at = block ? block + *used : NULL;
	*used += (n + 15) / 16 * 16;
	return at;
}

static size_t place_arrays(struct mlp_work *work, float *block)
{
	const size_t floats = work->layout.floats, activations = (size_t)MLP_BATCH * MLP_ROW;
	size_t used = 0;
	work->p = take(block, &used, floats);
	work->g = take(block, &used, floats);
	work->m = take(block, &used, floats);
	work->v = take(block, &used, floats);
	work->x = take(block, &used, MLP_BATCH * work->x_row);
	for (size_t l = 0; l < MLP_LAYERS; l++) {
		struct mlp_activation *layer = &work->layers[l];
		layer->normal = take(block, &used, activations);
		layer->slope = take(block, &used, activations);
		layer->out = take(block, &used, activations);
		layer->scale = take(block, &used, MLP_BATCH);
	}
	work->d = take(block, &used, activations);
	work->d_below = take(block, &used, activations);
	work->turned = take(block, &used, (size_t)MLP_UNITS * MLP_UNITS);
	return used;
}

int mlp_work_new(const struct mlp_layout *layout, struct mlp_work **out)
{
	cleanup(mlp_work_cleanup) struct mlp_work *work = calloc(1, sizeof(*work));
	TRY_ALLOC(work);
	work->layout = *layout;
	work->x_row = (layout->dimension + 31) / 32 * 32 + 16; /* an odd number of cache lines */
	size_t bytes = place_arrays(work, NULL) * sizeof(float);
	work->block = aligned_alloc(64, bytes);
	TRY_ALLOC(work->block);
	memset(work->block, 0, bytes);
	place_arrays(work, work->block);
	*out = work;
	work = NULL;
	return 0;
}

void mlp_work_free(struct mlp_work *work)
{
	if (!work)
		return;
	free(work->block);
	free(work);
}

void mlp_work_cleanup(struct mlp_work **work)
{
	mlp_work_free(*work);
	*work = NULL;
}
