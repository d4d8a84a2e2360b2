/* tensors.h: named arrays: what a state, a router and a gathered part are made of.             (kind: kernel)
 *
 * A `struct tensors` owns its arrays, 64-byte aligned and row-major, unless it was read from a mapped file
 * (safetensors.h), where the arrays live in the mapping. Tensors are kept in order of name (raw bytes).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum { TENSOR_RANK = 4, TENSOR_NAME = 64 };

enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_I64, TENSOR_U8 };

struct tensor {
	char name[TENSOR_NAME]; /* [a-z0-9._-]+ */
	enum tensor_type type;
	size_t rank;
	size_t shape[TENSOR_RANK]; /* a scalar has rank 0 */
	size_t n;                  /* product of the shape */
	void *data;
};

struct tensors {
	struct tensor *items;
	size_t n;
	void *mapping;        /* not NULL: the arrays live there, read-only */
	size_t mapping_bytes; /* 0: the mapping is someone else's */
};

void tensors_deinit(struct tensors *tensors);

size_t tensor_type_bytes(enum tensor_type type);
const char *tensor_type_name(enum tensor_type type); /* as safetensors has it: "F32" … */
size_t tensor_bytes(const struct tensor *tensor);

/* Add a zeroed tensor and lend its array. Names are unique; a second one is -EEXIST. */
must_check int tensors_add(struct tensors *tensors, const char *name, enum tensor_type type, size_t rank,
			   const size_t *shape, void *data_out);

/* The tensor of that name, or NULL. */
const struct tensor *tensors_find(const struct tensors *tensors, const char *name);

/* The array of that name if type, rank and shape are exactly these, else NULL. */
void *tensors_data(const struct tensors *tensors, const char *name, enum tensor_type type, size_t rank,
		   const size_t *shape);

must_check int tensors_copy(const struct tensors *from, struct tensors *out);
size_t tensors_bytes(const struct tensors *tensors); /* payload of all arrays */

/* Shorthands: tensors_data(t, "theta", TENSOR_F64, SHAPE(k, d)) */
#define SHAPE(...)                                                             \
	(sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t)), (const size_t[]) \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
