/* Positive definite matrices, seen row by row. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/cholesky.h"
#include "common/numerics/stats.h"

/* [[4, 2, 0], [2, 5, 3], [0, 3, 6]]: determinant 60; below the diagonal there is rubbish that nobody may
 * read. */
static void fill(double *a)
{
	const double values[9] = { 4, 2, 0, 99, 5, 3, 99, 99, 6 };
	for (size_t i = 0; i < 9; i++)
		a[i] = values[i];
}

START_TEST(a_solution_times_the_matrix_is_the_right_hand_side)
{
	double a[9], b[6] = { 8, 15, 18, 4, 2, 0 }; /* rows: A·(1.5, 1, 2.5) and A's first column */
	fill(a);
	ck_assert_int_eq(cholesky_factor(a, 3), CHOLESKY_E_OK);
	ck_assert_double_eq_tol(cholesky_log_det(a, 3), log(60.0), 1e-14);
	cholesky_solve(a, b, 2, 3);
	ck_assert_double_eq_tol(4 * b[0] + 2 * b[1], 8.0, 1e-13);
	ck_assert_double_eq_tol(2 * b[0] + 5 * b[1] + 3 * b[2], 15.0, 1e-13);
	ck_assert_double_eq_tol(3 * b[1] + 6 * b[2], 18.0, 1e-13);
	ck_assert_double_eq_tol(b[3], 1.0, 1e-14);
	ck_assert_double_eq_tol(b[4], 0.0, 1e-14);
	ck_assert_double_eq_tol(b[5], 0.0, 1e-14);
}
END_TEST

START_TEST(the_half_solved_vector_has_the_length_of_the_quadratic_form)
{
	double a[9], half[3] = { 4, 2, 0 };
	fill(a);
	ck_assert_int_eq(cholesky_factor(a, 3), CHOLESKY_E_OK);
	cholesky_forward(a, half, 1, 3);
	ck_assert_double_eq_tol(stats_dot(half, half, 3), 4.0, 1e-14); /* A's first column: bᵀA⁻¹b = A₀₀ */
}
END_TEST

START_TEST(the_inverse_has_the_known_entries)
{
	double a[9];
	fill(a);
	ck_assert_int_eq(cholesky_factor(a, 3), CHOLESKY_E_OK);
	cholesky_invert(a, 3);
	const double expected[9] = { 21, -12, 6, 0, 24, -12, 0, 0, 16 }; /* adjugate */
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = i; j < 3; j++)
			ck_assert_double_eq_tol(a[3 * i + j], expected[3 * i + j] / 60.0, 1e-15);
	}
}
END_TEST

START_TEST(an_indefinite_matrix_is_told_from_a_definite_one)
{
	double a[4] = { 1, 2, 0, 1 };
	ck_assert_int_eq(cholesky_factor(a, 2), CHOLESKY_E_INDEFINITE);
}
END_TEST

START_TEST(clipping_takes_away_the_negative_part_only)
{
	double a[4] = { 1, 2, 0, 1 }, workspace[128]; /* eigenvalues 3 and −1 along (1,1) and (1,−1) */
	ck_assert_uint_le(cholesky_clip_doubles(2), 128);
	ck_assert_int_eq(cholesky_clip(a, 2, workspace), 1);
	ck_assert_double_eq_tol(a[0], 1.5, 1e-14);
	ck_assert_double_eq_tol(a[1], 1.5, 1e-14);
	ck_assert_double_eq_tol(a[3], 1.5, 1e-14);
}
END_TEST

SUITE_MAIN("Cholesky", a_solution_times_the_matrix_is_the_right_hand_side,
	   the_half_solved_vector_has_the_length_of_the_quadratic_form, the_inverse_has_the_known_entries,
	   an_indefinite_matrix_is_told_from_a_definite_one, clipping_takes_away_the_negative_part_only)
