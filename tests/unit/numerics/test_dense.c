/* The linear layer: its place for every weight, its gradients as slopes of a sum. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/numerics/dense.h"
#include "tests/unit/numerics/numbers.h"

enum { ROWS = 9, IN = 96, OUT = 64, LDX = 112, LDY = 80, PANEL = 32 };

static const struct dense_shape shape = { ROWS, IN, OUT };
static float x[ROWS * LDX], w[IN * OUT], bias[OUT], y[ROWS * LDY], c[ROWS * LDY];

static void fill(void)
{
	numbers(x, ROWS * LDX, 1.0f, 1);
	numbers(w, IN * OUT, 0.3f, 2);
	numbers(bias, OUT, 1.0f, 3);
	numbers(c, ROWS * LDY, 1.0f, 4);
}

static size_t at(size_t i, size_t o)
{
	return o / PANEL * PANEL * IN + i * PANEL + o % PANEL;
}

/* Σ c·(x·W + b), whose gradient by y is c. */
static double sum(void)
{
	double total = 0.0;
	dense_forward(x, LDX, w, bias, y, LDY, shape);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t o = 0; o < OUT; o++)
			total += (double)c[i * LDY + o] * (double)y[i * LDY + o];
	}
	return total;
}

static double slope_at(float *where)
{
	float before = *where, h = 0.5f; /* the sum is linear: no step is too large */
	*where = before + h;
	double above = sum();
	*where = before - h;
	double below = sum();
	*where = before;
	return (above - below) / (2.0 * (double)h);
}

START_TEST(every_output_is_its_column_of_weights_times_the_row_plus_the_bias)
{
	fill();
	dense_forward(x, LDX, w, bias, y, LDY, shape);
	for (size_t r = 0; r < ROWS; r++) {
		for (size_t o = 0; o < OUT; o++) {
			double expected = (double)bias[o];
			for (size_t i = 0; i < IN; i++)
				expected += (double)x[r * LDX + i] * (double)w[at(i, o)];
			ck_assert_double_eq_tol((double)y[r * LDY + o], expected, 1e-5);
		}
	}
}
END_TEST

START_TEST(the_gradient_of_a_weight_is_the_slope_of_the_sum)
{
	static float dw[IN * OUT];
	fill();
	for (size_t panel = 0; panel < OUT / PANEL; panel++)
		dense_gradient(x, LDX, c, LDY, dw + panel * IN * PANEL, panel, shape);
	for (size_t j = 0; j < IN * OUT; j += 37)
		ck_assert_double_eq_tol((double)dw[j], slope_at(w + j), 1e-4);
}
END_TEST

START_TEST(the_gradient_of_an_input_is_the_slope_of_the_sum)
{
	static float turned[IN * OUT], dx[ROWS * LDX];
	fill();
	dense_transpose(w, turned, IN, OUT);
	dense_forward(c, LDY, turned, NULL, dx, LDX, (struct dense_shape){ ROWS, OUT, IN });
	for (size_t r = 0; r < ROWS; r++) {
		for (size_t i = 0; i < IN; i += 7)
			ck_assert_double_eq_tol((double)dx[r * LDX + i], slope_at(x + r * LDX + i), 1e-4);
	}
}
END_TEST

START_TEST(transposing_twice_changes_nothing)
{
	static float turned[IN * OUT], back[IN * OUT];
	fill();
	dense_transpose(w, turned, IN, OUT);
	dense_transpose(turned, back, OUT, IN);
	ck_assert_mem_eq(back, w, sizeof(w));
	ck_assert_mem_ne(turned, w, sizeof(w));
}
END_TEST

START_TEST(dot_and_add_have_the_same_bits_on_every_processor)
{
	fill();
	double expected = 0.0;
	for (size_t i = 0; i < IN * OUT / 2; i++)
		expected += (double)w[i] * (double)w[IN * OUT / 2 + i];
	float got = dense_dot(w, w + IN * OUT / 2, IN * OUT / 2);
	ck_assert_double_eq_tol((double)got, expected, 1e-5);
	ck_assert_uint_eq(bits_of(&got, 1), UINT64_C(0xb99287b9574f391d));
	dense_add(-0.7f, w, x, 48);
	ck_assert_uint_eq(bits_of(x, 64), UINT64_C(0x6eedbafb2c027682));
}
END_TEST

SUITE_MAIN("Linear layer", every_output_is_its_column_of_weights_times_the_row_plus_the_bias,
	   the_gradient_of_a_weight_is_the_slope_of_the_sum, the_gradient_of_an_input_is_the_slope_of_the_sum,
	   transposing_twice_changes_nothing, dot_and_add_have_the_same_bits_on_every_processor)
