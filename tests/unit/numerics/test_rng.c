/* Random numbers: the published answers of Philox, and the distributions made of it. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/numerics/rng.h"

/* Known answers of Random123 1.14 (kat_vectors, philox4x32-10). Counter words c0 c1 are the block number, c2
 * c3 the stream. */
static void expect_block(struct rng rng, const uint32_t expected[4])
{
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(rng_u32(&rng), expected[i]);
}

START_TEST(philox_gives_the_published_words_for_zero_key_and_counter)
{
	struct rng rng;
	rng_init(&rng, 0, 0);
	expect_block(rng, (uint32_t[]){ 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 });
}
END_TEST

START_TEST(philox_gives_the_published_words_for_all_ones)
{
	struct rng rng;
	rng_init(&rng, UINT64_MAX, UINT64_MAX);
	rng.counter = UINT64_MAX;
	expect_block(rng, (uint32_t[]){ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd });
}
END_TEST

START_TEST(philox_gives_the_published_words_for_the_digits_of_pi)
{
	struct rng rng;
	rng_init(&rng, UINT64_C(0x299f31d0a4093822), UINT64_C(0x0370734413198a2e));
	rng.counter = UINT64_C(0x85a308d3243f6a88);
	expect_block(rng, (uint32_t[]){ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 });
}
END_TEST

START_TEST(filling_from_anywhere_gives_the_words_of_the_stream)
{
	enum { WORDS = 900 };
	struct rng rng;
	uint32_t drawn[WORDS], filled[WORDS];
	rng_init(&rng, 7, 9);
	rng.counter = UINT32_MAX - 100u; /* the counter's low half overflows on the way */
	for (int i = 0; i < WORDS; i++)
		drawn[i] = rng_u32(&rng);
	rng_init(&rng, 7, 9);
	for (uint64_t first = 0; first < 9; first++) {
		for (size_t n = 0; n <= WORDS - first; n += 41) {
			memset(filled, 0, sizeof(filled));
			rng_fill(&rng, 4 * (uint64_t)(UINT32_MAX - 100u) + first, filled, n);
			ck_assert_mem_eq(filled, drawn + first, n * sizeof(drawn[0]));
			ck_assert_uint_eq(n < WORDS ? filled[n] : 0, 0);
		}
	}
}
END_TEST

START_TEST(a_64_bit_word_is_two_words_with_the_low_one_first)
{
	struct rng rng;
	rng_init(&rng, 0, 0);
	ck_assert_uint_eq(rng_u64(&rng), UINT64_C(0xe169c58d6627e8d5));
	ck_assert_double_eq(rng_uniform(&rng),
			    (double)(UINT64_C(0x9b00dbd8bc57ac4c) >> 11) / 9007199254740992.0);
}
END_TEST

enum { DRAWS = 200000 };

START_TEST(uniform_numbers_have_the_moments_of_the_unit_interval)
{
	struct rng rng;
	double sum = 0.0, square = 0.0;
	rng_init(&rng, 1, 2);
	for (int i = 0; i < DRAWS; i++) {
		double u = rng_uniform(&rng);
		ck_assert(u >= 0.0 && u < 1.0);
		sum += u;
		square += u * u;
	}
	ck_assert_double_eq_tol(sum / DRAWS, 0.5, 0.003); /* 5 standard errors */
	ck_assert_double_eq_tol(square / DRAWS, 1.0 / 3.0, 0.0034);
}
END_TEST

START_TEST(numbers_below_seven_are_equally_frequent)
{
	struct rng rng;
	size_t counts[7] = { 0 };
	rng_init(&rng, 3, 4);
	for (int i = 0; i < DRAWS; i++)
		counts[rng_below(&rng, 7)]++;
	double chi = 0.0, expected = DRAWS / 7.0;
	for (int i = 0; i < 7; i++)
		chi += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
	ck_assert_double_lt(chi, 27.9); /* 6 degrees of freedom, one in ten thousand */
	ck_assert_uint_eq(rng_below(&rng, 1), 0);
}
END_TEST

