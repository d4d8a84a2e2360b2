/* Lines, plain or packed: they are in order, end, and never come after a break. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/io/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	cleanup(lines_cleanup) struct lines *lines = NULL;
	struct line line;
	int r = lines_open(fuzz_file(bytes, n), &findings, &lines);
	FUZZ_NEED(r == LINES_E_OK);
	for (size_t number = 1; (r = lines_next(lines, &line)) == LINES_E_OK || r == LINES_E_LONG; number++) {
		FUZZ_NEED(line.number == number && line.n <= LINES_LONGEST && line.text[line.n] == '\0');
		FUZZ_NEED(!memchr(line.text, '\n', line.n));
	}
	FUZZ_NEED(lines_next(lines, &line) == r && lines_position(lines) <= lines_size(lines));
	fuzz_judge(r == LINES_E_END ? 0 : r, &findings);
	return 0;
}
