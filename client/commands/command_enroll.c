/* command_enroll.c: an invitation becomes key, certificate and configuration.          (kind: conductor) */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/commands/command.h"
#include "common/command/arguments.h"
#include "common/conf/conf_client.h"
#include "common/crypto/certificate.h"
#include "common/io/atomic_file.h"
#include "common/io/text_file.h"
#include "common/loop/loop.h"
#include "common/rpc/rpc_channel.h"
#include "common/wire/wire.h"

enum { INVITATION_MOST = 64 << 10, ENROLL_DEADLINE_MS = 20000 };

struct enroll_options {
	const char *invite, *dir;
};

static const struct arguments_option table[] = {
	{ .name = "invite",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct enroll_options, invite),
	  .value = "FILE",
	  .help = "the invitation that the consortium's operator sent" },
	{ .name = "dir",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct enroll_options, dir),
	  .value = "DIR",
	  .help = "where key, certificate, configuration and store go" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "enroll",
	.summary =
		"Join a consortium: make a key here, have it certified, write DIR/client.yaml. The private "
		"key never\nleaves this machine. The same invitation with the same key can be used again "
		"until it expires.",
	.example = "fedrouter-client enroll --invite acme.invite.json --dir /var/lib/fedrouter",
	.options = table,
};

struct invitation { /* texts belong to `json` */
	json_t *json;
	const char *address, *authority, *artefact_key, *client, *token;
};

struct enrolling { /* the one call */
	struct loop *loop;
	struct wire_certificate certificate;
	struct rpc_outcome outcome;
	char why[WIRE_TEXT];
};

static int fail(const char *what, const char *text)
{
	fprintf(stderr, "fedrouter-client enroll: %s: %s\n", what, text);
	return COMMAND_FAILED;
}

static int read_invitation(const char *path, struct invitation *out)
{
	cleanup(free_pointer) char *text = NULL;
	json_error_t error;
	int r = text_file_read(path, INVITATION_MOST, &text);
	if (r != 0)
		return fail(path, strerror(-r));
	out->json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!out->json || json_unpack(out->json, "{s:s, s:s, s:s, s:s, s:s}", "address", &out->address,
				      "authority", &out->authority, "artefact_key", &out->artefact_key,
				      "client", &out->client, "token", &out->token) != 0)
		return fail(path, "not an invitation: ask the operator for a new one");
	return COMMAND_DONE;
}

/* Write DIR/name, readable by its owner only. */
static int put(const char *dir, const char *name, const char *text)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return FAIL(-ENOMEM);
	mode_t before = umask(077);
	int r = atomic_file_write(path, text, strlen(text));
	umask(before);
	return r;
}

/* The key of DIR, made now if there is none: the same one is used when enrolling is repeated. */
static int own_key(const char *dir, struct key **out, char **pem)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/client.key", dir) < 0)
		return FAIL(-ENOMEM);
	int r = text_file_read(path, INVITATION_MOST, pem);
	if (r == 0)
		return key_parse_private(*pem, KEY_P256, out) == 0 ? 0 : FAIL(-EBADMSG);
	if (r != -ENOENT)
		return FAIL(r);
	TRY(key_generate(KEY_P256, out));
	TRY(key_private_pem(*out, pem));
	return put(dir, "client.key", *pem);
}

static void message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct enrolling *enrolling = context;
	(void)stream;
	if (wire_certificate_parse(bytes, n, enrolling->why, &enrolling->certificate) != 0)
		enrolling->certificate = (struct wire_certificate){ 0 };
}

static void closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct enrolling *enrolling = context;
	(void)stream;
	enrolling->outcome = *outcome;
	loop_stop(enrolling->loop);
}

