/* hash.c: the embedded default encoder: hashed word and character grams.                       (kind: kernel)
 *
 * The text is decoded as UTF-8 (a byte that does not belong is U+FFFD), lower-cased, every run of white space
 * and control characters becomes one space, and one space is put at both ends. From that:
 *   words       maximal runs of letters, marks and numbers: "w" + word, and "w" + word + " " + next word
 *   characters  "c" + every 3, 4 and 5 neighbouring characters
 * h = fmix64(FNV-1a-64(gram's bytes)); gram g adds ±√tf(g) to element ⌊(h mod 2³²)·dimension / 2³²⌋, − if the
 * top bit of h is set. The encoder is this file: the probes' vectors in the identity tell when it changed.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/embed/encoder.h"
#include "common/io/npy.h"

/* The folded text: character i is bytes[start[i] … start[i + 1]). */
struct folded {
	uint8_t *bytes;
	uint32_t *start;
	bool *is_word;
	size_t n;
};

/* How often each gram occurs: open addressing, `mask` + 1 places, at most half of them taken; hash 0 is a
 * free place. */
struct count {
	uint64_t hash;
	uint64_t n;
};

struct counts {
	struct count *places;
	size_t mask, taken;
};

static void folded_deinit(struct folded *text)
{
	free(text->bytes);
	free(text->start);
	free(text->is_word);
}

static void counts_deinit(struct counts *counts)
{
	free(counts->places);
}

static void folded_add(struct folded *text, utf8proc_int32_t point, bool is_word)
{
	uint32_t at = text->start[text->n];
	text->is_word[text->n] = is_word;
	text->start[++text->n] = at + (uint32_t)utf8proc_encode_char(point, text->bytes + at);
}

static void folded_add_space(struct folded *text)
{
	if (text->n == 0 || text->bytes[text->start[text->n] - 1] != ' ')
		folded_add(text, ' ', false);
}

static void fold_character(struct folded *text, utf8proc_int32_t point)
{
	utf8proc_category_t category = utf8proc_category(point);
	bool is_space = category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CC;
	bool is_word = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
	if (is_space)
		folded_add_space(text);
	else
		folded_add(text, utf8proc_tolower(point), is_word);
}

static int fold(const char *bytes, size_t n, struct folded *text)
{
	if (n > UINT32_MAX / 8)
		return FAIL(-E2BIG);
	text->bytes = malloc(4 * (n + 2));
	text->start = malloc((n + 3) * sizeof(*text->start));
	text->is_word = malloc((n + 2) * sizeof(*text->is_word));
	TRY_ALLOC(text->bytes && text->start && text->is_word);
	text->start[0] = 0;
	folded_add_space(text);
	for (size_t i = 0; i < n;) {
		utf8proc_int32_t point;
		utf8proc_ssize_t length =
			utf8proc_iterate((const uint8_t *)bytes + i, (utf8proc_ssize_t)(n - i), &point);
		fold_character(text, length > 0 ? point : 0xfffd);
		i += length > 0 ? (size_t)length : 1;
	}
	folded_add_space(text);
	return 0;
}

