/* safetensors.c: the header as JSON, checked against the bytes behind it.                  (kind: adapter) */
#include "common/io/safetensors.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/io/atomic_file.h"
#include "common/io/mapped.h"

static const char metadata_key[] = "__metadata__";

enum { LENGTH_BYTES = 8, DATA_ALIGNMENT = 64 };

/* One array of the file: where it says it is, relative to the first byte behind the header. */
struct entry {
	struct tensor tensor;
	size_t begin, end;
};

/* A file under inspection. */
struct source {
	const char *name;
	struct findings *findings;
	const uint8_t *data;
	size_t data_bytes;
};

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int refuse_tensor(const struct source *source, const char *tensor, const char *why)
{
	findings_add(source->findings, source->name, 0, "wrong array in the header",
		     "%s: %s: make or fetch the file again", tensor, why);
	return SAFETENSORS_E_BAD;
}

static bool is_name(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n < TENSOR_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static bool read_type(const json_t *json, enum tensor_type *out)
{
	const char *name = json_string_value(json);
	for (int type = TENSOR_F32; type <= TENSOR_U8 && name; type++) {
		if (strcmp(name, tensor_type_name(type)) == 0) {
			*out = type;
			return true;
		}
	}
	return false;
}

static bool read_size(const json_t *json, size_t *out)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return false;
	*out = (size_t)json_integer_value(json);
	return true;
}

/* Shape and number of elements; false where the array couldn't be in memory. */
static bool read_shape(const json_t *json, struct tensor *tensor)
{
	size_t bytes;
	if (!json_is_array(json) || json_array_size(json) > TENSOR_RANK)
		return false;
	tensor->rank = json_array_size(json);
	tensor->n = 1;
	for (size_t i = 0; i < tensor->rank; i++) {
		if (!read_size(json_array_get(json, i), &tensor->shape[i]) ||
		    __builtin_mul_overflow(tensor->n, tensor->shape[i], &tensor->n))
			return false;
	}
	return !__builtin_mul_overflow(tensor->n, tensor_type_bytes(tensor->type), &bytes);
}

static int read_entry(const struct source *source, const char *name, const json_t *json, struct entry *entry)
{
	struct tensor *tensor = &entry->tensor;
	const json_t *offsets = json_object_get(json, "data_offsets");
	if (!is_name(name))
		return refuse_tensor(source, "an array", "its name is not 1 to 63 of a-z 0-9 . _ -");
	memcpy(tensor->name, name, strlen(name) + 1);
	if (json_object_size(json) != 3 || json_array_size(offsets) != 2)
		return refuse_tensor(source, name, "it has to have dtype, shape and two data_offsets");
	if (!read_type(json_object_get(json, "dtype"), &tensor->type))
		return refuse_tensor(source, name, "its dtype is none of F32, F64, I64, U8");
	if (!read_shape(json_object_get(json, "shape"), tensor))
		return refuse_tensor(source, name, "its shape is not that of an array");
	if (!read_size(json_array_get(offsets, 0), &entry->begin) ||
	    !read_size(json_array_get(offsets, 1), &entry->end))
		return refuse_tensor(source, name, "its offsets are not offsets");
	if (entry->begin > entry->end || entry->end > source->data_bytes)
		return refuse_tensor(source, name, "its offsets are not inside the file");
	if (entry->end - entry->begin != tensor_bytes(tensor))
		return refuse_tensor(source, name, "its offsets and its shape don't fit");
	tensor->data = (void *)(source->data + entry->begin);
	if ((uintptr_t)tensor->data % tensor_type_bytes(tensor->type) != 0)
		return refuse_tensor(source, name, "it is not aligned");
	return SAFETENSORS_E_OK;
}

static int compare_places(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->tensor.name, ((const struct entry *)b)->tensor.name);
}

/* One array begins where the one before it ends, from the first byte behind the header to the last of the
 * file. */
static int check_tiling(const struct source *source, struct entry *entries, size_t n)
{
	size_t end = 0;
	qsort(entries, n, sizeof(*entries), compare_places);
	for (size_t i = 0; i < n; end = entries[i++].end) {
		if (entries[i].begin != end)
			return refuse_tensor(source, entries[i].tensor.name,
					     entries[i].begin < end ? "it overlaps the one before" :
								      "there is a gap before it");
	}
	if (end == source->data_bytes)
		return SAFETENSORS_E_OK;
	findings_add(source->findings, source->name, 0, "bytes behind the arrays",
		     "%zu of data, but the header tells of %zu: make or fetch the file again",
		     source->data_bytes, end);
	return SAFETENSORS_E_BAD;
}

static int read_entries(const struct source *source, json_t *header, struct entry *entries, size_t *n)
{
	const char *name;
	json_t *json;
	*n = 0;
	json_object_foreach (header, name, json) {
		if (strcmp(name, metadata_key) == 0)
			continue;
		int r = read_entry(source, name, json, &entries[(*n)++]);
		if (r != SAFETENSORS_E_OK)
			return r;
	}
	return check_tiling(source, entries, *n);
}

static int read_tensors(const struct source *source, json_t *header, struct tensors *out)
{
	size_t n;
	cleanup(free_pointer) struct entry *entries = calloc(json_object_size(header) + 1, sizeof(*entries));
	TRY_ALLOC(entries);
	int r = read_entries(source, header, entries, &n);
	if (r != SAFETENSORS_E_OK)
		return r;
	qsort(entries, n, sizeof(*entries), compare_names);
	struct tensor *items = calloc(n + 1, sizeof(*items));
	TRY_ALLOC(items);
	for (size_t i = 0; i < n; i++)
		items[i] = entries[i].tensor;
	*out = (struct tensors){ .items = items, .n = n, .mapping = (void *)source->data };
	return SAFETENSORS_E_OK;
}

