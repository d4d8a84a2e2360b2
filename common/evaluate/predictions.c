/* predictions.c: queries in batches.                                                      (kind: kernel) */
#include "common/evaluate/predictions.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 256, ALIGNMENT = 64 };

int predictions_make(const struct router *router, const struct dataset *data, const uint32_t *queries,
		     size_t n, double *score, double *cost)
{
	size_t d = data->dimension, k = router->n_models, bytes = router->predictor->workspace(router, BATCH);
	cleanup(free_pointer) float *x = malloc(BATCH * d * sizeof(*x));
	cleanup(free_pointer) void *workspace = aligned_alloc(ALIGNMENT, (bytes / ALIGNMENT + 1) * ALIGNMENT);
	TRY_ALLOC(x);
	TRY_ALLOC(workspace);
	for (size_t first = 0; first < n; first += BATCH) {
		size_t batch = n - first < BATCH ? n - first : BATCH;
		for (size_t i = 0; i < batch; i++)
			memcpy(x + i * d, data->embeddings + (size_t)queries[first + i] * d, d * sizeof(*x));
		router->predictor->predict(router, x, batch, score + first * k, cost + first * k, workspace);
	}
	return 0;
}
