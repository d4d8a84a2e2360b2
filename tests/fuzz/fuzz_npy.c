/* An .npy file: every row of what is taken can be read. */
#include "tests/fuzz/fuzz.h"

#include "common/io/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	struct npy npy = { 0 };
	int r = npy_parse(bytes, n, "x.npy", &findings, &npy);
	fuzz_judge(r, &findings);
	if (r != NPY_E_OK)
		return 0;
	cleanup(free_pointer) float *row = malloc(npy.columns * sizeof(*row));
	FUZZ_NEED(row && npy.columns > 0);
	for (size_t i = 0; i < npy.rows; i++)
		npy_row(&npy, i, row);
	npy_close(&npy);
	return 0;
}
