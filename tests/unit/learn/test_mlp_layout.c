/* The network as a table of tensors. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/learn/mlp/mlp_layout.h"

enum { K = 11 };

START_TEST(the_published_sizes_come_out)
{
	const size_t dimensions[] = { 384, 768 }, trunk[] = { 461824, 658432 };
	for (size_t i = 0; i < 2; i++) {
		struct mlp_layout layout = mlp_layout_of(dimensions[i], K);
		size_t all = 0, heads = 0;
		for (size_t t = 0; t < MLP_TENSORS; t++) {
			all += layout.at[t].n;
			heads += layout.at[t].per_model;
		}
		ck_assert_uint_eq(heads, 1026);
		ck_assert_uint_eq(all, trunk[i] + K * 1026);
	}
}
END_TEST

START_TEST(tensors_follow_each_other_in_the_block_each_at_a_multiple_of_16)
{
	struct mlp_layout layout = mlp_layout_of(33, K);
	size_t end = 0;
	for (size_t t = 0; t < MLP_TENSORS; t++) {
		ck_assert_uint_eq(layout.at[t].first % 16, 0);
		ck_assert_uint_ge(layout.at[t].first, end);
		ck_assert_uint_lt(layout.at[t].first, end + 16);
		end = layout.at[t].first + layout.at[t].n;
	}
	ck_assert_uint_ge(layout.floats, end);
	ck_assert_uint_eq(layout.floats % 16, 0);
}
END_TEST

START_TEST(tensors_of_another_network_are_not_found)
{
	struct mlp_layout layout = mlp_layout_of(40, K), wider = mlp_layout_of(41, K);
	struct mlp_layout more = mlp_layout_of(40, K + 1);
	struct tensors tensors = { 0 };
	float *arrays[MLP_TENSORS];
	ck_assert(!mlp_layout_find(&layout, &tensors, arrays));
	ck_assert_int_eq(mlp_layout_add(&layout, &tensors), 0);
	ck_assert_uint_eq(tensors.n, MLP_TENSORS);
	ck_assert(mlp_layout_find(&layout, &tensors, arrays));
	ck_assert_ptr_eq(arrays[MLP_COST_BIAS], tensors_find(&tensors, "cost.bias")->data);
	ck_assert(!mlp_layout_find(&wider, &tensors, arrays));
	ck_assert(!mlp_layout_find(&more, &tensors, arrays));
	tensors_deinit(&tensors);
}
END_TEST

SUITE_MAIN("MLP, layout", the_published_sizes_come_out,
	   tensors_follow_each_other_in_the_block_each_at_a_multiple_of_16,
	   tensors_of_another_network_are_not_found)
