/* certificate.h: the consortium's certificates: an authority, servers, clients.               (kind: adapter)
 *
 * X.509 v3, P-256 with SHA-256, random 16-byte serials, key usage and extended key usage set, names checked.
 * A request must be signed by the key it asks for; of its content only key and common name are taken. Times
 * are seconds since 1970; certificates start five minutes in the past (clocks differ). Texts are PEM,
 * malloc'ed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/crypto/key.h"

enum { CERTIFICATE_NAME = 65, CERTIFICATE_REQUEST_MOST = 4096 };
enum { CERTIFICATE_E_OK = 0, CERTIFICATE_E_BAD = 1, CERTIFICATE_E_NAME = 2 };

struct authority {
	struct key *key;         /* borrowed */
	const char *certificate; /* PEM, borrowed */
};

/* A self-signed authority. */
must_check int certificate_authority(const char *name, const struct key *key, int64_t not_after, char **out);

/* For a server: hosts are DNS names or IP addresses (subject alternative names), the first is the common
 * name. */
must_check int certificate_server(const struct authority *authority, const struct key *key,
				  const char *const *hosts, size_t n_hosts, int64_t not_after, char **out);

/* A request, DER, malloc'ed; and the client certificate that answers it. BAD: not a request, or not signed by
 * its own key, or another kind of key; NAME: its common name is not `name`. */
must_check int certificate_request(const char *name, const struct key *key, uint8_t **out, size_t *n);
must_check int certificate_client(const struct authority *authority, const uint8_t *request, size_t n,
				  const char *name, int64_t not_after, char **out);

/* SHA-256 (hex) of the public key of a request: the same key asks again. BAD as above. */
must_check int certificate_request_key(const uint8_t *request, size_t n, char hex[65]);

struct certificate_facts {
	char name[CERTIFICATE_NAME]; /* its one common name */
	char fingerprint[65];        /* SHA-256 of the DER bytes, hex */
	int64_t not_before, not_after;
};

/* BAD: not one certificate, no or several common names, a name that is not [a-z0-9][a-z0-9._-]{0,63}
 * (servers: any). */
must_check int certificate_read(const char *pem, struct certificate_facts *out);
/* Does the certificate belong to the key, and did the authority sign it? CERTIFICATE_E_BAD if not. */
must_check int certificate_fits(const char *pem, const struct key *key, const char *authority_pem);
