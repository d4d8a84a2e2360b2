/* NumPy's array files, good and hostile. */
#include "tests/support/suite.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/npy.h"
#include "tests/support/scratch.h"

enum { FILE_ROOM = 1 << 18 };

static uint8_t file[FILE_ROOM];
static size_t file_bytes;

static void append(const void *bytes, size_t n)
{
	ck_assert_uint_le(file_bytes + n, FILE_ROOM);
	memcpy(file + file_bytes, bytes, n);
	file_bytes += n;
}

/* Start a file of version 1 with this header. */
static void begin(const char *header)
{
	size_t n = strlen(header);
	file_bytes = 0;
	append("\x93NUMPY\1\0", 8);
	append((uint8_t[]){ (uint8_t)n, (uint8_t)(n >> 8) }, 2);
	append(header, n);
}

static void begin_shape(const char *type, const char *order, const char *shape)
{
	char header[256];
	snprintf(header, sizeof(header), "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", type, order,
		 shape);
	begin(header);
}

static void check_good(struct npy *npy)
{
	struct findings findings = { 0 };
	ck_assert_int_eq(npy_parse(file, file_bytes, "x.npy", &findings, npy), NPY_E_OK);
	ck_assert_uint_eq(findings.n, 0);
}

static void check_bad(const char *reason)
{
	struct findings findings = { 0 };
	struct npy npy;
	ck_assert_int_eq(npy_parse(file, file_bytes, "x.npy", &findings, &npy), NPY_E_BAD);
	ck_assert_uint_eq(findings.n_items, 1);
	ck_assert_str_eq(findings.items[0].file, "x.npy");
	ck_assert_str_eq(findings.items[0].reason, reason);
	ck_assert_ptr_nonnull(strchr(findings.items[0].detail, ':')); /* what to do about it */
	findings_deinit(&findings);
}

START_TEST(rows_of_float32_in_c_order_are_as_they_are)
{
	struct npy npy;
	float row[3];
	begin_shape("<f4", "False", "(2, 3)");
	append((float[]){ 1, 2, 3, 4, 5.5f, -6 }, 24);
	check_good(&npy);
	ck_assert_uint_eq(npy.rows, 2);
	ck_assert_uint_eq(npy.columns, 3);
	npy_row(&npy, 1, row);
	ck_assert_mem_eq(row, ((float[]){ 4, 5.5f, -6 }), sizeof(row));
}
END_TEST

START_TEST(rows_in_fortran_order_are_gathered_from_the_columns)
{
	struct npy npy;
	float row[3];
	begin_shape("<f4", "True", "(2, 3)");
	append((float[]){ 1, 4, 2, 5, 3, 6 }, 24);
	check_good(&npy);
	npy_row(&npy, 0, row);
	ck_assert_mem_eq(row, ((float[]){ 1, 2, 3 }), sizeof(row));
	npy_row(&npy, 1, row);
	ck_assert_mem_eq(row, ((float[]){ 4, 5, 6 }), sizeof(row));
}
END_TEST

START_TEST(rows_of_float16_are_widened_in_both_orders)
{
	struct npy npy;
	float row[2];
	const uint16_t halves[] = { 0x3c00, 0xc000, 0x3555, 0x7bff };
	begin_shape("<f2", "False", "(2, 2)");
	append(halves, sizeof(halves));
	check_good(&npy);
	npy_row(&npy, 0, row);
	ck_assert_mem_eq(row, ((float[]){ 1.0f, -2.0f }), sizeof(row));
	begin_shape("<f2", "True", "(2, 2)");
	append(halves, sizeof(halves));
	check_good(&npy);
	npy_row(&npy, 1, row);
	ck_assert_mem_eq(row, ((float[]){ -2.0f, 65504.0f }), sizeof(row));
}
END_TEST

START_TEST(every_half_becomes_its_float_and_comes_back)
{
	for (uint32_t bits = 0; bits < 0x10000; bits++) {
		uint16_t half = (uint16_t)bits;
		uint32_t exponent = bits >> 10 & 31, fraction = bits & 0x3ff;
		float value = npy_half_to_float(half);
		double sign = bits & 0x8000 ? -1.0 : 1.0;
		double expected = exponent == 31 ? fraction == 0 ? INFINITY : (double)NAN :
				  exponent == 0  ? ldexp(fraction, -24) :
						   ldexp(1024.0 + fraction, (int)exponent - 25);
		if (isnan(expected)) {
			ck_assert(isnan(value) && isnan(npy_half_to_float(npy_float_to_half(value))));
			continue;
		}
		ck_assert_double_eq(value, sign * expected);
		ck_assert_int_eq(signbit(value) != 0, bits >> 15);
		ck_assert_uint_eq(npy_float_to_half(value), half);
	}
}
END_TEST

