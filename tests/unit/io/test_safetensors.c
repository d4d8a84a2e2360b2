/* Named arrays as a file: what is written is read, and nothing else is. */
#include "tests/support/suite.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/safetensors.h"
#include "tests/support/scratch.h"

enum { FILE_ROOM = 1 << 20 };

static _Alignas(64) uint8_t file[FILE_ROOM];
static size_t file_bytes;

static void append(const void *bytes, size_t n)
{
	ck_assert_uint_le(file_bytes + n, FILE_ROOM);
	memcpy(file + file_bytes, bytes, n);
	file_bytes += n;
}

/* A file of this header, padded to a multiple of eight, and `n` bytes 1, 2, 3 … of data. */
static void make(const char *header, size_t n)
{
	uint64_t length = (strlen(header) + 7) / 8 * 8;
	file_bytes = 0;
	append(&length, sizeof(length));
	append(header, strlen(header));
	while (file_bytes < 8 + length)
		append(" ", 1);
	for (size_t i = 0; i < n; i++)
		append((uint8_t[]){ (uint8_t)(i + 1) }, 1);
}

static int parse(struct findings *findings, struct tensors *tensors)
{
	json_t *metadata = NULL;
	int r = safetensors_parse(file, file_bytes, "x.safetensors", findings, tensors, &metadata);
	json_decref(metadata);
	return r;
}

static void check_good(const char *header, size_t n)
{
	struct findings findings = { 0 };
	struct tensors tensors = { 0 };
	make(header, n);
	ck_assert_int_eq(parse(&findings, &tensors), SAFETENSORS_E_OK);
	ck_assert_uint_eq(findings.n, 0);
	tensors_deinit(&tensors);
}

/* Refused with one finding that has `detail` in it. */
static void check_refused(const char *detail)
{
	struct findings findings = { 0 };
	struct tensors tensors = { 0 };
	ck_assert_int_eq(parse(&findings, &tensors), SAFETENSORS_E_BAD);
	ck_assert_uint_eq(findings.n_items, 1);
	ck_assert_str_eq(findings.items[0].file, "x.safetensors");
	ck_assert_msg(strstr(findings.items[0].detail, detail) != NULL, "%s", findings.items[0].detail);
	ck_assert_ptr_null(tensors.items);
	findings_deinit(&findings);
}

static void check_bad(const char *header, size_t n, const char *detail)
{
	make(header, n);
	check_refused(detail);
}

static struct tensors some(void)
{
	struct tensors tensors = { 0 };
	double *theta;
	uint8_t *routable;
	float *mean;
	int64_t *count;
	ck_assert_int_eq(tensors_add(&tensors, "theta", TENSOR_F64, SHAPE(2, 3), &theta), 0);
	ck_assert_int_eq(tensors_add(&tensors, "routable", TENSOR_U8, SHAPE(3), &routable), 0);
	ck_assert_int_eq(tensors_add(&tensors, "mean", TENSOR_F32, SHAPE(5), &mean), 0);
	ck_assert_int_eq(tensors_add(&tensors, "count", TENSOR_I64, 0, NULL, &count), 0);
	ck_assert_int_eq(tensors_add(&tensors, "none", TENSOR_F64, SHAPE(0, 4), NULL), 0);
	for (int i = 0; i < 6; i++)
		theta[i] = i / 3.0;
	memcpy(routable, "\1\0\1", 3);
	mean[4] = -1.5f;
	*count = INT64_MIN;
	return tensors;
}

