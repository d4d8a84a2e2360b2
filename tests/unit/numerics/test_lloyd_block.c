/* A block of points against centres in panels. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "common/numerics/lloyd_block.h"
#include "common/numerics/rng.h"

enum { COLUMNS = 39, D = 21, POINTS = 77 }; /* one whole panel and a part; a block that is not full */

static void fill(float *x, size_t n, uint64_t key)
{
	struct rng rng;
	rng_init(&rng, key, 0);
	for (size_t i = 0; i < n; i++)
		x[i] = (float)rng_normal(&rng);
}

static float *aligned_floats(size_t n)
{
	float *out = aligned_alloc(64, (n * sizeof(*out) + 63) / 64 * 64);
	for (size_t i = 0; i < n; i++)
		out[i] = 0.0f;
	return out;
}

static double dot(const float *a, const float *b)
{
	double sum = 0.0;
	for (size_t i = 0; i < D; i++)
		sum += (double)a[i] * b[i];
	return sum;
}

START_TEST(products_are_those_of_every_point_with_every_column)
{
	static float centres[COLUMNS * D], x[POINTS * D];
	cleanup(free_pointer) float *panels = aligned_floats(lloyd_block_panel_floats(COLUMNS, D));
	cleanup(free_pointer) float *products = aligned_floats(lloyd_block_product_floats(COLUMNS));
	fill(centres, COLUMNS * D, 1);
	fill(x, POINTS * D, 2);
	lloyd_block_pack(centres, 0, 13, D, panels);
	lloyd_block_pack(centres + 13 * D, 13, COLUMNS - 13, D, panels); /* across the border of the panels */
	lloyd_block_products(panels, COLUMNS, x, POINTS, D, products);
	for (size_t c = 0; c < COLUMNS; c++) {
		for (size_t i = 0; i < POINTS; i++)
			ck_assert_double_eq_tol(products[c * LLOYD_BLOCK + i],
						dot(centres + c * D, x + i * D), 2e-5);
	}
}
END_TEST

START_TEST(the_two_least_are_found_wherever_they_stand)
{
	static float products[COLUMNS * LLOYD_BLOCK], norms[COLUMNS];
	static struct lloyd_proposals found;
	fill(products, COLUMNS * LLOYD_BLOCK, 3);
	fill(norms, COLUMNS, 4);
	lloyd_block_propose(norms, products, COLUMNS, &found);
	for (size_t i = 0; i < LLOYD_BLOCK; i++) {
		float best = INFINITY, second = INFINITY;
		uint32_t index = 0;
		for (uint32_t j = 0; j < COLUMNS; j++) {
			float candidate = norms[j] - 2.0f * products[j * LLOYD_BLOCK + i];
			if (candidate < best) {
				second = best;
				best = candidate;
				index = j;
			} else if (candidate < second) {
				second = candidate;
			}
		}
		ck_assert_float_eq(found.best[i], best);
		ck_assert_float_eq(found.second[i], second);
		ck_assert_uint_eq(found.index[i], index);
	}
}
END_TEST

START_TEST(the_first_of_equal_columns_is_proposed_and_a_single_one_has_no_second)
{
	static float products[3 * LLOYD_BLOCK];
	static struct lloyd_proposals found;
	const float norms[3] = { 2, 1, 1 };
	lloyd_block_propose(norms, products, 3, &found);
	ck_assert_uint_eq(found.index[LLOYD_BLOCK - 1], 1);
	ck_assert_float_eq(found.best[0], 1.0f);
	ck_assert_float_eq(found.second[0], 1.0f);
	lloyd_block_propose(norms, products, 1, &found);
	ck_assert_uint_eq(found.index[0], 0);
	ck_assert(isinf(found.second[0]));
}
END_TEST

SUITE_MAIN("blocks of Lloyd's iteration", products_are_those_of_every_point_with_every_column,
	   the_two_least_are_found_wherever_they_stand,
	   the_first_of_equal_columns_is_proposed_and_a_single_one_has_no_second)