START_TEST(a_float_becomes_the_nearest_half_and_half_ways_the_even_one)
{
	ck_assert_uint_eq(npy_float_to_half(1.0f + 0x1p-11f), 0x3c00);
	ck_assert_uint_eq(npy_float_to_half(1.0f + 0x3p-11f), 0x3c02);
	ck_assert_uint_eq(npy_float_to_half(nextafterf(1.0f + 0x1p-11f, 2.0f)), 0x3c01);
	ck_assert_uint_eq(npy_float_to_half(0x1p-25f), 0);
	ck_assert_uint_eq(npy_float_to_half(0x3p-25f), 2);
	ck_assert_uint_eq(npy_float_to_half(nextafterf(0x1p-25f, 1.0f)), 1);
	ck_assert_uint_eq(npy_float_to_half(nextafterf(0x1p-14f, 0.0f)), 0x0400);
	ck_assert_uint_eq(npy_float_to_half(nextafterf(65520.0f, 0.0f)), 0x7bff);
	ck_assert_uint_eq(npy_float_to_half(65520.0f), 0x7c00);
	ck_assert_uint_eq(npy_float_to_half(-1e30f), 0xfc00);
	ck_assert_uint_eq(npy_float_to_half(-0.0f), 0x8000);
}
END_TEST

START_TEST(versions_two_and_three_have_a_longer_length)
{
	const char header[] = "{\"shape\": (1, 1),\t'fortran_order':False, 'descr':'<f4'}   \n";
	for (uint8_t version = 2; version <= 3; version++) {
		struct npy npy;
		float value;
		file_bytes = 0;
		append("\x93NUMPY", 6);
		append((uint8_t[]){ version, 0, sizeof(header) - 1, 0, 0, 0 }, 6);
		append(header, sizeof(header) - 1);
		append((float[]){ 7 }, 4);
		check_good(&npy);
		npy_row(&npy, 0, &value);
		ck_assert_float_eq(value, 7.0f);
	}
}
END_TEST

START_TEST(an_array_without_rows_is_an_array)
{
	struct npy npy;
	begin_shape("<f4", "False", "(0, 384)");
	check_good(&npy);
	ck_assert_uint_eq(npy.rows, 0);
	ck_assert_uint_eq(npy.columns, 384);
}
END_TEST

START_TEST(a_file_that_does_not_start_as_one_is_refused)
{
	file_bytes = 0;
	check_bad("not an .npy file");
	append("\x93NUMP", 5);
	check_bad("not an .npy file");
	file_bytes = 0;
	append("PK\3\4 a zip file, as numpy.savez makes it", 40);
	check_bad("not an .npy file");
}
END_TEST

START_TEST(a_file_cut_in_its_header_is_refused)
{
	begin_shape("<f4", "False", "(1, 1)");
	append((float[]){ 1 }, 4);
	size_t whole = file_bytes;
	for (size_t cut = 8; cut < whole - 4; cut++) {
		file_bytes = cut;
		check_bad("broken .npy header");
	}
}
END_TEST

START_TEST(a_header_that_is_not_the_three_entries_is_refused)
{
	static const char *const headers[] = {
		"",
		"{}",
		"{",
		"}",
		"{'descr': '<f4', 'fortran_order': False}",
		"{'descr': '<f4', 'shape': (1, 1)}",
		"{'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'more': 1}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} more",
		"{'descr': '<f4', 'fortran_order': false, 'shape': (1, 1)}",
		"{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1)}",
		"{'descr': '<f4 and very long', 'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': '<f4, 'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': [1, 1]}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (1.0, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (0x1, 1)}",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
		"{'descr' '<f4', 'fortran_order': False, 'shape': (1, 1)}",
		"{'descr': '<f4' 'fortran_order': False, 'shape': (1, 1)}",
		"{'a key that is too long': '<f4', 'fortran_order': False, 'shape': (1, 1)}",
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		begin(headers[i]);
		append((float[]){ 1 }, 4);
		check_bad("broken .npy header");
	}
}
END_TEST

START_TEST(a_nul_byte_in_the_header_is_no_end_of_it)
{
	begin_shape("<f4", "False", "(1, 1)");
	append((float[]){ 1 }, 4);
	for (size_t i = 10; i < file_bytes - 5; i++) {
		uint8_t kept = file[i];
		file[i] = 0;
		struct findings findings = { 0 };
		struct npy npy;
		ck_assert_int_eq(npy_parse(file, file_bytes, "x.npy", &findings, &npy), NPY_E_BAD);
		findings_deinit(&findings);
		file[i] = kept;
	}
}
END_TEST

START_TEST(an_unknown_version_is_refused)
{
	begin_shape("<f4", "False", "(1, 1)");
	append((float[]){ 1 }, 4);
	file[6] = 4;
	check_bad("broken .npy header");
	file[6] = 0;
	check_bad("broken .npy header");
}
END_TEST

START_TEST(a_huge_header_is_refused_even_where_it_is_there)
{
	file_bytes = 0;
	append("\x93NUMPY\2\0\1\0\1\0", 12); /* 65,537 bytes of header */
	while (file_bytes < 12 + 65537)
		append(" ", 1);
	check_bad("broken .npy header");
	memset(file + 8, 0xff, 4);
	check_bad("broken .npy header");
}
END_TEST

