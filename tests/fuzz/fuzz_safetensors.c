/* A safetensors file: what is taken can be written and has the same arrays and strings when read again. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/io/safetensors.h"

static void compare(const struct tensors *a, const struct tensors *b)
{
	FUZZ_NEED(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct tensor *x = &a->items[i], *y = &b->items[i];
		FUZZ_NEED(strcmp(x->name, y->name) == 0);
		FUZZ_NEED(i == 0 || strcmp(a->items[i - 1].name, x->name) < 0);
		FUZZ_NEED(tensors_data(b, x->name, x->type, x->rank, x->shape) == y->data);
		FUZZ_NEED(tensor_bytes(x) == 0 || memcmp(x->data, y->data, tensor_bytes(x)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	struct tensors tensors = { 0 }, again = { 0 };
	json_t *metadata = NULL, *metadata_again = NULL;
	int r = safetensors_parse(bytes, n, "x.safetensors", &findings, &tensors, &metadata);
	fuzz_judge(r, &findings);
	if (r != SAFETENSORS_E_OK)
		return 0;
	FUZZ_NEED(safetensors_write(fuzz_path(), &tensors, metadata) == 0);
	FUZZ_NEED(safetensors_read(fuzz_path(), &findings, &again, &metadata_again) == SAFETENSORS_E_OK);
	FUZZ_NEED(json_equal(metadata, metadata_again));
	compare(&tensors, &again);
	tensors_deinit(&tensors);
	tensors_deinit(&again);
	json_decref(metadata);
	json_decref(metadata_again);
	return 0;
}
