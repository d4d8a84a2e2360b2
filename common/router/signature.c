/* signature.c: where the digits are, and whose they are.                                   (kind: adapter) */
#include "common/router/signature.h"

#include <endian.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 2 * KEY_SIGNATURE };

const char signature_key[] = "signature";
static const char before[] = "\"signature\":\"";

static const char hex[] = "0123456789abcdef";

static void zero_digits(char *out)
{
	memset(out, '0', DIGITS);
}

int signature_reserve(json_t *metadata)
{
	char zeros[DIGITS + 1] = "";
	zero_digits(zeros);
	return json_object_set_new(metadata, signature_key, json_string(zeros)) == 0 ? 0 : FAIL(-ENOMEM);
}

/* Where the header of the file says "signature":"DIGITS"; NULL: nowhere, or at several places. Inside a
 * string these quotes would have backslashes, so no name of a model can look like it. */
static const char *find_digits(const char *file, size_t n, const char *digits)
{
	char wanted[sizeof(before) + DIGITS + 1];
	size_t n_wanted = (size_t)snprintf(wanted, sizeof(wanted), "%s%.*s\"", before, DIGITS, digits);
	uint64_t length;
	if (n < sizeof(length))
		return NULL;
	memcpy(&length, file, sizeof(length));
	length = le64toh(length);
	if (length > n - sizeof(length))
		return NULL;
	const char *header = file + sizeof(length), *end = header + length;
	const char *found = memmem(header, (size_t)length, wanted, n_wanted);
	if (!found || memmem(found + 1, (size_t)(end - found) - 1, wanted, n_wanted))
		return NULL;
	return found + strlen(before);
}

int signature_make(void *file, size_t n, const struct key *key)
{
	char zeros[DIGITS];
	uint8_t signature[KEY_SIGNATURE];
	zero_digits(zeros);
	const char *found = find_digits(file, n, zeros);
	if (!found)
		return FAIL(-EINVAL);
	TRY(key_sign(key, file, n, signature));
	char *place = (char *)file + (found - (const char *)file);
	for (size_t i = 0; i < KEY_SIGNATURE; i++) {
		place[2 * i] = hex[signature[i] >> 4];
		place[2 * i + 1] = hex[signature[i] & 15];
	}
	return 0;
}

static bool read_digits(const char *digits, uint8_t out[KEY_SIGNATURE])
{
	if (strlen(digits) != DIGITS || strspn(digits, hex) != DIGITS)
		return false;
	for (size_t i = 0; i < KEY_SIGNATURE; i++) {
		long high = strchr(hex, digits[2 * i]) - hex, low = strchr(hex, digits[2 * i + 1]) - hex;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int signature_check(const void *file, size_t n, const char *digits, const struct key *key)
{
	uint8_t signature[KEY_SIGNATURE];
	if (!read_digits(digits, signature))
		return SIGNATURE_E_BAD;
	const char *found = find_digits(file, n, digits);
	if (!found)
		return SIGNATURE_E_BAD;
	cleanup(free_pointer) char *copy = malloc(n);
	TRY_ALLOC(copy);
	memcpy(copy, file, n);
	zero_digits(copy + (found - (const char *)file));
	int r = key_verify(key, copy, n, signature);
	return r == KEY_E_BAD ? SIGNATURE_E_BAD : r;
}
