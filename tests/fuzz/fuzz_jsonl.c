/* A log of JSON lines, canonical or wide; the parity of its length says where embeddings come from. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_log(bytes, n, n % 2 == 1);
	return 0;
}
