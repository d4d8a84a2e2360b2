/* tensors.c: an ordered list of owned arrays.                                               (kind: kernel) */
#include "common/io/tensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const struct {
	const char *name;
	size_t bytes;
} types[] = {
	[TENSOR_F32] = { "F32", 4 },
	[TENSOR_F64] = { "F64", 8 },
	[TENSOR_I64] = { "I64", 8 },
	[TENSOR_U8] = { "U8", 1 },
};

size_t tensor_type_bytes(enum tensor_type type)
{
	return types[type].bytes;
}

const char *tensor_type_name(enum tensor_type type)
{
	return types[type].name;
}

size_t tensor_bytes(const struct tensor *tensor)
{
	return tensor->n * tensor_type_bytes(tensor->type);
}

void tensors_deinit(struct tensors *tensors)
{
	if (!tensors)
		return;
	for (size_t i = 0; i < tensors->n && !tensors->mapping; i++)
		free(tensors->items[i].data);
	free(tensors->items);
	if (tensors->mapping_bytes > 0)
		munmap(tensors->mapping, tensors->mapping_bytes);
	*tensors = (struct tensors){ 0 };
}

static size_t place_of(const struct tensors *tensors, const char *name)
{
	size_t place = 0;
	while (place < tensors->n && strcmp(tensors->items[place].name, name) < 0)
		place++;
	return place;
}

int tensors_add(struct tensors *tensors, const char *name, enum tensor_type type, size_t rank,
		const size_t *shape, void *data_out)
{
	struct tensor tensor = { .type = type, .rank = rank, .n = 1 };
	if (rank > TENSOR_RANK || strlen(name) >= sizeof(tensor.name) || tensors->mapping)
		return FAIL(-EINVAL);
	size_t place = place_of(tensors, name);
	if (place < tensors->n && strcmp(tensors->items[place].name, name) == 0)
		return FAIL(-EEXIST);
	memcpy(tensor.name, name, strlen(name) + 1);
	for (size_t i = 0; i < rank; i++) {
		tensor.shape[i] = shape[i];
		if (__builtin_mul_overflow(tensor.n, shape[i], &tensor.n) || tensor.n > SIZE_MAX / 64)
			return FAIL(-EOVERFLOW);
	}
	struct tensor *items = realloc(tensors->items, (tensors->n + 1) * sizeof(*items));
	TRY_ALLOC(items);
	tensors->items = items;
	size_t bytes = (tensor_bytes(&tensor) + 63) / 64 * 64;
	tensor.data = aligned_alloc(64, bytes > 0 ? bytes : 64);
	TRY_ALLOC(tensor.data);
	memset(tensor.data, 0, bytes > 0 ? bytes : 64);
	memmove(items + place + 1, items + place, (tensors->n - place) * sizeof(*items));
	items[place] = tensor;
	tensors->n++;
	if (data_out)
		*(void **)data_out = tensor.data;
	return 0;
}

const struct tensor *tensors_find(const struct tensors *tensors, const char *name)
{
	size_t place = place_of(tensors, name);
	if (place == tensors->n || strcmp(tensors->items[place].name, name) != 0)
		return NULL;
	return &tensors->items[place];
}

void *tensors_data(const struct tensors *tensors, const char *name, enum tensor_type type, size_t rank,
		   const size_t *shape)
{
	const struct tensor *tensor = tensors_find(tensors, name);
	if (!tensor || tensor->type != type || tensor->rank != rank)
		return NULL;
	for (size_t i = 0; i < rank; i++) {
		if (tensor->shape[i] != shape[i])
			return NULL;
	}
	return tensor->data;
}

int tensors_copy(const struct tensors *from, struct tensors *out)
{
	struct tensors copy = { 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct tensor *tensor = &from->items[i];
		void *data;
		int result =
			tensors_add(&copy, tensor->name, tensor->type, tensor->rank, tensor->shape, &data);
		if (result != 0) {
			tensors_deinit(&copy);
			return FAIL(result);
		}
		memcpy(data, tensor->data, tensor_bytes(tensor));
	}
	*out = copy;
	return 0;
}

size_t tensors_bytes(const struct tensors *tensors)
{
	size_t bytes = 0;
	for (size_t i = 0; i < tensors->n; i++)
		bytes += tensor_bytes(&tensors->items[i]);
	return bytes;
}
