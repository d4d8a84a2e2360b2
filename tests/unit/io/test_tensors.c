/* Named arrays in order. */
#include "tests/support/suite.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "common/io/tensors.h"

static struct tensors three(void)
{
	struct tensors tensors = { 0 };
	double *b;
	float *c;
	uint8_t *a;
	ck_assert_int_eq(tensors_add(&tensors, "c", TENSOR_F32, SHAPE(2, 3), &c), 0);
	ck_assert_int_eq(tensors_add(&tensors, "a", TENSOR_U8, SHAPE(5), &a), 0);
	ck_assert_int_eq(tensors_add(&tensors, "b", TENSOR_F64, 0, NULL, &b), 0);
	c[5] = 5.0f;
	a[4] = 4;
	*b = 3.0;
	return tensors;
}

START_TEST(tensors_are_kept_in_order_of_name)
{
	struct tensors tensors = three();
	ck_assert_uint_eq(tensors.n, 3);
	ck_assert_str_eq(tensors.items[0].name, "a");
	ck_assert_str_eq(tensors.items[1].name, "b");
	ck_assert_str_eq(tensors.items[2].name, "c");
	ck_assert_uint_eq(tensors_bytes(&tensors), 5 + 8 + 24);
	tensors_deinit(&tensors);
	ck_assert_ptr_null(tensors.items);
}
END_TEST

START_TEST(a_new_tensor_is_zero_and_aligned)
{
	struct tensors tensors = { 0 };
	int64_t *values;
	ck_assert_int_eq(tensors_add(&tensors, "x", TENSOR_I64, SHAPE(7), &values), 0);
	ck_assert_uint_eq((uintptr_t)values % 64, 0);
	for (size_t i = 0; i < 7; i++)
		ck_assert_int_eq(values[i], 0);
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(an_array_is_only_given_for_its_exact_type_and_shape)
{
	struct tensors tensors = three();
	ck_assert_ptr_nonnull(tensors_data(&tensors, "c", TENSOR_F32, SHAPE(2, 3)));
	ck_assert_ptr_nonnull(tensors_data(&tensors, "b", TENSOR_F64, 0, NULL));
	ck_assert_ptr_null(tensors_data(&tensors, "c", TENSOR_F64, SHAPE(2, 3)));
	ck_assert_ptr_null(tensors_data(&tensors, "c", TENSOR_F32, SHAPE(3, 2)));
	ck_assert_ptr_null(tensors_data(&tensors, "c", TENSOR_F32, SHAPE(6)));
	ck_assert_ptr_null(tensors_data(&tensors, "c", TENSOR_F32, SHAPE(2, 3, 1)));
	ck_assert_ptr_null(tensors_data(&tensors, "d", TENSOR_F32, SHAPE(2, 3)));
	ck_assert_ptr_null(tensors_find(&tensors, ""));
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(what_cannot_be_a_tensor_is_refused_and_changes_nothing)
{
	struct tensors tensors = three();
	char name[TENSOR_NAME + 1];
	memset(name, 'n', TENSOR_NAME);
	name[TENSOR_NAME] = '\0';
	ck_assert_int_eq(tensors_add(&tensors, "a", TENSOR_F32, SHAPE(1), NULL), -EEXIST);
	ck_assert_int_eq(tensors_add(&tensors, name, TENSOR_F32, SHAPE(1), NULL), -EINVAL);
	ck_assert_int_eq(tensors_add(&tensors, "x", TENSOR_F32, SHAPE(1, 1, 1, 1, 1), NULL), -EINVAL);
	ck_assert_int_eq(tensors_add(&tensors, "x", TENSOR_F32, SHAPE(SIZE_MAX, 2), NULL), -EOVERFLOW);
	ck_assert_int_eq(tensors_add(&tensors, "x", TENSOR_F64, SHAPE(SIZE_MAX / 8), NULL), -EOVERFLOW);
	ck_assert_uint_eq(tensors.n, 3);
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(a_tensor_without_elements_is_one)
{
	struct tensors tensors = { 0 };
	void *data;
	ck_assert_int_eq(tensors_add(&tensors, "none", TENSOR_F64, SHAPE(0, 384), &data), 0);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(tensors_bytes(&tensors), 0);
	ck_assert_ptr_eq(tensors_data(&tensors, "none", TENSOR_F64, SHAPE(0, 384)), data);
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(a_copy_has_the_same_bytes_and_its_own_memory)
{
	struct tensors tensors = three(), copy;
	ck_assert_int_eq(tensors_copy(&tensors, &copy), 0);
	ck_assert_uint_eq(copy.n, tensors.n);
	for (size_t i = 0; i < copy.n; i++) {
		const struct tensor *a = &tensors.items[i], *b = &copy.items[i];
		ck_assert_str_eq(a->name, b->name);
		ck_assert_ptr_ne(a->data, b->data);
		ck_assert_mem_eq(a->data, b->data, tensor_bytes(a));
	}
	tensors_deinit(&tensors);
	ck_assert_float_eq(((float *)tensors_data(&copy, "c", TENSOR_F32, SHAPE(2, 3)))[5], 5.0f);
	tensors_deinit(&copy);
	tensors_deinit(NULL);
}
END_TEST

SUITE_MAIN("Tensors", tensors_are_kept_in_order_of_name, a_new_tensor_is_zero_and_aligned,
	   an_array_is_only_given_for_its_exact_type_and_shape,
	   what_cannot_be_a_tensor_is_refused_and_changes_nothing, a_tensor_without_elements_is_one,
	   a_copy_has_the_same_bytes_and_its_own_memory)
