/* rpc_identity.h: who calls, as the certificate of the connection says.                  (kind: adapter) */
#pragma once

#include <grpc/grpc.h>

#include "common/base/error.h"
#include "common/rpc/rpc_server.h"

enum {
	RPC_IDENTITY_E_OK = 0,
	RPC_IDENTITY_E_NONE = 1,  /* no certificate */
	RPC_IDENTITY_E_NAME = 2,  /* not exactly one common name, or not a client's name */
	RPC_IDENTITY_E_EARLY = 3, /* not yet valid */
	RPC_IDENTITY_E_LATE = 4,  /* expired */
};

/* The caller. The handshake verified the certificate against the authority, perhaps days ago: its dates are
 * judged again, by clock_wall_s. */
must_check int rpc_identity_read(grpc_call *call, struct rpc_peer *out);

/* The same from the certificate itself. */
must_check int rpc_identity_of_certificate(const char *pem, struct rpc_peer *out);

/* [a-z0-9][a-z0-9._-]{0,63} */
bool rpc_identity_name_is_legal(const char *name);
