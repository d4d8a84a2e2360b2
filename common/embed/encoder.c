/* encoder.c: identities of encoders.                                                        (kind: kernel) */
#include "common/embed/encoder.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/npy.h"

/* Part of every identity with probes: changing a letter makes all older artefacts strangers. */
const char *const encoder_probes[ENCODER_PROBES] = {
	"What is the capital of France?",
	"Write a function that reverses a linked list in C.",
	"A train leaves at 9:15 and travels 120 km at 80 km/h. When does it arrive?",
	"Summarize the following contract clause in two plain sentences.",
	"Übersetze den Satz \"Guten Morgen, wie geht es dir?\" ins Englische.",
	"SELECT name, COUNT(*) FROM orders GROUP BY name HAVING COUNT(*) > 10;",
	"Which of these is a symptom of iron deficiency? (A) fatigue (B) fever (C) rash",
	"写一首关于秋天的短诗。",
};

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
	size_t n = strlen(name);
	if (n == 0 || n >= ENCODER_NAME || dimension == 0 || dimension > ENCODER_DIMENSION_MOST)
		return FAIL(-EINVAL);
	*out = (struct encoder_identity){ .dimension = dimension, .normalization = "l2" };
	memcpy(out->name, name, n);
	return 0;
}

static bool same_fields(const struct encoder_identity *a, const struct encoder_identity *b)
{
	return strcmp(a->name, b->name) == 0 && a->dimension == b->dimension &&
	       strcmp(a->normalization, b->normalization) == 0 && strcmp(a->weights, b->weights) == 0 &&
	       !a->probes == !b->probes;
}

static double probe_cosine(const struct encoder_identity *a, const struct encoder_identity *b, size_t probe)
{
	double ab = 0.0, aa = 0.0, bb = 0.0;
	for (size_t i = probe * a->dimension; i < (probe + 1) * a->dimension; i++) {
		double x = npy_half_to_float(a->probes[i]), y = npy_half_to_float(b->probes[i]);
		ab += x * y;
		aa += x * x;
		bb += y * y;
	}
	return ab / sqrt(aa * bb); /* NaN for a zero vector: no match */
}

static void describe(const struct encoder_identity *identity, char *out, size_t n)
{
	snprintf(out, n, "\"%s\" (%zu dimensions, %s, weights %.12s, %s)", identity->name,
		 identity->dimension, identity->normalization,
		 identity->weights[0] ? identity->weights : "none",
		 identity->probes ? "with probes" : "no probes");
}

bool encoder_identity_matches(const struct encoder_identity *a, const struct encoder_identity *b, char *why,
			      size_t n)
{
	char left[2 * ENCODER_NAME + 64], right[2 * ENCODER_NAME + 64];
	describe(a, left, sizeof(left));
	describe(b, right, sizeof(right));
	if (!same_fields(a, b)) {
		if (why)
			snprintf(why, n, "encoder %s is not encoder %s", left, right);
		return false;
	}
	for (size_t probe = 0; a->probes && probe < ENCODER_PROBES; probe++) {
		double cosine = probe_cosine(a, b, probe);
		if (cosine >= 0.999)
			continue;
		if (why)
			snprintf(
				why, n,
				"encoder %s and encoder %s embed probe sentence %zu differently: cosine %.4f",
				left, right, probe + 1, cosine);
		return false;
	}
	return true;
}