START_TEST(normal_numbers_have_the_moments_of_the_standard_normal)
{
	struct rng rng;
	double moment[5] = { 0 };
	rng_init(&rng, 5, 6);
	for (int i = 0; i < DRAWS; i++) {
		double z = rng_normal(&rng), power = z;
		for (int j = 1; j < 5; j++, power *= z)
			moment[j] += power / DRAWS;
	}
	ck_assert_double_eq_tol(moment[1], 0.0, 0.0112);
	ck_assert_double_eq_tol(moment[2], 1.0, 0.0158);
	ck_assert_double_eq_tol(moment[3], 0.0, 0.0433);
	ck_assert_double_eq_tol(moment[4], 3.0, 0.11);
}
END_TEST

/* E ln G = digamma(α), Var ln G = trigamma(α). */
static void expect_log_gamma(double alpha, double digamma, double trigamma)
{
	struct rng rng;
	double sum = 0.0, square = 0.0;
	rng_init(&rng, 11, 12);
	for (int i = 0; i < DRAWS; i++) {
		double value = rng_log_gamma(&rng, alpha);
		ck_assert(isfinite(value));
		sum += value;
		square += (value - digamma) * (value - digamma);
	}
	ck_assert_double_eq_tol(sum / DRAWS, digamma, 5.0 * sqrt(trigamma / DRAWS));
	ck_assert_double_eq_tol(square / DRAWS / trigamma, 1.0, 0.04);
}

START_TEST(log_gamma_has_its_mean_and_variance_above_and_below_one)
{
	expect_log_gamma(2.5, 0.7031566406452432, 0.4903577561002349);
	expect_log_gamma(0.45, -2.233538644808668, 5.916350393532539);
	expect_log_gamma(0.03, -33.86225442061877, 1112.68673602648);
}
END_TEST

START_TEST(dirichlet_at_tiny_alpha_sums_to_one_and_never_underflows_to_nothing)
{
	struct rng rng;
	double p[10], first = 0.0, square = 0.0;
	rng_init(&rng, 21, 22);
	for (int i = 0; i < 20000; i++) {
		double sum = 0.0;
		rng_dirichlet(&rng, 0.03, p, 10);
		for (int j = 0; j < 10; j++) {
			ck_assert(p[j] >= 0.0 && p[j] <= 1.0);
			sum += p[j];
		}
		ck_assert_double_eq_tol(sum, 1.0, 1e-12);
		first += p[0] / 20000;
		square += p[0] * p[0] / 20000;
	}
	/* mean 1/n, E p² = (α + 1)/(n(nα + 1)) */
	ck_assert_double_eq_tol(first, 0.1, 0.0097);
	ck_assert_double_eq_tol(square, 1.03 / 13.0, 0.0095);
}
END_TEST

START_TEST(a_shuffle_is_a_permutation_and_every_item_goes_everywhere)
{
	struct rng rng;
	size_t seen[5][5] = { { 0 } };
	rng_init(&rng, 31, 32);
	for (int i = 0; i < 50000; i++) {
		uint32_t items[5] = { 0, 1, 2, 3, 4 }, mask = 0;
		rng_shuffle(&rng, items, 5);
		for (int j = 0; j < 5; j++) {
			seen[items[j]][j]++;
			mask |= 1u << items[j];
		}
		ck_assert_uint_eq(mask, 31);
	}
	for (int i = 0; i < 25; i++)
		ck_assert_double_eq_tol((double)seen[i / 5][i % 5], 10000.0, 450.0);
}
END_TEST

SUITE_MAIN("Random numbers", philox_gives_the_published_words_for_zero_key_and_counter,
	   philox_gives_the_published_words_for_all_ones,
	   philox_gives_the_published_words_for_the_digits_of_pi,
	   filling_from_anywhere_gives_the_words_of_the_stream,
	   a_64_bit_word_is_two_words_with_the_low_one_first,
	   uniform_numbers_have_the_moments_of_the_unit_interval, numbers_below_seven_are_equally_frequent,
	   normal_numbers_have_the_moments_of_the_standard_normal,
	   log_gamma_has_its_mean_and_variance_above_and_below_one,
	   dirichlet_at_tiny_alpha_sums_to_one_and_never_underflows_to_nothing,
	   a_shuffle_is_a_permutation_and_every_item_goes_everywhere)
