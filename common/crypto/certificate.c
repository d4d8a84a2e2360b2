/* certificate.c: making and reading X.509 by OpenSSL.                                      (kind: adapter) */
#include "common/crypto/certificate.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/crypto/digest.h"
#include "common/crypto/key_evp.h"

enum { SERIAL_BYTES = 16, CLOCK_SLACK_S = 300, DER_MOST = 16 << 10, PEM_MOST = 64 << 10 };

static void x509_cleanup(X509 **certificate)
{
	X509_free(*certificate);
}

static void bio_cleanup(BIO **bio)
{
	BIO_free(*bio);
}

static void request_cleanup(X509_REQ **request)
{
	X509_REQ_free(*request);
}

static bool name_is_legal(const char *name)
{
	size_t n = strlen(name);
	if (n == 0 || n >= CERTIFICATE_NAME || !strchr("abcdefghijklmnopqrstuvwxyz0123456789", name[0]))
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static int set_serial(X509 *certificate)
{
	uint8_t bytes[SERIAL_BYTES];
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return FAIL(-EIO);
	bytes[0] = (uint8_t)((bytes[0] & 0x3f) | 0x40); /* positive, always 16 bytes */
	BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	bool good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
	BN_free(number);
	return good ? 0 : FAIL(-EIO);
}

static int set_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good ? 0 : FAIL(-EINVAL);
}

static int set_name(X509_NAME *subject, const char *name)
{
	int good = X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
					      -1, 0);
	return good == 1 ? 0 : FAIL(-EINVAL);
}

/* Everything but issuer, extensions and signature. */
static int certificate_start(const char *name, EVP_PKEY *public_half, int64_t not_after, X509 **out)
{
	cleanup(x509_cleanup) X509 *certificate = X509_new();
	TRY_ALLOC(certificate);
	TRY(set_serial(certificate));
	TRY(set_name(X509_get_subject_name(certificate), name));
	time_t start = (time_t)(clock_wall_s() - CLOCK_SLACK_S), end = (time_t)not_after;
	if (X509_set_version(certificate, X509_VERSION_3) != 1 ||
	    X509_set_pubkey(certificate, public_half) != 1 ||
	    !ASN1_TIME_set(X509_getm_notBefore(certificate), start) ||
	    !ASN1_TIME_set(X509_getm_notAfter(certificate), end))
		return FAIL(-EIO);
	*out = certificate;
	certificate = NULL;
	return 0;
}

static int pem_of(X509 *certificate, char **out)
{
	cleanup(bio_cleanup) BIO *bio = BIO_new(BIO_s_mem());
	TRY_ALLOC(bio);
	if (PEM_write_bio_X509(bio, certificate) != 1)
		return FAIL(-EIO);
	return key_evp_text(bio, out);
}

static int pem_parse(const char *pem, X509 **out)
{
	size_t n = strlen(pem);
	if (n > PEM_MOST)
		return CERTIFICATE_E_BAD;
	cleanup(bio_cleanup) BIO *bio = BIO_new_mem_buf(pem, (int)n);
	TRY_ALLOC(bio);
	*out = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	return *out ? 0 : CERTIFICATE_E_BAD;
}

