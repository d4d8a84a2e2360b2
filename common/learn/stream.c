/* stream.c: from names to a counter-based generator.                                        (kind: kernel) */
#include "common/learn/stream.h"

#include <string.h>

#include "common/crypto/digest.h"

int stream_open(struct rng *rng, uint64_t seed, uint32_t phase, const char *who, const char *purpose)
{
	cleanup(digester_cleanup) struct digester *digester = NULL;
	struct digest digest;
	uint64_t words[2] = { 0, 0 };
	TRY(digester_new(&digester));
	digester_add_string(digester, "fedrouter.stream/1");
	digester_add_u64(digester, seed);
	digester_add_u64(digester, phase);
	digester_add_string(digester, who);
	digester_add_string(digester, purpose);
	TRY(digester_finish(digester, &digest));
	for (size_t i = 0; i < 16; i++)
		words[i / 8] |= (uint64_t)digest.bytes[i] << (8 * (i % 8));
	rng_init(rng, words[0], words[1]);
	return 0;
}
