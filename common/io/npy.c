/* npy.c: the header of an .npy file, read strictly, and rows as float32.                      (kind: adapter)
 *
 * The file: "\x93NUMPY", major and minor version, the header's length (2 bytes in version 1, 4 in 2 and 3),
 * the header, the values. The header is a Python dictionary of exactly three keys: descr, fortran_order,
 * shape.
 */
#include "common/io/npy.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/io/atomic_file.h"
#include "common/io/mapped.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are mapped as they are in the file");

enum { MAGIC_BYTES = 8, HEADER_MOST = 1 << 16, COLUMNS_MOST = 1 << 20 };

/* A place in the header; what doesn't fit makes `bad` true and every later step a no-op. */
struct cursor {
	const char *at, *end;
	bool bad;
};

struct header {
	char type[8];
	bool has_type, has_order, has_shape, fortran;
	uint64_t shape[2];
	size_t rank; /* may be more than is kept in `shape` */
};

static void skip_space(struct cursor *cursor)
{
	while (cursor->at < cursor->end && strchr(" \t\n\r", *cursor->at) && *cursor->at)
		cursor->at++;
}

/* Step over `text` if it is next. */
static bool take(struct cursor *cursor, const char *text)
{
	size_t n = strlen(text);
	skip_space(cursor);
	if (cursor->bad || (size_t)(cursor->end - cursor->at) < n || strncmp(cursor->at, text, n) != 0)
		return false;
	cursor->at += n;
	return true;
}

static void need(struct cursor *cursor, const char *text)
{
	if (!take(cursor, text))
		cursor->bad = true;
}

static void read_string(struct cursor *cursor, char *out, size_t room)
{
	const char *quote = take(cursor, "'") ? "'" : "\"";
	if (*quote == '"')
		need(cursor, quote);
	size_t n = 0;
	while (!cursor->bad && cursor->at < cursor->end && *cursor->at != *quote) {
		if (n + 1 == room)
			cursor->bad = true;
		else
			out[n++] = *cursor->at++;
	}
	out[n] = '\0';
	need(cursor, quote);
}

static uint64_t read_number(struct cursor *cursor)
{
	uint64_t value = 0;
	skip_space(cursor);
	const char *start = cursor->at;
	for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*cursor->at - '0'), &value))
			cursor->bad = true;
	}
	cursor->bad |= cursor->at == start;
	return value;
}

static void read_shape(struct cursor *cursor, struct header *header)
{
	need(cursor, "(");
	while (!cursor->bad && !take(cursor, ")")) {
		uint64_t length = read_number(cursor);
		if (header->rank < 2)
			header->shape[header->rank] = length;
		header->rank++;
		if (!take(cursor, ",")) {
			need(cursor, ")");
			return;
		}
	}
}

static void read_entry(struct cursor *cursor, struct header *header)
{
	char key[16];
	bool *seen = NULL;
	read_string(cursor, key, sizeof(key));
	need(cursor, ":");
	if (strcmp(key, "descr") == 0) {
		seen = &header->has_type;
		read_string(cursor, header->type, sizeof(header->type));
	} else if (strcmp(key, "fortran_order") == 0) {
		seen = &header->has_order;
		header->fortran = take(cursor, "True");
		if (!header->fortran)
			need(cursor, "False");
	} else if (strcmp(key, "shape") == 0) {
		seen = &header->has_shape;
		read_shape(cursor, header);
	}
	cursor->bad |= !seen || *seen;
	if (seen)
		*seen = true;
}

static bool read_header(const char *text, size_t n, struct header *header)
{
	struct cursor cursor = { text, text + n, false };
	*header = (struct header){ 0 };
	need(&cursor, "{");
	while (!cursor.bad && !take(&cursor, "}")) {
		read_entry(&cursor, header);
		if (!take(&cursor, ",")) {
			need(&cursor, "}");
			break;
		}
	}
	skip_space(&cursor);
	return !cursor.bad && cursor.at == cursor.end && header->has_type && header->has_order &&
	       header->has_shape;
}