START_TEST(other_types_are_refused_and_named)
{
	static const char *const types[] = { ">f4", ">f2", "<f8", "<i4", "|u1",  "=f4",
					     "f4",  "|f4", "<c8", "|O",  "<f44", "" };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		begin_shape(types[i], "False", "(1, 1)");
		append((double[]){ 1 }, 8);
		check_bad("wrong type of array");
	}
}
END_TEST

START_TEST(shapes_that_are_not_rows_of_numbers_are_refused)
{
	static const char *const shapes[] = { "()",     "(4,)",         "(1, 2, 2)",
					      "(4, 0)", "(1, 1048577)", "(0, 18446744073709551615)" };
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		begin_shape("<f4", "False", shapes[i]);
		append((float[]){ 1, 2, 3, 4 }, 16);
		check_bad("wrong shape of array");
	}
}
END_TEST

START_TEST(shapes_whose_size_overflows_are_refused)
{
	static const char *const shapes[] = { "(18446744073709551615, 4)", "(4611686018427387904, 4)",
					      "(4611686018427387905, 1)", "(9223372036854775808, 2)" };
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		begin_shape("<f4", "False", shapes[i]);
		append((float[]){ 1 }, 4);
		check_bad("wrong shape of array");
	}
}
END_TEST

START_TEST(fewer_or_more_bytes_than_the_shape_needs_are_refused)
{
	begin_shape("<f4", "False", "(2, 2)");
	append((float[]){ 1, 2, 3, 4 }, 15);
	check_bad("truncated file");
	append("\0\0", 2);
	check_bad("bytes behind the array");
	begin_shape("<f4", "False", "(1000000000, 1000000)");
	check_bad("truncated file");
}
END_TEST

static void give_row(void *context, size_t index, float *out)
{
	memcpy(out, (const float *)context + 3 * index, 3 * sizeof(*out));
}

START_TEST(what_is_written_is_read_again)
{
	static float values[6] = { 1, -2, 3e-40f, 4, 5, 6 };
	const char *path = scratch_path("x.npy");
	struct findings findings = { 0 };
	struct npy npy;
	float row[3];
	ck_assert_int_eq(npy_write(path, 2, 3, give_row, values), 0);
	ck_assert_int_eq(npy_open(path, &findings, &npy), NPY_E_OK);
	ck_assert_uint_eq(npy.rows, 2);
	ck_assert_uint_eq(npy.columns, 3);
	ck_assert_uint_eq((uintptr_t)npy.values % 64, 0);
	for (size_t i = 0; i < 2; i++) {
		npy_row(&npy, i, row);
		ck_assert_mem_eq(row, values + 3 * i, sizeof(row));
	}
	npy_close(&npy);
	npy_close(&npy);
	npy_close(NULL);
}
END_TEST

START_TEST(a_full_disk_is_told_as_one)
{
	static float values[3 * 4096];
	ck_assert_int_eq(npy_write("/dev/full", 4096, 3, give_row, values), -ENOSPC);
}
END_TEST

START_TEST(files_without_rows_are_written_as_well)
{
	const char *path = scratch_path("x.npy");
	struct findings findings = { 0 };
	struct npy npy;
	ck_assert_int_eq(npy_write(path, 0, 384, give_row, NULL), 0);
	ck_assert_int_eq(npy_open(path, &findings, &npy), NPY_E_OK);
	ck_assert_uint_eq(npy.rows, 0);
	npy_close(&npy);
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_is_told)
{
	struct findings findings = { 0 };
	struct npy npy;
	ck_assert_int_eq(npy_open(scratch_path("nothing"), &findings, &npy), NPY_E_BAD);
	ck_assert_int_eq(npy_open(scratch_text("text", "not an array"), &findings, &npy), NPY_E_BAD);
	ck_assert_uint_eq(findings.n, 2);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("NumPy files", rows_of_float32_in_c_order_are_as_they_are,
	   rows_in_fortran_order_are_gathered_from_the_columns, rows_of_float16_are_widened_in_both_orders,
	   every_half_becomes_its_float_and_comes_back,
	   a_float_becomes_the_nearest_half_and_half_ways_the_even_one,
	   versions_two_and_three_have_a_longer_length, an_array_without_rows_is_an_array,
	   a_file_that_does_not_start_as_one_is_refused, a_file_cut_in_its_header_is_refused,
	   a_header_that_is_not_the_three_entries_is_refused, a_nul_byte_in_the_header_is_no_end_of_it,
	   an_unknown_version_is_refused, a_huge_header_is_refused_even_where_it_is_there,
	   other_types_are_refused_and_named, shapes_that_are_not_rows_of_numbers_are_refused,
	   shapes_whose_size_overflows_are_refused, fewer_or_more_bytes_than_the_shape_needs_are_refused,
	   what_is_written_is_read_again, files_without_rows_are_written_as_well, a_full_disk_is_told_as_one,
	   a_file_that_cannot_be_opened_is_told)
