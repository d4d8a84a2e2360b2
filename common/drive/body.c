/* body.c: one client's answer as the bytes that travel, and back.                          (kind: adapter) */
#include "common/drive/body.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/state_file.h"

int body_pack(const struct phase *phase, const struct answer *answer, void **out, size_t *n)
{
	if (phase->kind == PHASE_GATHER)
		return part_file_bytes(&answer->parts, out, n);
	uint64_t *words = malloc(phase->lanes.words * sizeof(*words));
	TRY_ALLOC(words);
	for (size_t i = 0; i < phase->lanes.words; i++)
		words[i] = htole64(answer->words[i]);
	*out = words;
	*n = phase->lanes.words * sizeof(*words);
	return 0;
}

bool body_size_fits(const struct phase *phase, uint64_t n)
{
	if (phase->kind == PHASE_GATHER)
		return n > 0 && n <= BODY_GATHER_MOST;
	return n == phase->lanes.words * sizeof(uint64_t);
}

static int parse_parts(const void *bytes, size_t n, const char *client, struct findings *findings,
		       struct tensors *out)
{
	struct tensors borrowed = { 0 };
	int r = part_file_parse(bytes, n, client, findings, &borrowed);
	if (r == STATE_FILE_E_BAD)
		return BODY_E_BAD;
	TRY(r);
	r = tensors_copy(&borrowed, out);
	tensors_deinit(&borrowed);
	return r;
}

int body_parse(const struct phase *phase, const void *bytes, size_t n, uint64_t rows, const char *client,
	       struct findings *findings, struct answer *out)
{
	*out = (struct answer){ .rows = rows };
	if (!body_size_fits(phase, n)) {
		findings_add(findings, client, 0, "a contribution of another size", "%zu bytes", n);
		return BODY_E_BAD;
	}
	if (phase->kind == PHASE_GATHER)
		return parse_parts(bytes, n, client, findings, &out->parts);
	out->words = malloc(n);
	TRY_ALLOC(out->words);
	memcpy(out->words, bytes, n);
	for (size_t i = 0; i < phase->lanes.words; i++)
		out->words[i] = le64toh(out->words[i]);
	if (lanes_check(&phase->lanes, out->words, rows, client, findings) != LANES_E_OK)
		return BODY_E_BAD;
	return 0;
}
