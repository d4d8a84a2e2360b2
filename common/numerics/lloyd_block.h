/* lloyd_block.h: a block of points against the centres of all restarts.                        (kind: kernel)
 *
 * The centres stand in panels of 32 columns, [column/32][d][32], as gemm.h reads them; the last panel is
 * filled up with zeros. Every restart owns `k` columns side by side.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { LLOYD_BLOCK = 128 }; /* points per product: they stay in the cache until they have moved */

struct lloyd_proposals {
	float best[LLOYD_BLOCK], second[LLOYD_BLOCK];
	uint32_t index[LLOYD_BLOCK];
};

/* Floats of panels for `n` columns, and of the products of a block with them (the last rows are scratch). */
size_t lloyd_block_panel_floats(size_t n, size_t d);
size_t lloyd_block_product_floats(size_t n);

/* Columns first … first + n − 1 from centres (n × d). */
void lloyd_block_pack(const float *centres, size_t first, size_t n, size_t d, float *panels);

/* products[c·LLOYD_BLOCK + i] = x_i · (column c), c < columns, for the first `n` ≤ LLOYD_BLOCK points of x.
 * */
void lloyd_block_products(const float *panels, size_t columns, const float *x, size_t n, size_t d,
			  float *products);

/* For all points of a block: the two least of norms[j] − 2·products[j·LLOYD_BLOCK + i] over j < k, and the
 * j of the least, the first on ties. */
void lloyd_block_propose(const float *norms, const float *products, size_t k, struct lloyd_proposals *out);
