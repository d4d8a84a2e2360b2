/* digest.c: SHA-256 by OpenSSL's EVP.                                                      (kind: adapter) */
#include "common/crypto/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct digester {
	EVP_MD_CTX *context;
	int failed;
};

int digester_new(struct digester **out)
{
	struct digester *digester = calloc(1, sizeof(*digester));
	TRY_ALLOC(digester);
	digester->context = EVP_MD_CTX_new();
	if (!digester->context || EVP_DigestInit_ex(digester->context, EVP_sha256(), NULL) != 1) {
		digester_free(digester);
		return FAIL(-ENOMEM);
	}
	*out = digester;
	return 0;
}

void digester_free(struct digester *digester)
{
	if (!digester)
		return;
	EVP_MD_CTX_free(digester->context);
	free(digester);
}

void digester_cleanup(struct digester **digester)
{
	digester_free(*digester);
	*digester = NULL;
}

static void absorb(struct digester *digester, const void *data, size_t n)
{
	if (n > 0 && EVP_DigestUpdate(digester->context, data, n) != 1)
		digester->failed = 1;
}

void digester_add_u64(struct digester *digester, uint64_t field)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(field >> (8 * i));
	absorb(digester, bytes, sizeof(bytes));
}

void digester_add(struct digester *digester, const void *field, size_t n)
{
	digester_add_u64(digester, n);
	absorb(digester, field, n);
}

void digester_add_string(struct digester *digester, const char *field)
{
	digester_add(digester, field, strlen(field));
}

int digester_finish(struct digester *digester, struct digest *out)
{
	if (digester->failed || EVP_DigestFinal_ex(digester->context, out->bytes, NULL) != 1)
		return FAIL(-EIO);
	return 0;
}

int digest_bytes(const void *data, size_t n, struct digest *out)
{
	if (EVP_Digest(data, n, out->bytes, NULL, EVP_sha256(), NULL) != 1)
		return FAIL(-EIO);
	return 0;
}

void digest_hex(const struct digest *digest, char out[65])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < sizeof(digest->bytes); i++) {
		out[2 * i] = digits[digest->bytes[i] >> 4];
		out[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
	out[64] = '\0';
}

int digest_from_hex(const char *hex, struct digest *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 2 * sizeof(out->bytes); i++) {
		const char *digit = hex[i] ? strchr(digits, hex[i]) : NULL;
		if (!digit)
			return FAIL(-EINVAL);
		unsigned value = (unsigned)(digit - digits);
		unsigned high = i % 2 == 0 ? 0 : out->bytes[i / 2] * 16u;
		out->bytes[i / 2] = (uint8_t)(high + value);
	}
	return hex[2 * sizeof(out->bytes)] == '\0' ? 0 : FAIL(-EINVAL);
}
