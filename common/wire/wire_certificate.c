/* wire_certificate.c: enrolling, renewing, and the versions in first messages.            (kind: adapter) */
#include <fedrouter.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/wire_check.h"
#include "common/wire/wire_versions.h"

enum { REQUEST_MOST = 4096, PEM_MOST = 16 << 10 };

struct wire_versions wire_versions(const char *program)
{
	struct wire_versions versions = { .oldest = WIRE_OLDEST, .newest = WIRE_NEWEST };
	wire_copy(versions.program, sizeof(versions.program), program);
	return versions;
}

bool wire_versions_meet(const struct wire_versions *peer, char why[WIRE_TEXT])
{
	if (peer->oldest <= WIRE_NEWEST && peer->newest >= WIRE_OLDEST)
		return true;
	snprintf(why, WIRE_TEXT,
		 "%s speaks protocol versions %u to %u, this side %d to %d: update the older of the two",
		 peer->program, peer->oldest, peer->newest, WIRE_OLDEST, WIRE_NEWEST);
	return false;
}

Fedrouter__V1__Versions wire_versions_put(const struct wire_versions *versions)
{
	Fedrouter__V1__Versions message = FEDROUTER__V1__VERSIONS__INIT;
	message.oldest = versions->oldest;
	message.newest = versions->newest;
	message.program = (char *)versions->program;
	return message;
}

bool wire_versions_take(struct wire_checking *checking, const Fedrouter__V1__Versions *message,
			struct wire_versions *out)
{
	if (!wire_check_that(checking, message != NULL, "versions: missing") ||
	    !wire_check_that(checking, message->oldest > 0 && message->oldest <= message->newest,
			     "versions: not a range") ||
	    !wire_check_line(checking, "versions.program", message->program, 1, WIRE_NAME - 1))
		return false;
	out->oldest = message->oldest;
	out->newest = message->newest;
	wire_copy(out->program, sizeof(out->program), message->program);
	return true;
}

static int request_take(struct wire_checking *checking, const ProtobufCBinaryData *request,
			struct wire_bytes *out)
{
	if (!wire_check_that(checking, request->len > 0 && request->len <= REQUEST_MOST,
			     "request: missing or too long"))
		return WIRE_E_BAD;
	out->data = malloc(request->len);
	TRY_ALLOC(out->data);
	memcpy(out->data, request->data, request->len);
	out->n = request->len;
	return 0;
}

void wire_enroll_deinit(struct wire_enroll *message)
{
	wire_bytes_deinit(&message->request);
}

int wire_enroll_pack(const struct wire_enroll *message, struct wire_bytes *out)
{
	Fedrouter__V1__EnrollRequest packed = FEDROUTER__V1__ENROLL_REQUEST__INIT;
	Fedrouter__V1__Versions versions = wire_versions_put(&message->versions);
	packed.versions = &versions;
	packed.token = (char *)message->token;
	packed.request = (ProtobufCBinaryData){ message->request.n, message->request.data };
	return wire_pack(&packed.base, out);
}

int wire_enroll_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_enroll *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__enroll_request__descriptor, bytes, n, WIRE_ENROLL_MOST);
	const Fedrouter__V1__EnrollRequest *message = (const void *)unpacked;
	*out = (struct wire_enroll){ 0 };
	if (!wire_check_that(&checking, message != NULL, "not an EnrollRequest") ||
	    !wire_versions_take(&checking, message->versions, &out->versions) ||
	    !wire_check_that(&checking, strlen(message->token) < sizeof(out->token), "token: too long") ||
	    !wire_check_hex(&checking, "token", message->token, strlen(message->token)) ||
	    !wire_check_that(&checking, message->token[0] != '\0', "token: missing"))
		return WIRE_E_BAD;
	wire_copy(out->token, sizeof(out->token), message->token);
	return request_take(&checking, &message->request, &out->request);
}

int wire_renew_pack(const struct wire_enroll *message, struct wire_bytes *out)
{
	Fedrouter__V1__RenewRequest packed = FEDROUTER__V1__RENEW_REQUEST__INIT;
	Fedrouter__V1__Versions versions = wire_versions_put(&message->versions);
	packed.versions = &versions;
	packed.request = (ProtobufCBinaryData){ message->request.n, message->request.data };
	return wire_pack(&packed.base, out);
}

int wire_renew_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_enroll *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__renew_request__descriptor, bytes, n, WIRE_RENEW_MOST);
	const Fedrouter__V1__RenewRequest *message = (const void *)unpacked;
	*out = (struct wire_enroll){ 0 };
	if (!wire_check_that(&checking, message != NULL, "not a RenewRequest") ||
	    !wire_versions_take(&checking, message->versions, &out->versions))
		return WIRE_E_BAD;
	return request_take(&checking, &message->request, &out->request);
}

void wire_certificate_deinit(struct wire_certificate *message)
{
	free(message->certificate);
	free(message->authority);
	*message = (struct wire_certificate){ 0 };
}

int wire_certificate_pack(const struct wire_certificate *message, struct wire_bytes *out)
{
	Fedrouter__V1__Certificate packed = FEDROUTER__V1__CERTIFICATE__INIT;
	packed.certificate = message->certificate;
	packed.authority = message->authority;
	return wire_pack(&packed.base, out);
}

int wire_certificate_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_certificate *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__certificate__descriptor, bytes, n, WIRE_ENROLL_MOST);
	const Fedrouter__V1__Certificate *message = (const void *)unpacked;
	*out = (struct wire_certificate){ 0 };
	if (!wire_check_that(&checking, message != NULL, "not a Certificate") ||
	    !wire_check_text(&checking, "certificate", message->certificate, PEM_MOST) ||
	    !wire_check_text(&checking, "authority", message->authority, PEM_MOST) ||
	    !wire_check_that(&checking, message->certificate[0] && message->authority[0],
			     "certificate: missing"))
		return WIRE_E_BAD;
	out->certificate = wire_keep(message->certificate);
	out->authority = wire_keep(message->authority);
	if (!out->certificate || !out->authority) {
		wire_certificate_deinit(out);
		return FAIL(-12);
	}
	return 0;
}