int certificate_authority(const char *name, const struct key *key, int64_t not_after, char **out)
{
	cleanup(x509_cleanup) X509 *certificate = NULL;
	TRY(certificate_start(name, key_evp(key), not_after, &certificate));
	if (X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) != 1)
		return FAIL(-EIO);
	TRY(set_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
	TRY(set_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign"));
	TRY(set_extension(certificate, certificate, NID_subject_key_identifier, "hash"));
	if (X509_sign(certificate, key_evp(key), EVP_sha256()) == 0)
		return FAIL(-EIO);
	return pem_of(certificate, out);
}

struct leaf {
	const char *name;
	EVP_PKEY *public_half;
	const char *purpose;      /* serverAuth, clientAuth */
	const char *alternatives; /* subject alternative names, or NULL */
	int64_t not_after;
};

static int leaf_sign(const struct authority *authority, const struct leaf *leaf, char **out)
{
	cleanup(x509_cleanup) X509 *issuer = NULL;
	cleanup(x509_cleanup) X509 *certificate = NULL;
	TRY(pem_parse(authority->certificate, &issuer));
	TRY(certificate_start(leaf->name, leaf->public_half, leaf->not_after, &certificate));
	if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1)
		return FAIL(-EIO);
	TRY(set_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE"));
	TRY(set_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature"));
	TRY(set_extension(certificate, issuer, NID_ext_key_usage, leaf->purpose));
	TRY(set_extension(certificate, issuer, NID_subject_key_identifier, "hash"));
	TRY(set_extension(certificate, issuer, NID_authority_key_identifier, "keyid"));
	if (leaf->alternatives)
		TRY(set_extension(certificate, issuer, NID_subject_alt_name, leaf->alternatives));
	if (X509_sign(certificate, key_evp(authority->key), EVP_sha256()) == 0)
		return FAIL(-EIO);
	return pem_of(certificate, out);
}

/* A host must not bring syntax of OpenSSL's extension language with it. */
static bool host_is_legal(const char *host)
{
	size_t n = strlen(host);
	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)host[i]) && !strchr(".-:", host[i]))
			return false;
	}
	return true;
}

static bool host_is_address(const char *host)
{
	ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
	ASN1_OCTET_STRING_free(address);
	return address != NULL;
}

int certificate_server(const struct authority *authority, const struct key *key, const char *const *hosts,
		       size_t n_hosts, int64_t not_after, char **out)
{
	cleanup(free_pointer) char *alternatives = NULL;
	size_t n;
	if (n_hosts == 0)
		return FAIL(-EINVAL);
	FILE *stream = open_memstream(&alternatives, &n);
	TRY_ALLOC(stream);
	bool legal = true;
	for (size_t i = 0; i < n_hosts; i++) {
		legal = legal && host_is_legal(hosts[i]);
		fprintf(stream, "%s%s:%s", i > 0 ? "," : "", host_is_address(hosts[i]) ? "IP" : "DNS",
			hosts[i]);
	}
	if (fclose(stream) != 0)
		return FAIL(-ENOMEM);
	if (!legal)
		return FAIL(-EINVAL);
	struct leaf leaf = { .name = strlen(hosts[0]) < CERTIFICATE_NAME ? hosts[0] : "coordinator",
			     .public_half = key_evp(key),
			     .purpose = "serverAuth",
			     .alternatives = alternatives,
			     .not_after = not_after };
	return leaf_sign(authority, &leaf, out);
}

int certificate_request(const char *name, const struct key *key, uint8_t **out, size_t *n)
{
	cleanup(request_cleanup) X509_REQ *request = X509_REQ_new();
	TRY_ALLOC(request);
	TRY(set_name(X509_REQ_get_subject_name(request), name));
	if (X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_pubkey(request, key_evp(key)) != 1 ||
	    X509_REQ_sign(request, key_evp(key), EVP_sha256()) == 0)
		return FAIL(-EIO);
	unsigned char *der = NULL;
	int length = i2d_X509_REQ(request, &der);
	if (length <= 0)
		return FAIL(-ENOMEM);
	*out = malloc((size_t)length);
	if (*out)
		memcpy(*out, der, (size_t)length);
	OPENSSL_free(der);
	TRY_ALLOC(*out);
	*n = (size_t)length;
	return 0;
}

/* A request whose key is of the right kind and which that key signed. */
static int request_parse(const uint8_t *bytes, size_t n, X509_REQ **out)
{
	if (n == 0 || n > CERTIFICATE_REQUEST_MOST)
		return CERTIFICATE_E_BAD;
	const unsigned char *at = bytes;
	cleanup(request_cleanup) X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)n);
	if (!request || at != bytes + n)
		return CERTIFICATE_E_BAD;
	EVP_PKEY *public_half = X509_REQ_get0_pubkey(request);
	if (!public_half || !key_evp_is(public_half, KEY_P256) || X509_REQ_verify(request, public_half) != 1)
		return CERTIFICATE_E_BAD;
	*out = request;
	request = NULL;
	return 0;
}