START_TEST(what_is_written_is_read_again)
{
	struct tensors tensors = some(), again;
	struct findings findings = { 0 };
	const char *path = scratch_path("x.safetensors");
	json_t *metadata = json_pack("{s:s, s:s}", "name", "Übung \"x\"\n", "empty", ""), *found;
	ck_assert_int_eq(safetensors_write(path, &tensors, metadata), 0);
	ck_assert_int_eq(safetensors_read(path, &findings, &again, &found), SAFETENSORS_E_OK);
	ck_assert_uint_eq(findings.n, 0);
	ck_assert(json_equal(metadata, found));
	ck_assert_uint_eq(again.n, tensors.n);
	for (size_t i = 0; i < again.n; i++) {
		const struct tensor *a = &tensors.items[i], *b = &again.items[i];
		ck_assert_str_eq(a->name, b->name);
		ck_assert_ptr_nonnull(tensors_data(&again, a->name, a->type, a->rank, a->shape));
		ck_assert_uint_eq((uintptr_t)b->data % tensor_type_bytes(b->type), 0);
		ck_assert_int_eq(memcmp(a->data, b->data, tensor_bytes(a)), 0);
	}
	json_decref(metadata);
	json_decref(found);
	tensors_deinit(&tensors);
	tensors_deinit(&again);
}
END_TEST

START_TEST(the_same_arrays_make_the_same_bytes_whatever_the_order_of_adding)
{
	struct tensors a = { 0 }, b = { 0 };
	ck_assert_int_eq(tensors_add(&a, "x", TENSOR_U8, SHAPE(3), NULL), 0);
	ck_assert_int_eq(tensors_add(&a, "y", TENSOR_F64, SHAPE(2), NULL), 0);
	ck_assert_int_eq(tensors_add(&b, "y", TENSOR_F64, SHAPE(2), NULL), 0);
	ck_assert_int_eq(tensors_add(&b, "x", TENSOR_U8, SHAPE(3), NULL), 0);
	ck_assert_int_eq(safetensors_write(scratch_path("a"), &a, NULL), 0);
	ck_assert_int_eq(safetensors_write(scratch_path("b"), &b, NULL), 0);
	size_t n, m;
	cleanup(free_pointer) char *left = scratch_read(scratch_path("a"), &n);
	cleanup(free_pointer) char *right = scratch_read(scratch_path("b"), &m);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(left, right, n);
	uint64_t length;
	memcpy(&length, left, sizeof(length));
	ck_assert_uint_eq((8 + length) % 64, 0);
	tensors_deinit(&a);
	tensors_deinit(&b);
}
END_TEST

START_TEST(metadata_that_are_not_strings_are_not_written)
{
	struct tensors tensors = { 0 };
	json_t *metadata = json_pack("{s:i}", "n", 1);
	ck_assert_int_eq(safetensors_write(scratch_path("x"), &tensors, metadata), -EINVAL);
	ck_assert_uint_eq(scratch_count(), 0);
	json_decref(metadata);
}
END_TEST

START_TEST(a_full_disk_is_told_as_one)
{
	struct tensors tensors = { 0 };
	ck_assert_int_eq(tensors_add(&tensors, "large", TENSOR_F64, SHAPE(100, 1000), NULL), 0);
	ck_assert_int_eq(safetensors_write("/dev/full", &tensors, NULL), -ENOSPC);
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(headers_of_other_writers_are_read)
{
	check_good("{}", 0);
	check_good("{\"__metadata__\":{}}", 0);
	check_good("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
	check_good("{ \"a\" : { \"shape\" : [] , \"data_offsets\" : [ 0 , 1 ] , \"dtype\" : \"U8\" } } \n",
		   1);
	check_good("{\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[8,8]},"
		   "\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
		   8);
}
END_TEST

START_TEST(arrays_come_in_order_of_name_whatever_the_order_of_the_header)
{
	struct findings findings = { 0 };
	struct tensors tensors;
	make("{\"z\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
	     "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]},"
	     "\"m\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
	     3);
	ck_assert_int_eq(parse(&findings, &tensors), SAFETENSORS_E_OK);
	ck_assert_str_eq(tensors.items[0].name, "a");
	ck_assert_str_eq(tensors.items[1].name, "m");
	ck_assert_str_eq(tensors.items[2].name, "z");
	ck_assert_uint_eq(*(const uint8_t *)tensors_data(&tensors, "m", TENSOR_U8, SHAPE(1)), 2);
	tensors_deinit(&tensors);
}
END_TEST

START_TEST(a_file_without_a_whole_header_is_refused)
{
	make("{}", 0);
	for (file_bytes = 0; file_bytes < 8; file_bytes++)
		check_refused("too short");
	for (; file_bytes < 16; file_bytes++)
		check_refused("longer than it can be");
	static const uint64_t lengths[] = { 9, SAFETENSORS_HEADER_MOST + 1, INT64_MAX, UINT64_MAX - 7,
					    UINT64_MAX };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memcpy(file, &lengths[i], 8);
		check_refused("longer than it can be");
	}
	memset(file, 0, 8);
	check_refused("not a JSON object");
}
END_TEST

START_TEST(a_header_that_is_not_an_object_of_json_is_refused)
{
	check_bad("[]", 0, "not a JSON object");
	check_bad("null", 0, "not a JSON object");
	check_bad(" {}", 0, "not a JSON object");
	check_bad("{", 0, "not JSON");
	check_bad("{}x", 0, "not JSON");
	check_bad("{\"a\":}", 0, "not JSON");
	check_bad("{\"a\":\"\xff\"}", 0, "not JSON");
	check_bad("{\"a\\u0000\":1}", 0, "not JSON");
	check_bad("{\"a\":{},\"a\":{}}", 0, "twice");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
		  "twice");
	make("{}  ", 0);
	file[10] = 0;
	check_refused("not JSON");
}
END_TEST

