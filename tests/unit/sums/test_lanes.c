/* The arithmetic of sums. */
#include "tests/support/suite.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/sums/lanes.h"

#define SHAPE(...)                                                             \
	(sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t)), (const size_t[]) \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

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
	for (size_t change = 0; change < 8; change++) {
		b = two_lanes();
		switch (change) {
		case 0:
			b.items[1].scale--;
			break;
		case 1:
			b.items[1].bound = nextafter(b.items[1].bound, 2.0);
			break;
		case 2:
			b.items[1].kind = LANE_PER_ROW_CLIPPED;
			break;
		case 3:
			b.items[1].name[0] = 'S';
			break;
		case 4:
			b.items[1].shape[0]++;
			break;
		case 5:
			b.items[1].rank = 0;
			break;
		case 6:
			b.rows--;
			break;
		default:
			b.n--;
			break;
		}
		ck_assert_int_eq(lanes_digest(&b, &db), 0);
		ck_assert_mem_ne(&da, &db, sizeof(da));
	}
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

START_TEST(infinite_values_are_refused_even_where_lanes_clip)
{
	struct lanes lanes = two_lanes();
	const double values[] = { INFINITY, -INFINITY, (double)NAN };
	uint64_t words[6] = { 0 };
	for (size_t i = 0; i < 3; i++) {
		size_t where = 99, clipped = 0;
		ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "sum_cost"), &values[i], 2, words,
						&where, &clipped),
				 LANES_E_BEYOND);
		ck_assert_uint_eq(where, 0);
		ck_assert_uint_eq(clipped, 0);
	}
}
END_TEST

START_TEST(a_lane_per_contribution_has_the_same_bound_whatever_the_rows)
{
	struct lanes lanes;
	size_t clipped = 0;
	uint64_t words[4];
	ck_assert_int_eq(lanes_init(&lanes, 65536, 64), 0);
	ck_assert_int_eq(lanes_add(&lanes, "delta", SHAPE(4), LANE_DELTA_SCALE, LANE_DELTA_BOUND,
				   LANE_PER_CONTRIBUTION),
			 0);
	const double values[] = { 8.0, 9.0, -1e300, -7.5 };
	ck_assert_int_eq(lanes_quantize(&lanes, &lanes.items[0], values, 65536, words, NULL, &clipped),
			 LANES_E_OK);
	ck_assert_uint_eq(clipped, 2);
	ck_assert_int_eq((int64_t)words[0], INT64_C(8) << 40);
	ck_assert_int_eq((int64_t)words[1], INT64_C(8) << 40);
	ck_assert_int_eq((int64_t)words[2], -(INT64_C(8) << 40));
	ck_assert_int_eq((int64_t)words[3], -(INT64_C(15) << 39));
}
END_TEST

START_TEST(more_rows_than_the_plan_allows_cannot_be_quantized)
{
	struct lanes lanes = two_lanes();
	const double values[] = { 1.0, 2.0 };
	uint64_t words[6] = { 0 };
	ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "n"), values, 65536, words, NULL, NULL),
			 LANES_E_OK);
	ck_assert_int_eq(lanes_quantize(&lanes, lanes_find(&lanes, "n"), values, 65537, words, NULL, NULL),
			 LANES_E_BEYOND);
}
END_TEST

START_TEST(a_lane_without_a_bound_is_refused)
{
	struct lanes lanes;
	ck_assert_int_eq(lanes_init(&lanes, 4, 4), 0);
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, 0, (double)NAN, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, 0, INFINITY, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, 0, -1.0, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, 0, 0.0, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_uint_eq(lanes.n, 0);
}
END_TEST

START_TEST(names_and_shapes_that_do_not_fit_are_refused)
{
	struct lanes lanes = two_lanes();
	ck_assert_int_eq(lanes_add(&lanes, "n", 0, NULL, 0, 1.0, LANE_PER_ROW), -EINVAL);
	ck_assert_int_eq(lanes_add(&lanes, "a_name_of_thirty_two_letters____", 0, NULL, 0, 1.0, LANE_PER_ROW),
			 -EINVAL);
	ck_assert_int_eq(lanes_add(&lanes, "x", SHAPE(1, 1, 1, 1), 0, 1.0, LANE_PER_ROW), -EINVAL);
	ck_assert_int_eq(lanes_add(&lanes, "x", SHAPE(SIZE_MAX, 2), 0, 1.0, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_int_eq(lanes_add(&lanes, "x", SHAPE(SIZE_MAX / 16), 0, 1.0, LANE_PER_ROW), -EOVERFLOW);
	ck_assert_uint_eq(lanes.n, 3);
	ck_assert_uint_eq(lanes.words, 6);
	for (size_t i = 3; i < LANES_MOST; i++) {
		char name[8];
		snprintf(name, sizeof(name), "x%zu", i);
		ck_assert_int_eq(lanes_add(&lanes, name, 0, NULL, 0, 1.0, LANE_PER_ROW), 0);
	}
	ck_assert_int_eq(lanes_add(&lanes, "more", 0, NULL, 0, 1.0, LANE_PER_ROW), -EINVAL);
}
END_TEST

START_TEST(limits_that_are_zero_or_beyond_their_product_are_refused)
{
	struct lanes lanes;
	ck_assert_int_eq(lanes_init(&lanes, 0, 1), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, 1, 0), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, UINT64_MAX, 1), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, 1, UINT64_MAX), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, UINT64_C(1) << 32, UINT64_C(1) << 32), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, (1 << 24) + 1, 1), -EOVERFLOW);
	ck_assert_int_eq(lanes_init(&lanes, 1 << 24, 1), 0);
	ck_assert_int_eq(lanes_init(&lanes, 1, 1 << 24), 0);
}
END_TEST

