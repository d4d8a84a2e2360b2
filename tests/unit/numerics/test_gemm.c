/* The panel product against sums in double precision. */
#include "tests/support/suite.h"

#include <stdbool.h>

#include "common/numerics/gemm.h"
#include "tests/unit/numerics/numbers.h"

enum { M = 61, K = 70, LDB = 40, LDC = 48 };

static float left[M * K], turned[K * M], right[K * LDB], bias[GEMM_PANEL], c[M * LDC], one[LDC];

static void fill(void)
{
	numbers(left, M * K, 1.0f, 1);
	numbers(right, K * LDB, 1.0f, 2);
	numbers(bias, GEMM_PANEL, 3.0f, 3);
	for (size_t i = 0; i < M; i++) {
		for (size_t q = 0; q < K; q++)
			turned[q * M + i] = left[i * K + q];
	}
}

static double exact(size_t i, size_t j, size_t k, const float *with)
{
	double sum = with ? (double)with[j] : 0.0;
	for (size_t q = 0; q < k; q++)
		sum += (double)left[i * K + q] * (double)right[q * LDB + j];
	return sum;
}

static void expect_product(size_t m, size_t k, const float *with)
{
	for (size_t i = 0; i < M * LDC; i++)
		c[i] = 77.0f;
	gemm_panel((struct gemm_left){ left, K, 1 }, right, LDB, with, c, LDC, m, k);
	for (size_t i = 0; i < M; i++) {
		for (size_t j = 0; j < LDC; j++) {
			bool inside = i < m && j < GEMM_PANEL;
			ck_assert_double_eq_tol((double)c[i * LDC + j], inside ? exact(i, j, k, with) : 77.0,
						inside ? 1e-5 : 0x1p-60);
		}
	}
}

START_TEST(a_panel_is_the_product_for_any_number_of_rows_and_leaves_the_rest_alone)
{
	fill();
	for (size_t m = 1; m <= M; m++)
		expect_product(m, K, m % 2 ? bias : NULL);
}
END_TEST

START_TEST(it_is_for_any_depth_even_none)
{
	fill();
	for (size_t k = 0; k <= K; k++)
		expect_product(13, k, bias);
}
END_TEST

START_TEST(a_transposed_left_side_gives_the_same_bits)
{
	static float other[M * LDC];
	fill();
	gemm_panel((struct gemm_left){ left, K, 1 }, right, LDB, bias, c, LDC, M, K);
	gemm_panel((struct gemm_left){ turned, 1, M }, right, LDB, bias, other, LDC, M, K);
	for (size_t i = 0; i < M; i++)
		ck_assert_mem_eq(c + i * LDC, other + i * LDC, GEMM_PANEL * sizeof(float));
}
END_TEST

START_TEST(one_row_alone_gives_the_bits_that_it_gives_within_a_batch)
{
	fill();
	gemm_panel((struct gemm_left){ left, K, 1 }, right, LDB, bias, c, LDC, M, K);
	for (size_t i = 0; i < M; i++) {
		gemm_panel((struct gemm_left){ left + i * K, K, 1 }, right, LDB, bias, one, LDC, 1, K);
		ck_assert_mem_eq(one, c + i * LDC, GEMM_PANEL * sizeof(float));
	}
}
END_TEST

SUITE_MAIN("Panel product", a_panel_is_the_product_for_any_number_of_rows_and_leaves_the_rest_alone,
	   it_is_for_any_depth_even_none, a_transposed_left_side_gives_the_same_bits,
	   one_row_alone_gives_the_bits_that_it_gives_within_a_batch)
