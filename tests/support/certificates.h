/* certificates.h: authorities of a test, and certificates as good or as bad as it wants them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/rpc/rpc.h"

struct certificates; /* one authority */

struct certificates *certificates_new(const char *name);
void certificates_free(struct certificates *authority);

struct certificates_wish {
	const char *name, *second_name; /* common names; the second may be NULL */
	const char *host;               /* "IP:127.0.0.1" makes it a server's; NULL: a client's */
	int64_t from_s, to_s;           /* seconds from now; both 0: an hour ago to in an hour */
};

/* Certificate and key of its own, with the authority's certificate: malloc'ed texts. */
struct rpc_credentials certificates_issue(const struct certificates *authority,
					  const struct certificates_wish *wish);
/* The authority's certificate alone: anonymous. */
struct rpc_credentials certificates_anonymous(const struct certificates *authority);
void certificates_forget(struct rpc_credentials *credentials);
