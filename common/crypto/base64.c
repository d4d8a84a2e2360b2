/* base64.c: base64 by OpenSSL's EVP.                                                       (kind: adapter) */
#include "common/crypto/base64.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

int base64_encode(const void *bytes, size_t n, char **out)
{
	if (n > INT_MAX / 2)
		return FAIL(-EOVERFLOW);
	char *text = malloc((n + 2) / 3 * 4 + 1);
	TRY_ALLOC(text);
	EVP_EncodeBlock((unsigned char *)text, bytes, (int)n);
	*out = text;
	return 0;
}

int base64_decode(const char *text, void *bytes, size_t n)
{
	size_t length = strlen(text), padding = (3 - n % 3) % 3;
	if (length != (n + 2) / 3 * 4 || length > INT_MAX)
		return BASE64_E_BAD;
	if (length == 0)
		return BASE64_E_OK;
	/* OpenSSL trims white space and reads '=' as zero bits anywhere: only the alphabet and our padding
	 * may pass. */
	size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	if (letters != length - padding || strspn(text + letters, "=") != padding)
		return BASE64_E_BAD;
	cleanup(free_pointer) unsigned char *block = malloc(length / 4 * 3);
	TRY_ALLOC(block);
	if (EVP_DecodeBlock(block, (const unsigned char *)text, (int)length) < 0)
		return BASE64_E_BAD;
	/* The bits of the last letter that no byte gets are zero, or one value would have several texts. */
	for (size_t i = n; i < length / 4 * 3; i++) {
		if (block[i] != 0)
			return BASE64_E_BAD;
	}
	memcpy(bytes, block, n);
	return BASE64_E_OK;
}
