/* fuzz.h: what all fuzz targets share.
 *
 * A target gets bytes that a stranger could have sent. Beside not crashing, a reader keeps its promises: an
 * outcome and a finding, never an internal failure; and what it took it can write and read again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/findings.h"

/* libFuzzer's entry; always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define FUZZ_NEED(condition)      \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* The path of a file that has these bytes, until the next call. It lives in memory. */
const char *fuzz_file(const uint8_t *bytes, size_t n);

/* The path of a file that can be written to, one per process. */
const char *fuzz_path(void);

/* Good outcomes come without complaint, bad ones with at least one finding; then forget the findings. */
void fuzz_judge(int result, struct findings *findings);
