/* Dropout: which bits drop which unit, and by what the others grow. */
#include "tests/support/suite.h"

#include "common/numerics/dropout.h"
#include "tests/unit/numerics/numbers.h"

enum { N = 64 };

START_TEST(a_half_word_below_the_limit_drops_its_unit_and_its_slope)
{
	uint32_t words[N / 2];
	float y[N], slope[N];
	for (size_t j = 0; j < N / 2; j++)
		words[j] = 0xffffffff;
	for (size_t j = 0; j < N; j++)
		y[j] = slope[j] = 1.0f + (float)j;
	words[3] = 0xffff0000u | (DROPOUT_BELOW - 1); /* low half: unit 3 */
	words[4] = 0xffff0000u | DROPOUT_BELOW;       /* kept, just */
	words[5] = 0x0000ffffu;                       /* high half: unit 32 + 5 */
	dropout_apply(words, y, slope, N);
	for (size_t j = 0; j < N; j++) {
		float factor = j == 3 || j == N / 2 + 5 ? 0.0f : 65536.0f / 58982.0f;
		ck_assert_float_eq(y[j], factor * (1.0f + (float)j));
		ck_assert_float_eq(slope[j], factor * (1.0f + (float)j));
	}
}
END_TEST

START_TEST(a_tenth_is_dropped_and_the_mean_stays)
{
	enum { ROWS = 2000, UNITS = 512 };
	static uint32_t words[UNITS / 2];
	static float y[UNITS], slope[UNITS];
	struct rng rng;
	double total = 0.0, dropped = 0.0;
	rng_init(&rng, 6, 0);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < UNITS; j++)
			y[j] = slope[j] = 1.0f;
		rng_fill(&rng, i * UNITS / 2, words, UNITS / 2);
		dropout_apply(words, y, slope, UNITS);
		for (size_t j = 0; j < UNITS; j++) {
			total += (double)y[j];
			dropped += y[j] == 0.0f;
		}
	}
	ck_assert_double_eq_tol(dropped / (ROWS * UNITS), 0.1, 2e-3);
	ck_assert_double_eq_tol(total / (ROWS * UNITS), 1.0, 2e-3);
}
END_TEST

SUITE_MAIN("Dropout", a_half_word_below_the_limit_drops_its_unit_and_its_slope,
	   a_tenth_is_dropped_and_the_mean_stays)
