/* rpc_identity.c: one property of the connection, read with care.                        (kind: adapter) */
#include "common/rpc/rpc_identity.h"

#include <grpc/grpc_security.h>
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/crypto/certificate.h"

static const char first_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

bool rpc_identity_name_is_legal(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= 64 && strchr(first_letters, name[0]) && strspn(name, letters) == n;
}

int rpc_identity_of_certificate(const char *pem, struct rpc_peer *out)
{
	struct certificate_facts facts = { 0 };
	int64_t now = clock_wall_s();
	if (certificate_read(pem, &facts) != 0 || !rpc_identity_name_is_legal(facts.name))
		return RPC_IDENTITY_E_NAME;
	if (now < facts.not_before)
		return RPC_IDENTITY_E_EARLY;
	if (now > facts.not_after)
		return RPC_IDENTITY_E_LATE;
	snprintf(out->name, sizeof(out->name), "%s", facts.name);
	snprintf(out->fingerprint, sizeof(out->fingerprint), "%s", facts.fingerprint);
	out->not_after = facts.not_after;
	return RPC_IDENTITY_E_OK;
}

int rpc_identity_read(grpc_call *call, struct rpc_peer *out)
{
	int result = RPC_IDENTITY_E_NONE;
	grpc_auth_context *context = grpc_call_auth_context(call);
	if (!context)
		return result;
	grpc_auth_property_iterator found =
		grpc_auth_context_find_properties_by_name(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
	const grpc_auth_property *first = grpc_auth_property_iterator_next(&found);
	if (first &&
	    (grpc_auth_property_iterator_next(&found) || first->value_length != strlen(first->value)))
		result = RPC_IDENTITY_E_NAME;
	else if (first)
		result = rpc_identity_of_certificate(first->value, out);
	grpc_auth_context_release(context);
	return result;
}
