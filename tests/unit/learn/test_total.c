/* Between values, words and the state. */
#include "tests/support/suite.h"

#include <errno.h>

#include "common/learn/total.h"

enum { MODELS = 3 };

/* Two lanes: n counts rows, sum holds USD and clips. */
static struct phase make_phase(void)
{
	struct phase phase = { .kind = PHASE_SUMS };
	ck_assert_int_eq(lanes_init(&phase.lanes, 100, 10), 0);
	ck_assert_int_eq(lanes_add(&phase.lanes, "n", 1, (size_t[]){ MODELS }, 0, 1.0, LANE_PER_ROW), 0);
	ck_assert_int_eq(lanes_add(&phase.lanes, "sum", 2, (size_t[]){ 2, MODELS }, LANE_USD_SCALE,
				   LANE_USD_BOUND, LANE_PER_ROW_CLIPPED),
			 0);
	return phase;
}

static struct answer started(const struct phase *phase, uint64_t rows)
{
	struct answer answer = { .rows = rows };
	ck_assert_int_eq(total_start(&phase->lanes, &answer), 0);
	return answer;
}

START_TEST(an_answer_starts_with_zeros_and_gives_back_what_was_put)
{
	const struct phase phase = make_phase();
	cleanup(answer_deinit) struct answer answer = started(&phase, 4);
	const double n[MODELS] = { 4, 0, 3 }, sum[2 * MODELS] = { 0.5, 0.25, 1, 2, 0, 0x1p-32 };
	double back[2 * MODELS];
	for (size_t i = 0; i < phase.lanes.words; i++)
		ck_assert_uint_eq(answer.words[i], 0);
	ck_assert_int_eq(total_put(&phase.lanes, "n", n, &answer), 0);
	ck_assert_int_eq(total_put(&phase.lanes, "sum", sum, &answer), 0);
	total_values(&phase.lanes, "n", answer.words, back);
	ck_assert_mem_eq(back, n, sizeof(n));
	total_values(&phase.lanes, "sum", answer.words, back);
	ck_assert_mem_eq(back, sum, sizeof(sum));
	ck_assert_uint_eq(answer.clipped, 0);
}
END_TEST

START_TEST(a_part_of_a_lane_leaves_the_rest_alone)
{
	const struct phase phase = make_phase();
	cleanup(answer_deinit) struct answer answer = started(&phase, 4);
	const double before[MODELS] = { 1, 1, 1 }, values[2] = { 7, 8 };
	double back[2 * MODELS];
	ck_assert_int_eq(total_put(&phase.lanes, "n", before, &answer), 0);
	ck_assert_int_eq(total_put_part(&phase.lanes, "sum", 2, 2, values, &answer), 0);
	total_values(&phase.lanes, "sum", answer.words, back);
	ck_assert_mem_eq(back, ((double[]){ 0, 0, 7, 8, 0, 0 }), sizeof(back));
	total_values(&phase.lanes, "n", answer.words, back);
	ck_assert_mem_eq(back, before, sizeof(before));
}
END_TEST

START_TEST(a_value_beyond_its_bound_is_clipped_and_counted_or_an_error_as_its_lane_says)
{
	const struct phase phase = make_phase();
	cleanup(answer_deinit) struct answer answer = started(&phase, 2);
	const double sum[2 * MODELS] = { 128, 129, 1e300, 0, 0, 0 };
	double back[2 * MODELS];
	ck_assert_int_eq(total_put(&phase.lanes, "sum", sum, &answer), 0);
	ck_assert_uint_eq(answer.clipped, 2);
	total_values(&phase.lanes, "sum", answer.words, back);
	ck_assert_mem_eq(back, ((double[]){ 128, 128, 128, 0, 0, 0 }), sizeof(back));
	ck_assert_int_eq(total_put(&phase.lanes, "n", (double[]){ 2, 0, 3 }, &answer), -ERANGE);
}
END_TEST

START_TEST(the_state_keeps_the_total_as_the_integers_that_were_added)
{
	const struct phase phase = make_phase();
	cleanup(state_deinit) struct state state = { 0 };
	cleanup(answer_deinit) struct answer answer = started(&phase, 1);
	for (size_t i = 0; i < phase.lanes.words; i++)
		answer.words[i] = i % 2 == 0 ? i : (uint64_t) - (int64_t)i;
	const struct answers answers = { .n = 1, .total = answer.words };
	ck_assert_ptr_null(total_words(&state, &phase.lanes));
	ck_assert_int_eq(total_keep(&phase, &state, &answers), 0);
	const uint64_t *kept = total_words(&state, &phase.lanes);
	ck_assert_ptr_nonnull(kept);
	ck_assert_ptr_ne(kept, answer.words);
	ck_assert_mem_eq(kept, answer.words, phase.lanes.words * sizeof(*kept));
}
END_TEST

START_TEST(a_total_of_another_size_is_none)
{
	struct phase phase = make_phase();
	cleanup(state_deinit) struct state state = { 0 };
	cleanup(answer_deinit) struct answer answer = started(&phase, 1);
	const struct answers answers = { .n = 1, .total = answer.words };
	ck_assert_int_eq(total_keep(&phase, &state, &answers), 0);
	ck_assert_int_eq(lanes_add(&phase.lanes, "more", 0, NULL, 0, 1.0, LANE_PER_ROW), 0);
	ck_assert_ptr_null(total_words(&state, &phase.lanes));
}
END_TEST

SUITE_MAIN("totals", an_answer_starts_with_zeros_and_gives_back_what_was_put,
	   a_part_of_a_lane_leaves_the_rest_alone,
	   a_value_beyond_its_bound_is_clipped_and_counted_or_an_error_as_its_lane_says,
	   the_state_keeps_the_total_as_the_integers_that_were_added, a_total_of_another_size_is_none)
