/* encoder.c: identities of encoders.                                                                (kind: kernel) */
#include "common/embed/encoder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void encoder_identity_deinit(struct encoder_identity *identity)
{
	if (!identity)
		return;
	free(identity->probes);
	*identity = (struct encoder_identity){ 0 };
}

int encoder_identity_copy(const struct encoder_identity *from, struct encoder_identity *out)
{
	struct encoder_identity copy = *from;
	if (from->probes) {
		size_t bytes = ENCODER_PROBES * from->dimension * sizeof(*from->probes);
		copy.probes = malloc(bytes);
		TRY_ALLOC(copy.probes);
		memcpy(copy.probes, from->probes, bytes);
	}
	*out = copy;
	return 0;
}

int encoder_identity_given(const char *name, size_t dimension, struct encoder_identity *out)
{
	if (strlen(name) >= ENCODER_NAME || dimension == 0 || dimension > ENCODER_DIMENSION_MOST)
		return FAIL(-EINVAL);
	*out = (struct encoder_identity){ .dimension = dimension, .normalization = "l2" };
	strcpy(out->name, name);
	return 0;
}
