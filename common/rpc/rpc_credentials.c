/* rpc_credentials.c: checks first, because the core fails late and says little.          (kind: adapter) */
#include "common/rpc/rpc_credentials.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/crypto/certificate.h"
#include "common/crypto/key.h"

struct rpc_renewal {
	_Atomic(grpc_ssl_server_certificate_config *) next; /* NULL: nothing new */
};

int rpc_credentials_check(const struct rpc_credentials *credentials)
{
	cleanup(key_cleanup) struct key *key = NULL;
	if (!credentials->authority || !credentials->certificate || !credentials->key)
		return FAIL(-EINVAL);
	if (key_parse_private(credentials->key, KEY_P256, &key) != 0 ||
	    certificate_fits(credentials->certificate, key, credentials->authority) != 0)
		return FAIL(-EINVAL);
	return 0;
}

/* The core's question at each new connection, on one of its threads. */
static grpc_ssl_certificate_config_reload_status fetch(void *context,
						       grpc_ssl_server_certificate_config **config)
{
	struct rpc_renewal *renewal = context;
	*config = atomic_exchange(&renewal->next, NULL);
	return *config ? GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW :
			 GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
}

int rpc_credentials_renew(struct rpc_renewal *renewal, const struct rpc_credentials *credentials)
{
	TRY(rpc_credentials_check(credentials));
	grpc_ssl_pem_key_cert_pair pair = { .private_key = credentials->key,
					    .cert_chain = credentials->certificate };
	grpc_ssl_server_certificate_config *before =
		atomic_exchange(&renewal->next,
				grpc_ssl_server_certificate_config_create(credentials->authority, &pair, 1));
	if (before)
		grpc_ssl_server_certificate_config_destroy(before);
	return 0;
}

int rpc_credentials_server(const struct rpc_credentials *credentials, struct rpc_renewal **renewal,
			   grpc_server_credentials **out)
{
	cleanup(free_pointer) struct rpc_renewal *fresh = calloc(1, sizeof(*fresh));
	TRY_ALLOC(fresh);
	TRY(rpc_credentials_renew(fresh, credentials));
	*out = grpc_ssl_server_credentials_create_with_options(
		grpc_ssl_server_credentials_create_options_using_config_fetcher(
			GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY, fetch, fresh));
	*renewal = fresh;
	fresh = NULL;
	return 0;
}

void rpc_credentials_renewal_free(struct rpc_renewal *renewal)
{
	if (!renewal)
		return;
	grpc_ssl_server_certificate_config *left = atomic_exchange(&renewal->next, NULL);
	if (left)
		grpc_ssl_server_certificate_config_destroy(left);
	free(renewal);
}

int rpc_credentials_channel(const struct rpc_credentials *credentials, grpc_channel_credentials **out)
{
	struct certificate_facts facts;
	grpc_ssl_pem_key_cert_pair pair = { .private_key = credentials->key,
					    .cert_chain = credentials->certificate };
	if (!credentials->authority || certificate_read(credentials->authority, &facts) != 0)
		return FAIL(-EINVAL);
	if (credentials->certificate || credentials->key)
		TRY(rpc_credentials_check(credentials));
	*out = grpc_ssl_credentials_create_ex(credentials->authority, credentials->key ? &pair : NULL, NULL,
					      NULL);
	return *out ? 0 : FAIL(-EINVAL);
}