/* Where the header is: at *start, *length bytes of it; false if it isn't in the file. */
static bool find_header(const uint8_t *bytes, size_t n, size_t *start, size_t *length)
{
	if (n < MAGIC_BYTES + 4 || bytes[6] < 1 || bytes[6] > 3)
		return false;
	*length = bytes[8] | (size_t)bytes[9] << 8;
	*start = MAGIC_BYTES + 2;
	if (bytes[6] > 1) {
		*length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
		*start = MAGIC_BYTES + 4;
	}
	return *length <= HEADER_MOST && *length <= n - *start;
}

static bool check_type(const struct header *header, const char *name, struct findings *findings)
{
	if (strcmp(header->type, "<f4") == 0 || strcmp(header->type, "<f2") == 0)
		return true;
	findings_add(findings, name, 0, "wrong type of array",
		     "'%s', but little-endian float32 or float16 is needed: save array.astype('<f4')",
		     header->type);
	return false;
}

static bool check_shape(const struct header *header, const char *name, struct findings *findings)
{
	if (header->rank == 2 && header->shape[1] > 0 && header->shape[1] <= COLUMNS_MOST)
		return true;
	if (header->rank != 2)
		findings_add(findings, name, 0, "wrong shape of array",
			     "%zu dimensions, but 2 are needed: one row per query, one column per number",
			     header->rank);
	else
		findings_add(findings, name, 0, "wrong shape of array",
			     "%llu columns, but an embedding has 1 to %d: save one row per query",
			     (unsigned long long)header->shape[1], COLUMNS_MOST);
	return false;
}

static bool check_bytes(const struct header *header, size_t bytes, const char *name,
			struct findings *findings)
{
	size_t needed;
	if (__builtin_mul_overflow(header->shape[0], header->shape[1], &needed) ||
	    __builtin_mul_overflow(needed, header->type[2] == '2' ? 2u : 4u, &needed)) {
		findings_add(findings, name, 0, "wrong shape of array",
			     "%llu × %llu values can't be in a file: save the array again",
			     (unsigned long long)header->shape[0], (unsigned long long)header->shape[1]);
		return false;
	}
	if (needed == bytes)
		return true;
	findings_add(findings, name, 0, bytes < needed ? "truncated file" : "bytes behind the array",
		     "%llu × %llu values need %zu bytes, but %zu are there: copy or save the file again",
		     (unsigned long long)header->shape[0], (unsigned long long)header->shape[1], needed,
		     bytes);
	return false;
}

int npy_parse(const void *bytes, size_t n, const char *name, struct findings *findings, struct npy *out)
{
	struct header header;
	size_t start, length;
	if (n < MAGIC_BYTES || strncmp(bytes, "\x93NUMPY", 6) != 0) {
		findings_add(findings, name, 0, "not an .npy file",
			     "it doesn't start as one: save it with numpy.save");
		return NPY_E_BAD;
	}
	if (!find_header(bytes, n, &start, &length) ||
	    !read_header((const char *)bytes + start, length, &header)) {
		findings_add(findings, name, 0, "broken .npy header",
			     "descr, fortran_order and shape can't be read from it: save it again");
		return NPY_E_BAD;
	}
	if (!check_type(&header, name, findings) || !check_shape(&header, name, findings) ||
	    !check_bytes(&header, n - start - length, name, findings))
		return NPY_E_BAD;
	*out = (struct npy){ .rows = header.shape[0],
			     .columns = header.shape[1],
			     .half = header.type[2] == '2',
			     .fortran = header.fortran,
			     .values = (const uint8_t *)bytes + start + length };
	return NPY_E_OK;
}

int npy_open(const char *path, struct findings *findings, struct npy *out)
{
	void *bytes;
	size_t n;
	int r = mapped_open(path, findings, &bytes, &n);
	if (r != MAPPED_E_OK)
		return r < 0 ? r : NPY_E_BAD;
	r = npy_parse(bytes, n, path, findings, out);
	if (r != NPY_E_OK) {
		munmap(bytes, n);
		return r;
	}
	out->mapping = bytes;
	out->mapping_bytes = n;
	return NPY_E_OK;
}

