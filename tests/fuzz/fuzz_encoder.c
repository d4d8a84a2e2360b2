/* An encoder's identity: what is taken has one canonical text. */
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "common/embed/encoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	cleanup(free_pointer) char *text = calloc(n + 1, 1);
	cleanup(free_pointer) char *first = NULL;
	cleanup(free_pointer) char *second = NULL;
	struct encoder_identity identity, again;
	char why[64];
	if (n > 0)
		memcpy(text, bytes, n);
	int r = encoder_identity_parse(text, &identity);
	FUZZ_NEED(r == 0 || r == -EPROTO);
	if (r != 0)
		return 0;
	FUZZ_NEED(encoder_identity_json(&identity, &first) == 0);
	FUZZ_NEED(encoder_identity_parse(first, &again) == 0);
	FUZZ_NEED(encoder_identity_json(&again, &second) == 0);
	FUZZ_NEED(strcmp(first, second) == 0);
	FUZZ_NEED(encoder_identity_matches(&identity, &again, why, sizeof(why)) || identity.probes);
	encoder_identity_deinit(&identity);
	encoder_identity_deinit(&again);
	return 0;
}
