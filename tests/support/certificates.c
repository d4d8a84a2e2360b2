/* certificates.c: X.509 by OpenSSL, nothing checked that the test did not ask for. */
#include "tests/support/certificates.h"

#include <check.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct certificates {
	EVP_PKEY *key;
	X509 *certificate;
};

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void add_name(X509_NAME *subject, const char *name)
{
	if (name)
		ck_assert_int_eq(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
							    (const unsigned char *)name, -1, -1, 0),
				 1);
}

/* All but issuer and signature. */
static X509 *draft(const struct certificates_wish *wish, EVP_PKEY *key)
{
	static long serial = 1000;
	X509 *certificate = X509_new();
	ck_assert_ptr_nonnull(certificate);
	bool usual = wish->from_s == 0 && wish->to_s == 0;
	ck_assert_int_eq(X509_set_version(certificate, X509_VERSION_3), 1);
	ck_assert_int_eq(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++), 1);
	ck_assert_int_eq(X509_set_pubkey(certificate, key), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), usual ? -3600 : (long)wish->from_s);
	X509_gmtime_adj(X509_getm_notAfter(certificate), usual ? 3600 : (long)wish->to_s);
	add_name(X509_get_subject_name(certificate), wish->name);
	add_name(X509_get_subject_name(certificate), wish->second_name);
	return certificate;
}

static char *text_of(BIO *bio)
{
	char *data;
	long n = BIO_get_mem_data(bio, &data);
	ck_assert_int_gt(n, 0);
	char *text = calloc(1, (size_t)n + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, data, (size_t)n);
	BIO_free(bio);
	return text;
}

static char *certificate_text(X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_X509(bio, certificate), 1);
	return text_of(bio);
}

static char *key_text(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	return text_of(bio);
}

struct certificates *certificates_new(const char *name)
{
	struct certificates *authority = calloc(1, sizeof(*authority));
	ck_assert_ptr_nonnull(authority);
	authority->key = EVP_EC_gen("P-256");
	authority->certificate = draft(&(struct certificates_wish){ .name = name }, authority->key);
	X509_set_issuer_name(authority->certificate, X509_get_subject_name(authority->certificate));
	add_extension(authority->certificate, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(authority->certificate, NID_key_usage, "critical,keyCertSign");
	ck_assert_int_gt(X509_sign(authority->certificate, authority->key, EVP_sha256()), 0);
	return authority;
}

void certificates_free(struct certificates *authority)
{
	EVP_PKEY_free(authority->key);
	X509_free(authority->certificate);
	free(authority);
}

struct rpc_credentials certificates_issue(const struct certificates *authority,
					  const struct certificates_wish *wish)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = draft(wish, key);
	X509_set_issuer_name(certificate, X509_get_subject_name(authority->certificate));
	add_extension(certificate, NID_ext_key_usage, wish->host ? "serverAuth" : "clientAuth");
	if (wish->host)
		add_extension(certificate, NID_subject_alt_name, wish->host);
	ck_assert_int_gt(X509_sign(certificate, authority->key, EVP_sha256()), 0);
	struct rpc_credentials credentials = { .authority = certificate_text(authority->certificate),
					       .certificate = certificate_text(certificate),
					       .key = key_text(key) };
	X509_free(certificate);
	EVP_PKEY_free(key);
	return credentials;
}

struct rpc_credentials certificates_anonymous(const struct certificates *authority)
{
	return (struct rpc_credentials){ .authority = certificate_text(authority->certificate) };
}

void certificates_forget(struct rpc_credentials *credentials)
{
	free((char *)credentials->authority);
	free((char *)credentials->certificate);
	free((char *)credentials->key);
	*credentials = (struct rpc_credentials){ 0 };
}
