/* A RouterBench CSV: the bytes as a whole, or as rows under a good header. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_log.h"

#include <string.h>

static const char header[] = "sample_id,prompt,eval_name,a,b,a|total_cost,b|total_cost\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	cleanup(free_pointer) uint8_t *file = malloc(sizeof(header) + n);
	memcpy(file, header, sizeof(header) - 1);
	if (n > 0)
		memcpy(file + sizeof(header) - 1, bytes, n);
	if (n > 0 && bytes[0] == 's')
		fuzz_log(bytes, n, false);
	else
		fuzz_log(file, sizeof(header) - 1 + n, false);
	return 0;
}