static int call(const struct invitation *invitation, struct wire_enroll *request, struct enrolling *enrolling)
{
	static const struct rpc_handler handler = { .message = message,
						    .closed = closed,
						    .message_most = WIRE_ENROLL_MOST };
	struct rpc_channel_options options = { .address = invitation->address,
					       .credentials = { .authority = invitation->authority } };
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	struct rpc_channel *channel;
	TRY(wire_enroll_pack(request, &bytes));
	TRY(rpc_channel_new(enrolling->loop, &options, &channel));
	int r = rpc_channel_unary(channel, WIRE_ENROLL, bytes.data, bytes.n, ENROLL_DEADLINE_MS, &handler,
				  enrolling, NULL);
	if (r == 0)
		r = loop_run(enrolling->loop);
	rpc_channel_free(channel);
	return r;
}

/* What came back must be for our key, our name, and by the authority of the invitation. */
static int check(const struct invitation *invitation, const struct key *key,
		 const struct enrolling *enrolling)
{
	struct certificate_facts facts;
	const struct wire_certificate *certificate = &enrolling->certificate;
	if (enrolling->outcome.status != RPC_OK)
		return fail(invitation->address, enrolling->outcome.text[0] ?
							 enrolling->outcome.text :
							 rpc_status_name(enrolling->outcome.status));
	if (!certificate->certificate)
		return fail(invitation->address,
			    enrolling->why[0] ? enrolling->why : "no certificate came back");
	if (certificate_read(certificate->certificate, &facts) != 0 ||
	    strcmp(facts.name, invitation->client) != 0 ||
	    certificate_fits(certificate->certificate, key, invitation->authority) != 0)
		return fail(invitation->address,
			    "the certificate that came back does not fit key, name and authority");
	return COMMAND_DONE;
}

static int write_all(const struct invitation *invitation, const struct enrolling *enrolling, const char *dir)
{
	cleanup(free_pointer) char *yaml = NULL;
	cleanup(free_pointer) char *path = NULL;
	TRY(put(dir, "authority.pem", invitation->authority));
	TRY(put(dir, "artefact.pub", invitation->artefact_key));
	TRY(put(dir, "client.pem", enrolling->certificate.certificate));
	if (asprintf(&path, "%s/client.yaml", dir) < 0)
		return FAIL(-ENOMEM);
	if (access(path, F_OK) == 0)
		return 0; /* the engineer's; a second enrolment leaves it alone */
	TRY(conf_client_sample(invitation->address, invitation->client, &yaml));
	return put(dir, "client.yaml", yaml);
}

static int enroll(const struct invitation *invitation, const char *dir)
{
	cleanup(key_cleanup) struct key *key = NULL;
	struct wire_enroll request = { .versions = wire_versions("fedrouter-client") };
	struct enrolling enrolling = { 0 };
	char *pem = NULL;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return fail(dir, strerror(errno));
	if (own_key(dir, &key, &pem) != 0)
		return fail(dir, "its client.key can neither be read nor made");
	key_text_free(pem);
	snprintf(request.token, sizeof(request.token), "%s", invitation->token);
	int r = certificate_request(invitation->client, key, &request.request.data, &request.request.n);
	if (r == 0)
		r = loop_new(&enrolling.loop);
	if (r == 0)
		r = call(invitation, &request, &enrolling);
	loop_free(enrolling.loop);
	wire_enroll_deinit(&request);
	int result = r == 0 ? check(invitation, key, &enrolling) : COMMAND_FAILED;
	if (result == COMMAND_DONE && write_all(invitation, &enrolling, dir) != 0)
		result = fail(dir, "could not be written");
	wire_certificate_deinit(&enrolling.certificate);
	if (result == COMMAND_DONE)
		printf("%s is enrolled at %s. Next: fedrouter-client import --config %s/client.yaml LOG\n",
		       invitation->client, invitation->address, dir);
	return result;
}

int command_enroll(int argc, char **argv)
{
	struct enroll_options options = { 0 };
	struct invitation invitation = { 0 };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.invite || !options.dir)
		return arguments_wrong(&command, "%s is missing", options.invite ? "--dir" : "--invite");
	int result = read_invitation(options.invite, &invitation);
	if (result == COMMAND_DONE && rpc_start() != 0)
		result = fail("gRPC", "could not be started");
	else if (result == COMMAND_DONE) {
		result = enroll(&invitation, options.dir);
		rpc_stop();
	}
	json_decref(invitation.json);
	return result;
}