static uint64_t fnv(uint64_t hash, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t fnv_start(uint8_t kind)
{
	return fnv(0xcbf29ce484222325u, &kind, 1);
}

/* FNV alone leaves the upper bits of short grams alike; MurmurHash3's finalizer spreads them. */
static uint64_t finish(uint64_t hash)
{
	hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
	hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
	hash ^= hash >> 33;
	return hash != 0 ? hash : 1;
}

static struct count *place_of(const struct counts *counts, uint64_t hash)
{
	size_t at = hash & counts->mask;
	while (counts->places[at].hash != 0 && counts->places[at].hash != hash)
		at = (at + 1) & counts->mask;
	return &counts->places[at];
}

static int counts_grow(struct counts *counts)
{
	struct counts larger = { .mask = counts->places ? 2 * counts->mask + 1 : 4095,
				 .taken = counts->taken };
	larger.places = calloc(larger.mask + 1, sizeof(*larger.places));
	TRY_ALLOC(larger.places);
	for (size_t i = 0; counts->places && i <= counts->mask; i++)
		if (counts->places[i].hash != 0)
			*place_of(&larger, counts->places[i].hash) = counts->places[i];
	free(counts->places);
	*counts = larger;
	return 0;
}

static int count_gram(struct counts *counts, uint64_t hash)
{
	if (2 * counts->taken >= counts->mask)
		TRY(counts_grow(counts));
	struct count *place = place_of(counts, hash);
	if (place->hash == 0)
		counts->taken++;
	place->hash = hash;
	place->n++;
	return 0;
}

static int count_characters(const struct folded *text, struct counts *counts)
{
	for (size_t i = 0; i + 3 <= text->n; i++) {
		uint64_t hash = fnv(fnv_start('c'), text->bytes + text->start[i],
				    text->start[i + 2] - text->start[i]);
		for (size_t last = i + 2; last < i + 5 && last < text->n; last++) {
			hash = fnv(hash, text->bytes + text->start[last],
				   text->start[last + 1] - text->start[last]);
			TRY(count_gram(counts, finish(hash)));
		}
	}
	return 0;
}

static int count_words(const struct folded *text, struct counts *counts)
{
	uint64_t pair = 0; /* hash of the word before and a space; 0: there is none */
	for (size_t i = 0; i < text->n; i++) {
		if (!text->is_word[i])
			continue;
		size_t end = i;
		while (end < text->n && text->is_word[end])
			end++;
		const uint8_t *word = text->bytes + text->start[i];
		size_t n = text->start[end] - text->start[i];
		uint64_t single = fnv(fnv_start('w'), word, n);
		TRY(count_gram(counts, finish(single)));
		if (pair != 0)
			TRY(count_gram(counts, finish(fnv(pair, word, n))));
		pair = fnv(single, (const uint8_t *)" ", 1);
		i = end;
	}
	return 0;
}

/* Places are visited in table order, which the text alone decides: equal texts give equal bits. */
static void add_up(const struct counts *counts, double *sum, size_t dimension)
{
	for (size_t i = 0; counts->places && i <= counts->mask; i++) {
		uint64_t hash = counts->places[i].hash;
		if (hash == 0)
			continue;
		double weight = sqrt((double)counts->places[i].n);
		sum[((hash & 0xffffffffu) * dimension) >> 32] += hash >> 63 ? -weight : weight;
	}
}

int hash_encode(const char *bytes, size_t n, float *x, size_t dimension)
{
	cleanup(folded_deinit) struct folded text = { 0 };
	cleanup(counts_deinit) struct counts counts = { 0 };
	cleanup(free_pointer) double *sum = calloc(dimension, sizeof(*sum));
	TRY_ALLOC(sum);
	TRY(fold(bytes, n, &text));
	TRY(count_words(&text, &counts));
	TRY(count_characters(&text, &counts));
	add_up(&counts, sum, dimension);
	for (size_t i = 0; i < dimension; i++)
		x[i] = (float)sum[i];
	return 0;
}

int hash_identity(size_t dimension, struct encoder_identity *out)
{
	cleanup(encoder_identity_deinit) struct encoder_identity identity = { 0 };
	TRY(encoder_identity_given("hash", dimension, &identity));
	identity.probes = malloc(ENCODER_PROBES * dimension * sizeof(*identity.probes));
	cleanup(free_pointer) float *x = malloc(dimension * sizeof(*x));
	TRY_ALLOC(identity.probes && x);
	for (size_t probe = 0; probe < ENCODER_PROBES; probe++) {
		TRY(hash_encode(encoder_probes[probe], strlen(encoder_probes[probe]), x, dimension));
		embed_normalize(x, dimension);
		for (size_t i = 0; i < dimension; i++)
			identity.probes[probe * dimension + i] = npy_float_to_half(x[i]);
	}
	*out = identity;
	identity.probes = NULL;
	return 0;
}

size_t hash_dimension(const char *encoder)
{
	if (strcmp(encoder, "hash") == 0)
		return HASH_DIMENSION;
	if (strncmp(encoder, "hash:", 5) != 0 || strspn(encoder + 5, "0123456789") != strlen(encoder + 5))
		return 0;
	unsigned long dimension = strtoul(encoder + 5, NULL, 10);
	return dimension <= ENCODER_DIMENSION_MOST ? dimension : 0;
}
