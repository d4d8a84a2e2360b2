/* Sums over rows of embeddings. */
#include "tests/support/suite.h"

#include "common/numerics/stats.h"

START_TEST(a_gram_matrix_adds_up_over_blocks_in_its_upper_triangle)
{
	const float first[2] = { 1.0f, 2.0f }, second[2] = { 3.0f, -1.0f };
	const float *x[2] = { first, second };
	double gram[4] = { 0, 0, 77, 0 }, wide[STATS_BLOCK * 2];
	stats_gram(x, gram, wide, 2, 2);
	stats_gram(x, gram, wide, 1, 2);
	ck_assert_double_eq(gram[0], 11.0);
	ck_assert_double_eq(gram[1], 1.0);
	ck_assert_double_eq(gram[2], 77.0);
	ck_assert_double_eq(gram[3], 9.0);
	ck_assert_double_eq(wide[1], 2.0);
}
END_TEST

START_TEST(weighted_sums_take_each_row_with_its_weight)
{
	const double rows[4] = { 1, 2, 3, 4 }, weight[2] = { 10, -1 };
	double sum[2] = { 100, 0 }, plain[2] = { 0 };
	stats_weighted(rows, weight, sum, 2, 2);
	ck_assert_double_eq(sum[0], 107.0);
	ck_assert_double_eq(sum[1], 16.0);
	stats_weighted(rows, NULL, plain, 2, 2);
	ck_assert_double_eq(plain[0], 4.0);
	ck_assert_double_eq(plain[1], 6.0);
}
END_TEST

START_TEST(a_triangle_packed_and_unpacked_is_the_same)
{
	const double matrix[9] = { 1, 2, 3, 0, 4, 5, 0, 0, 6 };
	double packed[6], back[9] = { 0 };
	stats_pack(matrix, packed, 3);
	for (size_t i = 0; i < 6; i++)
		ck_assert_double_eq(packed[i], (double)(i + 1));
	stats_unpack(packed, back, 3);
	ck_assert_mem_eq(back, matrix, sizeof(back));
}
END_TEST

START_TEST(a_downdate_subtracts_what_a_gram_adds)
{
	const double rows[4] = { 1, 2, 3, -1 };
	double matrix[4] = { 10, -1, 0, 5 };
	stats_downdate(rows, matrix, 2, 2);
	ck_assert_double_eq(matrix[0], 0.0);
	ck_assert_double_eq(matrix[1], 0.0);
	ck_assert_double_eq(matrix[3], 0.0);
}
END_TEST

START_TEST(a_dot_product_does_not_depend_on_where_its_vectors_lie)
{
	double a[70], b[70];
	for (size_t i = 0; i < 70; i++) {
		a[i] = 1.0 / (double)(i + 1);
		b[i] = (double)(i * i) - 0.3;
	}
	double moved[70];
	for (size_t i = 0; i < 69; i++)
		moved[i + 1] = a[i];
	ck_assert_double_eq(stats_dot(a, b, 69), stats_dot(moved + 1, b, 69));
	ck_assert_double_eq(stats_dot((double[]){ 1, 2, 3 }, (double[]){ 4, 5, 6 }, 3), 32.0);
	ck_assert_double_eq(stats_dot(a, b, 0), 0.0);
}
END_TEST

SUITE_MAIN("Stats", a_gram_matrix_adds_up_over_blocks_in_its_upper_triangle,
	   weighted_sums_take_each_row_with_its_weight, a_triangle_packed_and_unpacked_is_the_same,
	   a_downdate_subtracts_what_a_gram_adds, a_dot_product_does_not_depend_on_where_its_vectors_lie)