/* The word that is good by `most` and the next one that is not, on both sides. */
static void check_edge(const struct lanes *lanes, size_t word, uint64_t rows, int64_t most)
{
	struct findings findings = { 0 };
	const int64_t good[] = { most, -most, 0 }, bad[] = { most + 1, -most - 1, INT64_MAX, INT64_MIN };
	for (size_t i = 0; i < 3; i++) {
		uint64_t words[6] = { 0 };
		words[word] = (uint64_t)good[i];
		ck_assert_int_eq(lanes_check(lanes, words, rows, "client-07", &findings), LANES_E_OK);
	}
	for (size_t i = 0; i < 4; i++) {
		uint64_t words[6] = { 0 };
		words[word] = (uint64_t)bad[i];
		ck_assert_int_eq(lanes_check(lanes, words, rows, "client-07", &findings), LANES_E_BEYOND);
	}
	ck_assert_uint_eq(findings.n, 4);
	findings_deinit(&findings);
}

START_TEST(a_peers_word_is_judged_to_its_last_bit)
{
	struct lanes lanes = two_lanes();
	check_edge(&lanes, 0, 65536, 65536 + 1);
	check_edge(&lanes, 0, 3, 3 + 1);
	check_edge(&lanes, 0, 0, 1);
	check_edge(&lanes, 4, 1, (INT64_C(1) << 38) + (INT64_C(1) << 28) + 1);
	/* Beyond 2^53, where doubles are no longer whole numbers apart. */
	check_edge(&lanes, 4, 65536, (INT64_C(1) << 54) + (INT64_C(1) << 44));
}
END_TEST

START_TEST(contributions_at_their_edges_fill_a_cohort_without_overflow)
{
	struct lanes lanes;
	ck_assert_int_eq(lanes_init(&lanes, 5592405, 3), 0);
	/* The largest bound that the table takes with three contributions. */
	double bound = 1.0;
	for (double step = 0.5; step > 0x1p-60; step /= 2) {
		struct lanes more = lanes;
		if (lanes_add(&more, "x", 0, NULL, 39, bound + step, LANE_PER_ROW) == 0)
			bound += step;
	}
	ck_assert_int_eq(lanes_add(&lanes, "x", 0, NULL, 39, bound, LANE_PER_ROW), 0);
	int64_t most = INT64_MAX, least = 0;
	while (most - least > 1) {
		uint64_t word = (uint64_t)(least + (most - least) / 2);
		struct findings findings = { 0 };
		if (lanes_check(&lanes, &word, 5592405, "client", &findings) == LANES_E_OK)
			least = (int64_t)word;
		else
			most = (int64_t)word;
		findings_deinit(&findings);
	}
	int64_t total;
	ck_assert(!__builtin_mul_overflow(least, 3, &total));
}
END_TEST

START_TEST(totals_do_not_depend_on_the_order_and_each_part_can_leave)
{
	uint64_t forth[8] = { 0 }, back[8] = { 0 }, without[8] = { 0 }, parts[20][8];
	for (size_t i = 0; i < 20; i++)
		for (size_t j = 0; j < 8; j++)
			parts[i][j] = (i * 8 + j + 1) * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < 20; i++) {
		lanes_sum(forth, parts[i], 8);
		lanes_sum(back, parts[19 - i], 8);
		if (i != 7)
			lanes_sum(without, parts[i], 8);
	}
	ck_assert_mem_eq(forth, back, sizeof(forth));
	lanes_subtract(forth, parts[7], 8);
	ck_assert_mem_eq(forth, without, sizeof(forth));
}
END_TEST

SUITE_MAIN("Lanes", values_round_to_the_nearest_word_and_half_to_even,
	   adding_then_subtracting_a_client_returns_the_same_bytes,
	   a_value_beyond_its_bound_is_refused_and_named, a_clipped_lane_clips_and_counts,
	   a_table_whose_totals_could_overflow_is_refused,
	   the_largest_total_of_a_full_cohort_comes_back_exactly, the_digest_tells_tables_apart,
	   a_peers_word_beyond_the_bound_of_its_rows_is_refused_by_name,
	   infinite_values_are_refused_even_where_lanes_clip,
	   a_lane_per_contribution_has_the_same_bound_whatever_the_rows,
	   more_rows_than_the_plan_allows_cannot_be_quantized, a_lane_without_a_bound_is_refused,
	   names_and_shapes_that_do_not_fit_are_refused,
	   limits_that_are_zero_or_beyond_their_product_are_refused, a_peers_word_is_judged_to_its_last_bit,
	   contributions_at_their_edges_fill_a_cohort_without_overflow,
	   totals_do_not_depend_on_the_order_and_each_part_can_leave)