void npy_close(struct npy *npy)
{
	if (!npy)
		return;
	if (npy->mapping)
		munmap(npy->mapping, npy->mapping_bytes);
	*npy = (struct npy){ 0 };
}

/* float16 (IEEE 754 binary16):  sign 1 | exponent 5, bias 15  | fraction 10
 * float32:                      sign 1 | exponent 8, bias 127 | fraction 23 */
static float from_bits(uint32_t bits)
{
	float value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint32_t to_bits(float value)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

float npy_half_to_float(uint16_t half)
{
	uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = half & 0x7fff;
	if (rest >= 0x7c00) /* infinite, or not a number */
		return from_bits(sign | 0x7f800000 | (rest & 0x3ff) << 13);
	if (rest < 0x0400) /* zero or subnormal: fraction · 2⁻²⁴ */
		return from_bits(sign | to_bits((float)rest * 0x1p-24f));
	return from_bits(sign | ((rest << 13) + ((127u - 15u) << 23)));
}

uint16_t npy_float_to_half(float value)
{
	uint32_t bits = to_bits(value), rest = bits & 0x7fffffff;
	uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
	if (rest > 0x7f800000) /* not a number stays one */
		return (uint16_t)(sign | 0x7e00);
	if (rest >= to_bits(65520.0f)) /* half of the step behind the largest, 65504, goes up */
		return (uint16_t)(sign | 0x7c00);
	if (rest < to_bits(0x1p-14f)) /* subnormal: the nearest multiple of 2⁻²⁴ */
		return (uint16_t)(sign | (uint32_t)lrintf(from_bits(rest) * 0x1p24f));
	uint32_t odd = rest >> 13 & 1;
	return (uint16_t)(sign | (rest - ((127u - 15u) << 23) + 0xfff + odd) >> 13);
}

void npy_row(const struct npy *npy, size_t row, float *out)
{
	size_t first = npy->fortran ? row : row * npy->columns, step = npy->fortran ? npy->rows : 1;
	const uint8_t *values = npy->values;
	/* Nothing promises that the values are aligned. */
	for (size_t i = 0; i < npy->columns; i++) {
		uint16_t half;
		if (npy->half) {
			memcpy(&half, values + (first + i * step) * sizeof(half), sizeof(half));
			out[i] = npy_half_to_float(half);
		} else {
			memcpy(&out[i], values + (first + i * step) * sizeof(*out), sizeof(*out));
		}
	}
}

/* The header as numpy.save writes it: padded with spaces so that the values start at a multiple of 64
 * bytes. */
static int write_header(FILE *stream, size_t rows, size_t columns)
{
	char text[192];
	int n = snprintf(text, sizeof(text),
			 "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }", rows, columns);
	int padded = (MAGIC_BYTES + 2 + n + 1 + 63) / 64 * 64 - MAGIC_BYTES - 2;
	fwrite("\x93NUMPY\x01\x00", 1, MAGIC_BYTES, stream);
	fputc(padded & 0xff, stream);
	fputc(padded >> 8, stream);
	fprintf(stream, "%-*s\n", padded - 1, text);
	return ferror(stream) ? FAIL(-EIO) : 0;
}

int npy_write(const char *path, size_t rows, size_t columns,
	      void (*row)(void *context, size_t index, float *out), void *context)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	cleanup(free_pointer) float *values = calloc(columns + 1, sizeof(*values));
	TRY_ALLOC(values);
	TRY(atomic_file_open(path, &file));
	TRY(write_header(file.stream, rows, columns));
	for (size_t i = 0; i < rows; i++) {
		row(context, i, values);
		if (fwrite(values, sizeof(*values), columns, file.stream) != columns)
			return FAIL(errno ? -errno : -EIO);
	}
	return atomic_file_commit(&file);
}