START_TEST(a_hundred_thousand_nested_brackets_are_refused)
{
	cleanup(free_pointer) char *header = calloc(300000, 1);
	memcpy(header, "{\"a\":", 5);
	memset(header + 5, '[', 100000);
	check_bad(header, 0, "not JSON");
	memset(header + 100005, ']', 100000);
	memcpy(header + 200005, "}", 1);
	check_bad(header, 0, "not JSON");
}
END_TEST

START_TEST(metadata_have_to_be_strings)
{
	check_bad("{\"__metadata__\":1}", 0, "metadata");
	check_bad("{\"__metadata__\":[]}", 0, "metadata");
	check_bad("{\"__metadata__\":null}", 0, "metadata");
	check_bad("{\"__metadata__\":{\"a\":1}}", 0, "metadata");
	check_bad("{\"__metadata__\":{\"a\":{}}}", 0, "metadata");
}
END_TEST

/* A header of one array `a` with these three fields and four bytes of data. */
static void check_fields(const char *type, const char *shape, const char *offsets, const char *detail)
{
	char header[512];
	snprintf(header, sizeof(header), "{\"a\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}", type,
		 shape, offsets);
	check_bad(header, 4, detail);
}

START_TEST(an_array_without_its_three_fields_is_refused)
{
	static const char *const entries[] = {
		"1",
		"[]",
		"null",
		"\"F32\"",
		"{}",
		"{\"dtype\":\"F32\",\"shape\":[1]}",
		"{\"dtype\":\"F32\",\"data_offsets\":[0,4]}",
		"{\"shape\":[1],\"data_offsets\":[0,4]}",
		"{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}",
		"{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}",
		"{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}",
		"{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"0\":0,\"1\":4}}",
	};
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		char header[256];
		snprintf(header, sizeof(header), "{\"a\":%s}", entries[i]);
		check_bad(header, 4, "dtype, shape and two data_offsets");
	}
	check_bad("{\"a\":{\"type\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype is none of");
}
END_TEST

START_TEST(other_types_are_refused)
{
	static const char *const types[] = { "\"F16\"", "\"BF16\"", "\"f32\"", "\"F32 \"",
					     "\"\"",    "1",        "null",    "[\"F32\"]" };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		check_fields(types[i], "[1]", "[0,4]", "dtype is none of");
}
END_TEST

START_TEST(shapes_that_are_none_or_overflow_are_refused)
{
	static const char *const shapes[] = { "1",
					      "{}",
					      "null",
					      "[-1]",
					      "[1.0]",
					      "[\"1\"]",
					      "[1,1,1,1,1]",
					      "[[1]]",
					      "[4294967296,4294967296]",
					      "[9223372036854775807,3]",
					      "[4611686018427387904,1]",
					      "[9223372036854775807]" };
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_fields("\"F32\"", shapes[i], "[0,4]", "shape");
	check_fields("\"F32\"", "[18446744073709551616]", "[0,4]", "not JSON");
}
END_TEST

