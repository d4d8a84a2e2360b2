/* lloyd_block.c: one product, then the two least of each point, sixteen points at once.     (kind: kernel) */
#include "common/numerics/lloyd_block.h"

#include <math.h>
#include <string.h>

#include "common/numerics/gemm.h"
#include "common/numerics/vec.h"

static size_t panels_of(size_t columns)
{
	return (columns + GEMM_PANEL - 1) / GEMM_PANEL;
}

size_t lloyd_block_panel_floats(size_t n, size_t d)
{
	return panels_of(n) * d * GEMM_PANEL;
}

size_t lloyd_block_product_floats(size_t n)
{
	return (panels_of(n) + 1) * GEMM_PANEL * LLOYD_BLOCK;
}

void lloyd_block_pack(const float *centres, size_t first, size_t n, size_t d, float *panels)
{
	for (size_t j = 0; j < n; j++) {
		size_t column = first + j;
		float *to = panels + column / GEMM_PANEL * d * GEMM_PANEL + column % GEMM_PANEL;
		for (size_t i = 0; i < d; i++)
			to[i * GEMM_PANEL] = centres[j * d + i];
	}
}

void lloyd_block_products(const float *panels, size_t columns, const float *x, size_t n, size_t d,
			  float *products)
{
	const struct gemm_left points = { x, d, 1 };
	float *scratch = products + panels_of(columns) * GEMM_PANEL * LLOYD_BLOCK;
	for (size_t p = 0; p < panels_of(columns); p++) {
		gemm_panel(points, panels + p * d * GEMM_PANEL, GEMM_PANEL, NULL, scratch, GEMM_PANEL, n, d);
		for (size_t i = 0; i < n; i++) {
			for (size_t c = 0; c < GEMM_PANEL; c++)
				products[(p * GEMM_PANEL + c) * LLOYD_BLOCK + i] =
					scratch[i * GEMM_PANEL + c];
		}
	}
}

VEC_INLINE void lloyd_block_propose_any(const float *norms, const float *products, size_t k,
					struct lloyd_proposals *out)
{
	for (size_t i = 0; i < LLOYD_BLOCK; i += VEC_WIDTH) {
		vec best = (vec){ 0 } + INFINITY, second = best;
		vec_bits index = { 0 };
		for (size_t j = 0; j < k; j++) {
			vec candidate = norms[j] - 2.0f * vec_load(products + j * LLOYD_BLOCK + i);
			vec_bits is_best = candidate < best;
			vec loser = vec_choose(is_best, best, candidate);
			second = vec_choose(loser < second, loser, second);
			index = (is_best & (int32_t)j) | (~is_best & index);
			best = vec_choose(is_best, candidate, best);
		}
		vec_store(out->best + i, best);
		vec_store(out->second + i, second);
		memcpy(out->index + i, &index, sizeof(index));
	}
}

KERNEL_VARIANTS(lloyd_block_propose,
		(const float *norms, const float *products, size_t k, struct lloyd_proposals *out),
		(norms, products, k, out))
