/* rpc_credentials.h: PEM texts as the core's credentials.                                   (kind: adapter)
 *
 * A server asks every caller for a certificate and verifies what it is given; who gives none is anonymous.
 * Its own certificate can be renewed: the core asks for it at each new connection.
 */
#pragma once

#include <grpc/grpc_security.h>

#include "common/base/error.h"
#include "common/rpc/rpc.h"

struct rpc_renewal; /* where the core fetches a server's next credentials */

/* -EINVAL: no P-256 key, a certificate of another key, or of another authority. */
must_check int rpc_credentials_check(const struct rpc_credentials *credentials);

must_check int rpc_credentials_server(const struct rpc_credentials *credentials, struct rpc_renewal **renewal,
				      grpc_server_credentials **out);
must_check int rpc_credentials_renew(struct rpc_renewal *renewal, const struct rpc_credentials *credentials);
/* After the server is destroyed. */
void rpc_credentials_renewal_free(struct rpc_renewal *renewal);

/* Without certificate and key: anonymous. */
must_check int rpc_credentials_channel(const struct rpc_credentials *credentials,
				       grpc_channel_credentials **out);