START_TEST(offsets_that_are_none_or_outside_are_refused)
{
	check_fields("\"F32\"", "[1]", "[0,4.0]", "not offsets");
	check_fields("\"F32\"", "[1]", "[\"0\",4]", "not offsets");
	check_fields("\"F32\"", "[1]", "[-4,0]", "not offsets");
	check_fields("\"F32\"", "[1]", "[0,8]", "not inside");
	check_fields("\"F32\"", "[1]", "[4,0]", "not inside");
	check_fields("\"F32\"", "[1]", "[4,8]", "not inside");
	check_fields("\"F32\"", "[1]", "[9223372036854775803,9223372036854775807]", "not inside");
	check_fields("\"F32\"", "[1]", "[0,3]", "don't fit");
	check_fields("\"F32\"", "[2]", "[0,4]", "don't fit");
	check_fields("\"F32\"", "[]", "[0,0]", "don't fit");
}
END_TEST

START_TEST(arrays_that_overlap_or_leave_gaps_are_refused)
{
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[3,7]}}",
		  7, "overlaps");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
		  4, "overlaps");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[5,7]}}",
		  7, "gap");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[1,5]}}", 5, "gap");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 5, "5 of data");
	check_bad("{}", 1, "1 of data");
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[2,2]},"
		  "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
		  4, "overlaps");
}
END_TEST

START_TEST(arrays_that_are_not_aligned_are_refused)
{
	check_bad("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
		  "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
		  5, "aligned");
	check_bad("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
		  "\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[4,12]}}",
		  12, "aligned");
}
END_TEST

START_TEST(names_that_are_none_are_refused_and_not_repeated)
{
	check_bad("{\"\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "an array: its name");
	check_bad("{\"A\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "an array: its name");
	check_bad("{\"a/b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1,
		  "an array: its name");
	static const char entry[] = "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
	char header[256] = "{\"";
	memset(header + 2, 'a', TENSOR_NAME);
	memcpy(header + 2 + TENSOR_NAME, entry, sizeof(entry));
	check_bad(header, 1, "an array: its name");
	header[1 + TENSOR_NAME] = '"';
	header[2 + TENSOR_NAME] = ' ';
	check_good(header, 1);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
	struct tensors tensors = some();
	const char *path = scratch_path("x");
	ck_assert_int_eq(safetensors_write(path, &tensors, NULL), 0);
	size_t n;
	cleanup(free_pointer) char *bytes = scratch_read(path, &n);
	for (size_t cut = 0; cut < n; cut++) {
		struct findings findings = { 0 };
		struct tensors again = { 0 };
		json_t *metadata = NULL;
		const char *part = scratch_file("part", bytes, cut);
		ck_assert_int_eq(safetensors_read(part, &findings, &again, &metadata), SAFETENSORS_E_BAD);
		ck_assert_uint_eq(findings.n, 1);
		findings_deinit(&findings);
	}
	tensors_deinit(&tensors);
}
END_TEST

SUITE_MAIN("Safetensors", what_is_written_is_read_again,
	   the_same_arrays_make_the_same_bytes_whatever_the_order_of_adding,
	   metadata_that_are_not_strings_are_not_written, a_full_disk_is_told_as_one,
	   headers_of_other_writers_are_read, arrays_come_in_order_of_name_whatever_the_order_of_the_header,
	   a_file_without_a_whole_header_is_refused, a_header_that_is_not_an_object_of_json_is_refused,
	   a_hundred_thousand_nested_brackets_are_refused, metadata_have_to_be_strings,
	   an_array_without_its_three_fields_is_refused, other_types_are_refused,
	   shapes_that_are_none_or_overflow_are_refused, offsets_that_are_none_or_outside_are_refused,
	   arrays_that_overlap_or_leave_gaps_are_refused, arrays_that_are_not_aligned_are_refused,
	   names_that_are_none_are_refused_and_not_repeated, a_file_cut_anywhere_is_refused)
