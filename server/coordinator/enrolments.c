/* enrolments.c: a token becomes a certificate, a certificate the next one.               (kind: conductor) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/crypto/digest.h"
#include "server/coordinator/office.h"

enum { DAY_S = 86400, ENROLLING_MOST = 8, RENEWING_MOST = 64, DEADLINE_MS = 10000 };

/* Sign the request for `client` and send the certificate; the registry is written first. */
static int issue(struct coordinator *coordinator, struct rpc_call *call, struct store_client *client,
		 const struct wire_bytes *request)
{
	struct authority authority = { coordinator->authority_key, coordinator->authority_pem };
	struct wire_certificate certificate = { .authority = coordinator->authority_pem };
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	int64_t end = clock_wall_s() + (int64_t)coordinator->options.certificate_days * DAY_S;
	int r = certificate_client(&authority, request->data, request->n, client->name, end,
				   &certificate.certificate);
	if (r == CERTIFICATE_E_BAD || r == CERTIFICATE_E_NAME) {
		office_refuse(coordinator, call, RPC_INVALID, "bad-request",
			      r == CERTIFICATE_E_NAME ?
				      "the certificate request is for another name than %s" :
				      "the certificate request of %s is not one, or not signed by its key",
			      client->name);
		return 0;
	}
	TRY(r);
	client->state = STORE_ENROLLED;
	client->certificate_expires = end;
	r = store_client_put(coordinator->store, client);
	if (r == 0)
		r = wire_certificate_pack(&certificate, &bytes);
	free(certificate.certificate);
	TRY(r);
	log_say(LOG_INFO, "certificate-issued", { "client", client->name });
	rpc_call_reply(call, bytes.data, bytes.n);
	return 0;
}

static int enroll(struct coordinator *coordinator, struct rpc_call *call, const struct wire_enroll *message)
{
	struct digest digest;
	char token[STORE_HEX], key[STORE_HEX];
	struct store_client client;
	TRY(digest_bytes(message->token, strlen(message->token), &digest));
	digest_hex(&digest, token);
	int r = store_client_by_token(coordinator->store, token, &client);
	if (r == STORE_E_NONE || (r == 0 && client.state == STORE_REVOKED)) {
		office_refuse(coordinator, call, RPC_DENIED, "unknown-token",
			      "no such invitation: ask for a new one");
		return 0;
	}
	TRY(r);
	if (clock_wall_s() > client.token_expires) {
		office_refuse(coordinator, call, RPC_DENIED, "expired-token",
			      "the invitation has expired: ask for a new one");
		return 0;
	}
	r = certificate_request_key(message->request.data, message->request.n, key);
	if (r == CERTIFICATE_E_BAD) {
		office_refuse(coordinator, call, RPC_INVALID, "bad-request", "not a certificate request");
		return 0;
	}
	TRY(r);
	if (client.request_key[0] && strcmp(client.request_key, key) != 0) {
		office_refuse(coordinator, call, RPC_DENIED, "used-token",
			      "the invitation was used with another key");
		return 0;
	}
	snprintf(client.request_key, sizeof(client.request_key), "%s", key);
	return issue(coordinator, call, &client, &message->request);
}

static int renew(struct coordinator *coordinator, struct rpc_call *call, const struct wire_enroll *message)
{
	struct store_client client;
	if (!office_client(coordinator, call, &client))
		return 0;
	return issue(coordinator, call, &client, &message->request);
}

static void opened(struct rpc_call *call, void *context)
{
	(void)context;
	rpc_call_read(call);
}

static void message(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct coordinator *coordinator = context;
	cleanup(wire_enroll_deinit) struct wire_enroll message = { 0 };
	char why[WIRE_TEXT] = "";
	bool first = rpc_call_method(call)->anonymous;
	int r = first ? wire_enroll_parse(bytes, n, why, &message) :
			wire_renew_parse(bytes, n, why, &message);
	if (r == WIRE_E_BAD) {
		office_refuse(coordinator, call, RPC_INVALID, "malformed", "%s", why);
		return;
	}
	if (r == 0 && !wire_versions_meet(&message.versions, why)) {
		office_refuse(coordinator, call, RPC_PRECONDITION, "version", "%s", why);
		return;
	}
	if (r == 0)
		r = first ? enroll(coordinator, call, &message) : renew(coordinator, call, &message);
	if (r != 0)
		office_refuse(coordinator, call, RPC_INTERNAL, "internal",
			      "the certificate could not be made");
}

const struct rpc_method enroll_method = { .path = WIRE_ENROLL,
					  .kind = RPC_UNARY,
					  .anonymous = true,
					  .message_most = WIRE_ENROLL_MOST,
					  .calls_most = ENROLLING_MOST,
					  .deadline_ms = DEADLINE_MS,
					  .opened = opened,
					  .message = message };

const struct rpc_method renew_method = { .path = WIRE_RENEW,
					 .kind = RPC_UNARY,
					 .message_most = WIRE_RENEW_MOST,
					 .calls_most = RENEWING_MOST,
					 .deadline_ms = DEADLINE_MS,
					 .opened = opened,
					 .message = message };