static bool are_strings(json_t *json)
{
	const char *key;
	json_t *value;
	json_object_foreach (json, key, value) {
		if (!json_is_string(value))
			return false;
	}
	return json_is_object(json);
}

static int refuse_header(const struct source *source, const char *why)
{
	findings_add(source->findings, source->name, 0, "broken safetensors header",
		     "%s: make or fetch the file again", why);
	return SAFETENSORS_E_BAD;
}

/* The header's JSON and where the data starts. */
static int read_header(const uint8_t *bytes, size_t n, struct source *source, json_t **out)
{
	uint64_t length = 0;
	if (n < LENGTH_BYTES)
		return refuse_header(source, "the file is too short to have one");
	memcpy(&length, bytes, sizeof(length));
	length = le64toh(length);
	if (length > SAFETENSORS_HEADER_MOST || length > n - LENGTH_BYTES)
		return refuse_header(source, "it is longer than it can be");
	const char *text = (const char *)bytes + LENGTH_BYTES;
	if (length == 0 || *text != '{')
		return refuse_header(source, "it is not a JSON object");
	*out = json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
	if (!*out)
		return refuse_header(source, "it is not JSON, or it names something twice");
	source->data = bytes + LENGTH_BYTES + length;
	source->data_bytes = n - LENGTH_BYTES - (size_t)length;
	return SAFETENSORS_E_OK;
}

int safetensors_parse(const void *bytes, size_t n, const char *name, struct findings *findings,
		      struct tensors *out, json_t **metadata_out)
{
	struct source source = { .name = name, .findings = findings };
	cleanup(json_cleanup) json_t *header = NULL;
	int r = read_header(bytes, n, &source, &header);
	if (r != SAFETENSORS_E_OK)
		return r;
	json_t *found = json_object_get(header, metadata_key);
	if (found && !are_strings(found))
		return refuse_header(&source, "its metadata are not strings");
	cleanup(json_cleanup) json_t *metadata = found ? json_incref(found) : json_object();
	TRY_ALLOC(metadata);
	r = read_tensors(&source, header, out);
	if (r != SAFETENSORS_E_OK)
		return r;
	*metadata_out = json_incref(metadata);
	return SAFETENSORS_E_OK;
}

int safetensors_read(const char *path, struct findings *findings, struct tensors *out, json_t **metadata_out)
{
	void *bytes;
	size_t n;
	int r = mapped_open(path, findings, &bytes, &n);
	if (r != MAPPED_E_OK)
		return r < 0 ? r : SAFETENSORS_E_BAD;
	r = safetensors_parse(bytes, n, path, findings, out, metadata_out);
	if (r != SAFETENSORS_E_OK) {
		munmap(bytes, n);
		return r;
	}
	out->mapping = bytes;
	out->mapping_bytes = n;
	return SAFETENSORS_E_OK;
}

/* The order of the data: widest elements first, then by name, which keeps every array aligned without
 * gaps. */
static void order_data(const struct tensors *tensors, const struct tensor **order)
{
	size_t n = 0;
	for (size_t width = 8; width > 0; width /= 2) {
		for (size_t i = 0; i < tensors->n; i++) {
			if (tensor_type_bytes(tensors->items[i].type) == width)
				order[n++] = &tensors->items[i];
		}
	}
}

static json_t *entry_json(const struct tensor *tensor, size_t begin)
{
	json_t *shape = json_array();
	for (size_t i = 0; i < tensor->rank; i++)
		json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i]));
	return json_pack("{s:s, s:o, s:[I, I]}", "dtype", tensor_type_name(tensor->type), "shape", shape,
			 "data_offsets", (json_int_t)begin, (json_int_t)(begin + tensor_bytes(tensor)));
}

/* The header's text, padded so that the data behind it are aligned. */
static int header_text(const struct tensor *const *order, size_t n, const json_t *metadata, char **out)
{
	cleanup(json_cleanup) json_t *header = json_object();
	size_t begin = 0;
	if (metadata && json_object_set(header, metadata_key, (json_t *)metadata) != 0)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < n; begin += tensor_bytes(order[i++])) {
		if (json_object_set_new(header, order[i]->name, entry_json(order[i], begin)) != 0)
			return FAIL(-ENOMEM);
	}
	cleanup(free_pointer) char *text = json_dumps(header, JSON_SORT_KEYS | JSON_COMPACT);
	TRY_ALLOC(text);
	size_t bytes = LENGTH_BYTES + strlen(text);
	size_t padded = (bytes + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT - LENGTH_BYTES;
	if (padded > SAFETENSORS_HEADER_MOST)
		return FAIL(-EOVERFLOW);
	return asprintf(out, "%-*s", (int)padded, text) < 0 ? FAIL(-ENOMEM) : 0;
}

static int write_all(FILE *stream, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, stream) == n ? 0 : FAIL(errno ? -errno : -EIO);
}

int safetensors_write(const char *path, const struct tensors *tensors, const json_t *metadata)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	cleanup(free_pointer) const struct tensor **order = calloc(tensors->n + 1, sizeof(*order));
	cleanup(free_pointer) char *text = NULL;
	TRY_ALLOC(order);
	if (metadata && !are_strings((json_t *)metadata))
		return FAIL(-EINVAL);
	order_data(tensors, order);
	TRY(header_text(order, tensors->n, metadata, &text));
	TRY(atomic_file_open(path, &file));
	uint64_t length = htole64(strlen(text));
	TRY(write_all(file.stream, &length, sizeof(length)));
	TRY(write_all(file.stream, text, strlen(text)));
	for (size_t i = 0; i < tensors->n; i++)
		TRY(write_all(file.stream, order[i]->data, tensor_bytes(order[i])));
	return atomic_file_commit(&file);
}
