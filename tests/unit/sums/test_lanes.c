/* The arithmetic of sums. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/sums/lanes.h"

static struct lanes two_lanes(void)
{
	struct lanes lanes;
	ck_assert_int_eq(lanes_init(&lanes, 65536, 64), 0);
	ck_assert_int_eq(lanes_add(&lanes, "n", 1, (size_t[]){ 2 }, 0, LANE_COUNT_BOUND, LANE_PER_ROW), 0);
	ck_assert_int_eq(lanes_add(&lanes, "sum_x", 1, (size_t[]){ 3 }, LANE_UNIT_SCALE, LANE_UNIT_BOUND,
				   LANE_PER_ROW),
			 0);
	ck_assert_int_eq(lanes_add(&lanes, "sum_cost", 0, NULL, LANE_USD_SCALE, LANE_USD_BOUND,
				   LANE_PER_ROW_CLIPPED),
			 0);
	return lanes;
}

START_TEST(values_round_to_the_nearest_word_and_half_to_even)
{
	struct lanes lanes = two_lanes();
	const struct lane *lane = lanes_find(&lanes, "sum_x");
	double unit = 0x1p-38, values[3] = { 0.5 * unit, 1.5 * unit, -2.5 * unit };
	uint64_t words[6] = { 0 };
	ck_assert_int_eq(lanes_quantize(&lanes, lane, values, 1, words, NULL, NULL), LANES_E_OK);
	ck_assert_int_eq((int64_t)words[2], 0);
	ck_assert_int_eq((int64_t)words[3], 2);
	ck_assert_int_eq((int64_t)words[4], -2);
}
END_TEST

START_TEST(adding_then_subtracting_a_client_returns_the_same_bytes)
{
	uint64_t total[4] = { 7, UINT64_MAX, 1u << 31, 0 }, before[4];
	const uint64_t part[4] = { UINT64_MAX - 3, 12, 99, (uint64_t)-5 };
	memcpy(before, total, sizeof(total));
	lanes_sum(total, part, 4);
	ck_assert_mem_ne(total, before, sizeof(total));
	lanes_subtract(total, part, 4);
	ck_assert_mem_eq(total, before, sizeof(total));
}
END_TEST

START_TEST(a_value_beyond_its_bound_is_refused_and_named)
{
	struct lanes lanes = two_lanes();
	double values[3] = { 0.0, 2.5, 0.0 };
	uint64_t words[6] = { 0 };
	size_t where = 99;
	ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "sum_x"), values, 2, words, &where, NULL),
			 LANES_E_BEYOND);
	ck_assert_uint_eq(where, 1);
	values[1] = NAN;
	ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "sum_x"), values, 2, words, &where, NULL),
			 LANES_E_BEYOND);
}
END_TEST

START_TEST(a_clipped_lane_clips_and_counts)
{
	struct lanes lanes = two_lanes();
	double cost = 1000.0;
	uint64_t words[6] = { 0 };
	size_t clipped = 0;
	ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "sum_cost"), &cost, 2, words, NULL,
					&clipped),
			 0);
	ck_assert_uint_eq(clipped, 1);
	ck_assert_uint_eq(words[5], (uint64_t)(128.0 * 0x1p32));
}
END_TEST

START_TEST(a_table_whose_totals_could_overflow_is_refused)
{
	struct lanes lanes;
	ck_assert_int_ne(lanes_init(&lanes, 65536, 512), 0);
	ck_assert_int_eq(lanes_init(&lanes, 65536, 256), 0);
	ck_assert_int_ne(lanes_add(&lanes, "too_fine", 0, NULL, 40, 1.0, LANE_PER_ROW), 0);
	ck_assert_int_eq(lanes_add(&lanes, "fits", 0, NULL, 38, 1.0, LANE_PER_ROW), 0);
}
END_TEST

START_TEST(the_largest_total_of_a_full_cohort_comes_back_exactly)
{
	struct lanes lanes;
	ck_assert_int_eq(lanes_init(&lanes, 65536, 256), 0);
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, LANE_UNIT_SCALE, LANE_UNIT_BOUND, LANE_PER_ROW), 0);
	double most = LANE_UNIT_BOUND * 65536, value;
	uint64_t word, total = 0;
	ck_assert_int_eq(lanes_quantize(&lanes, &lanes.items[0], &most, 65536, &word, NULL, NULL), 0);
	for (int i = 0; i < 256; i++)
		lanes_sum(&total, &word, 1);
	lanes_values(&lanes.items[0], &total, &value);
	ck_assert_double_eq(value, 256 * most);
}
END_TEST

START_TEST(the_digest_tells_tables_apart)
{
	struct lanes a = two_lanes(), b = two_lanes();
	struct digest da, db;
	ck_assert_int_eq(lanes_digest(&a, &da), 0);
	ck_assert_int_eq(lanes_digest(&b, &db), 0);
	ck_assert_mem_eq(&da, &db, sizeof(da));
	b.items[1].scale--;
	ck_assert_int_eq(lanes_digest(&b, &db), 0);
	ck_assert_mem_ne(&da, &db, sizeof(da));
}
END_TEST

START_TEST(a_peers_word_beyond_the_bound_of_its_rows_is_refused_by_name)
{
	struct lanes lanes = two_lanes();
	struct findings findings = { 0 };
	uint64_t words[6] = { 3, 0, 0, 0, 0, 0 };
	ck_assert_int_eq(lanes_check(&lanes, words, 3, "client-07", &findings), LANES_E_OK);
	words[4] = (uint64_t)INT64_MIN;
	ck_assert_int_eq(lanes_check(&lanes, words, 3, "client-07", &findings), LANES_E_BEYOND);
	ck_assert_str_eq(findings.items[0].file, "client-07");
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "sum_x"));
	ck_assert_int_eq(lanes_check(&lanes, words, 65537, "client-07", &findings), LANES_E_BEYOND);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("Lanes", values_round_to_the_nearest_word_and_half_to_even,
	   adding_then_subtracting_a_client_returns_the_same_bytes,
	   a_value_beyond_its_bound_is_refused_and_named, a_clipped_lane_clips_and_counts,
	   a_table_whose_totals_could_overflow_is_refused,
	   the_largest_total_of_a_full_cohort_comes_back_exactly, the_digest_tells_tables_apart,
	   a_peers_word_beyond_the_bound_of_its_rows_is_refused_by_name)
