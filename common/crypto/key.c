/* key.c: private keys, PEM and Ed25519 signatures by OpenSSL.                              (kind: adapter) */
#include "common/crypto/key.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/key_evp.h"

struct key {
	EVP_PKEY *pkey;
};

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}

static void context_cleanup(EVP_MD_CTX **context)
{
	EVP_MD_CTX_free(*context);
}

EVP_PKEY *key_evp(const struct key *key)
{
	return key->pkey;
}

/* Takes `pkey`, also on failure. */
static int key_wrap(EVP_PKEY *pkey, struct key **out)
{
	struct key *key = malloc(sizeof(*key));
	if (!key) {
		EVP_PKEY_free(pkey);
		return FAIL(-ENOMEM);
	}
	key->pkey = pkey;
	*out = key;
	return 0;
}

int key_generate(enum key_kind kind, struct key **out)
{
	EVP_PKEY *pkey = kind == KEY_P256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (!pkey)
		return FAIL(-EIO);
	return key_wrap(pkey, out);
}

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

void key_cleanup(struct key **key)
{
	key_free(*key);
}

int key_evp_text(BIO *bio, char **out)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);
	if (n <= 0)
		return FAIL(-EIO);
	char *text = malloc((size_t)n + 1);
	TRY_ALLOC(text);
	memcpy(text, data, (size_t)n);
	text[n] = '\0';
	*out = text;
	return 0;
}

int key_private_pem(const struct key *key, char **out)
{
	cleanup(bio_cleanup) BIO *bio = BIO_new(BIO_s_secmem());
	TRY_ALLOC(bio);
	if (PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1)
		return FAIL(-EIO);
	return key_evp_text(bio, out);
}

int key_public_pem(const struct key *key, char **out)
{
	cleanup(bio_cleanup) BIO *bio = BIO_new(BIO_s_mem());
	TRY_ALLOC(bio);
	if (PEM_write_bio_PUBKEY(bio, key->pkey) != 1)
		return FAIL(-EIO);
	return key_evp_text(bio, out);
}

bool key_evp_is(const EVP_PKEY *pkey, enum key_kind kind)
{
	char group[32] = "";
	if (kind == KEY_ED25519)
		return EVP_PKEY_is_a(pkey, "ED25519");
	return EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

/* An encrypted key would make OpenSSL ask at the terminal: refuse instead. */
static int no_password(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static int key_parse(const char *pem, enum key_kind kind, bool private_half, struct key **out)
{
	size_t n = strlen(pem);
	if (n > KEY_PEM_MOST)
		return KEY_E_BAD;
	cleanup(bio_cleanup) BIO *bio = BIO_new_mem_buf(pem, (int)n);
	TRY_ALLOC(bio);
	EVP_PKEY *pkey = private_half ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) :
					PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
	if (!pkey || !key_evp_is(pkey, kind)) {
		EVP_PKEY_free(pkey);
		return KEY_E_BAD;
	}
	return key_wrap(pkey, out);
}

int key_parse_private(const char *pem, enum key_kind kind, struct key **out)
{
	return key_parse(pem, kind, true, out);
}

int key_parse_public(const char *pem, enum key_kind kind, struct key **out)
{
	return key_parse(pem, kind, false, out);
}

void key_text_free(char *pem)
{
	if (pem)
		OPENSSL_cleanse(pem, strlen(pem));
	free(pem);
}

int key_sign(const struct key *key, const void *bytes, size_t n, uint8_t signature[KEY_SIGNATURE])
{
	size_t length = KEY_SIGNATURE;
	cleanup(context_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
	TRY_ALLOC(context);
	if (EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1 ||
	    EVP_DigestSign(context, signature, &length, bytes, n) != 1 || length != KEY_SIGNATURE)
		return FAIL(-EIO);
	return 0;
}

int key_verify(const struct key *key, const void *bytes, size_t n, const uint8_t signature[KEY_SIGNATURE])
{
	cleanup(context_cleanup) EVP_MD_CTX *context = EVP_MD_CTX_new();
	TRY_ALLOC(context);
	if (EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) != 1)
		return FAIL(-EIO);
	return EVP_DigestVerify(context, signature, KEY_SIGNATURE, bytes, n) == 1 ? 0 : KEY_E_BAD;
}

int key_random_hex(size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[64];
	if (n > sizeof(bytes))
		return FAIL(-EINVAL);
	if (RAND_bytes(bytes, (int)n) != 1)
		return FAIL(-EIO);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return 0;
}
