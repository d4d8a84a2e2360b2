/* Named random streams. */
#include "tests/support/suite.h"

#include "common/learn/stream.h"

static uint64_t first_word(uint64_t seed, uint32_t phase, const char *who, const char *purpose)
{
	struct rng rng;
	ck_assert_int_eq(stream_open(&rng, seed, phase, who, purpose), 0);
	return rng_u64(&rng);
}

START_TEST(a_stream_starts_as_its_names_say_for_ever)
{
	/* hashlib and ten rounds of Philox written down in Python: a run of last year must repeat. */
	static const uint32_t expected[] = { 0x223cea1f, 0xd8fd2e7f, 0x6b17c3e9, 0xb796c6fc };
	struct rng rng;
	ck_assert_int_eq(stream_open(&rng, 100, 3, "client-07", "shuffle"), 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(rng_u32(&rng), expected[i]);
}
END_TEST

START_TEST(a_stream_opened_again_draws_the_same_numbers)
{
	struct rng first, second;
	ck_assert_int_eq(stream_open(&first, 100, 3, "client-07", "init"), 0);
	for (size_t i = 0; i < 1000; i++)
		(void)rng_u32(&first);
	ck_assert_int_eq(stream_open(&first, 100, 3, "client-07", "init"), 0);
	ck_assert_int_eq(stream_open(&second, 100, 3, "client-07", "init"), 0);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(rng_u32(&first), rng_u32(&second));
}
END_TEST

START_TEST(every_part_of_the_name_makes_another_stream)
{
	const uint64_t words[] = {
		first_word(100, 3, "client-07", "shuffle"), first_word(101, 3, "client-07", "shuffle"),
		first_word(100, 4, "client-07", "shuffle"), first_word(100, 3, "client-08", "shuffle"),
		first_word(100, 3, "client-07", "dropout"), first_word(3, 100, "client-07", "shuffle"),
		first_word(100, 3, "shuffle", "client-07"), first_word(100, 3, "client-07shuffle", ""),
		first_word(100, 3, "client-0", "7shuffle"),
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		for (size_t j = 0; j < i; j++)
			ck_assert_uint_ne(words[i], words[j]);
	}
}
END_TEST

SUITE_MAIN("named streams", a_stream_starts_as_its_names_say_for_ever,
	   a_stream_opened_again_draws_the_same_numbers, every_part_of_the_name_makes_another_stream)
