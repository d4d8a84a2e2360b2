/* npy.h: NumPy's array files: a mapped two-dimensional array of float16 or float32.           (kind: adapter)
 *
 * Versions 1.0, 2.0 and 3.0, little endian, C or Fortran order. Header and file size are checked before a
 * value is read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum { NPY_E_OK = 0, NPY_E_BAD = 1 };

struct npy {
	size_t rows, columns;
	bool half, fortran;
	const void *values; /* in the mapping */
	void *mapping;
	size_t mapping_bytes;
};

must_check int npy_open(const char *path, struct findings *findings, struct npy *out);
/* The same from bytes in memory, which the array borrows; `name` is for findings. */
must_check int npy_parse(const void *bytes, size_t n, const char *name, struct findings *findings,
			 struct npy *out);
void npy_close(struct npy *npy);

/* One row as float32, whatever the file has. */
void npy_row(const struct npy *npy, size_t row, float *out);

/* Write rows × columns float32 in C order, atomically; `row` is asked for each row in turn. */
must_check int npy_write(const char *path, size_t rows, size_t columns,
			 void (*row)(void *context, size_t index, float *out), void *context);

float npy_half_to_float(uint16_t half);
uint16_t npy_float_to_half(float value); /* nearest, half to even */