/* The one common name of a subject, or "": none, several, too long, or with a NUL inside. */
static void common_name(const X509_NAME *subject, char out[CERTIFICATE_NAME])
{
	out[0] = '\0';
	int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0)
		return;
	const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first));
	int n = ASN1_STRING_length(value);
	if (n <= 0 || n >= CERTIFICATE_NAME || memchr(ASN1_STRING_get0_data(value), 0, (size_t)n))
		return;
	memcpy(out, ASN1_STRING_get0_data(value), (size_t)n);
	out[n] = '\0';
}

int certificate_client(const struct authority *authority, const uint8_t *request, size_t n, const char *name,
		       int64_t not_after, char **out)
{
	cleanup(request_cleanup) X509_REQ *parsed = NULL;
	char asked[CERTIFICATE_NAME];
	int r = request_parse(request, n, &parsed);
	if (r != 0)
		return r;
	common_name(X509_REQ_get_subject_name(parsed), asked);
	if (!name_is_legal(name) || strcmp(asked, name) != 0)
		return CERTIFICATE_E_NAME;
	struct leaf leaf = { .name = name,
			     .public_half = X509_REQ_get0_pubkey(parsed),
			     .purpose = "clientAuth",
			     .not_after = not_after };
	return leaf_sign(authority, &leaf, out);
}

int certificate_request_key(const uint8_t *request, size_t n, char hex[65])
{
	cleanup(request_cleanup) X509_REQ *parsed = NULL;
	int r = request_parse(request, n, &parsed);
	if (r != 0)
		return r;
	unsigned char *der = NULL;
	int length = i2d_PUBKEY(X509_REQ_get0_pubkey(parsed), &der);
	if (length <= 0)
		return FAIL(-ENOMEM);
	struct digest digest;
	r = digest_bytes(der, (size_t)length, &digest);
	OPENSSL_free(der);
	TRY(r);
	digest_hex(&digest, hex);
	return 0;
}

static int seconds_of(const ASN1_TIME *time, int64_t *out)
{
	struct tm parts;
	if (ASN1_TIME_to_tm(time, &parts) != 1)
		return CERTIFICATE_E_BAD;
	*out = (int64_t)timegm(&parts);
	return 0;
}

static int facts_of(X509 *certificate, struct certificate_facts *out)
{
	unsigned char *der = NULL;
	struct digest digest;
	common_name(X509_get_subject_name(certificate), out->name);
	if (out->name[0] == '\0' || seconds_of(X509_get0_notBefore(certificate), &out->not_before) != 0 ||
	    seconds_of(X509_get0_notAfter(certificate), &out->not_after) != 0)
		return CERTIFICATE_E_BAD;
	int length = i2d_X509(certificate, &der);
	if (length <= 0 || length > DER_MOST) {
		OPENSSL_free(der);
		return CERTIFICATE_E_BAD;
	}
	int r = digest_bytes(der, (size_t)length, &digest);
	OPENSSL_free(der);
	TRY(r);
	digest_hex(&digest, out->fingerprint);
	return 0;
}

int certificate_read(const char *pem, struct certificate_facts *out)
{
	cleanup(x509_cleanup) X509 *certificate = NULL;
	int r = pem_parse(pem, &certificate);
	return r != 0 ? r : facts_of(certificate, out);
}

int certificate_fits(const char *pem, const struct key *key, const char *authority_pem)
{
	cleanup(x509_cleanup) X509 *certificate = NULL;
	cleanup(x509_cleanup) X509 *authority = NULL;
	int r = pem_parse(pem, &certificate);
	if (r == 0)
		r = pem_parse(authority_pem, &authority);
	if (r != 0)
		return r;
	if (X509_check_private_key(certificate, key_evp(key)) != 1 ||
	    X509_check_issued(authority, certificate) != X509_V_OK ||
	    X509_verify(certificate, X509_get0_pubkey(authority)) != 1)
		return CERTIFICATE_E_BAD;
	return 0;
}
