/* encoder_identity.c: an encoder's identity as canonical JSON and back.                    (kind: adapter) */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/base64.h"
#include "common/embed/encoder.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

/* Bytes that do not depend on the machine's order. */
static void swap_to_little(const uint16_t *words, size_t n, uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		bytes[2 * i] = (uint8_t)words[i];
		bytes[2 * i + 1] = (uint8_t)(words[i] >> 8);
	}
}

static int probes_encode(const struct encoder_identity *identity, char **out)
{
	size_t n = ENCODER_PROBES * identity->dimension;
	cleanup(free_pointer) uint8_t *bytes = malloc(2 * n);
	TRY_ALLOC(bytes);
	swap_to_little(identity->probes, n, bytes);
	return base64_encode(bytes, 2 * n, out);
}

static int probes_decode(const char *text, size_t dimension, uint16_t **out)
{
	size_t n = ENCODER_PROBES * dimension;
	cleanup(free_pointer) uint8_t *bytes = malloc(2 * n);
	cleanup(free_pointer) uint16_t *probes = malloc(2 * n);
	TRY_ALLOC(bytes);
	TRY_ALLOC(probes);
	int r = base64_decode(text, bytes, 2 * n);
	if (r != BASE64_E_OK)
		return r < 0 ? r : -EPROTO;
	for (size_t i = 0; i < n; i++)
		probes[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	*out = probes;
	probes = NULL;
	return 0;
}

int encoder_identity_json(const struct encoder_identity *identity, char **out)
{
	cleanup(free_pointer) char *probes = NULL;
	if (identity->probes)
		TRY(probes_encode(identity, &probes));
	cleanup(json_cleanup) json_t *json =
		json_pack("{s:s, s:I, s:s, s:s?, s:s}", "name", identity->name, "dimension",
			  (json_int_t)identity->dimension, "normalization", identity->normalization, "probes",
			  probes, "weights", identity->weights);
	if (!json)
		return FAIL(-EINVAL);
	*out = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
	TRY_ALLOC(*out);
	return 0;
}

/* Copy a field of at most `room` − 1 bytes; false if it is longer. */
static bool take_text(const char *text, char *out, size_t room)
{
	size_t n = strlen(text);
	if (n >= room)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

/* The weights are named by 64 lower-case hex digits or not at all. */
static bool is_digest(const char *text)
{
	size_t n = strlen(text);
	return n == 0 || (n == 64 && strspn(text, "0123456789abcdef") == 64);
}

int encoder_identity_parse(const char *text, struct encoder_identity *out)
{
	cleanup(json_cleanup) json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *name, *normalization, *weights, *probes = NULL;
	json_int_t dimension;
	json_t *probes_json = json_object_get(json, "probes");
	if (!json || json_unpack(json, "{s:s, s:I, s:s, s:s}", "name", &name, "dimension", &dimension,
				 "normalization", &normalization, "weights", &weights) != 0)
		return -EPROTO;
	if (probes_json && !json_is_null(probes_json) && !(probes = json_string_value(probes_json)))
		return -EPROTO;
	cleanup(encoder_identity_deinit) struct encoder_identity identity = { 0 };
	if (dimension < 1 || dimension > ENCODER_DIMENSION_MOST || name[0] == '\0' || !is_digest(weights) ||
	    !take_text(name, identity.name, sizeof(identity.name)) ||
	    !take_text(normalization, identity.normalization, sizeof(identity.normalization)) ||
	    !take_text(weights, identity.weights, sizeof(identity.weights)))
		return -EPROTO;
	identity.dimension = (size_t)dimension;
	int r = probes ? probes_decode(probes, identity.dimension, &identity.probes) : 0;
	if (r != 0)
		return r;
	*out = identity;
	identity.probes = NULL;
	return 0;
}
