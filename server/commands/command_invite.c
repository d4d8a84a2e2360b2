/* command_invite.c: a one-time invitation for one client.                                (kind: conductor) */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/command/arguments.h"
#include "common/io/durable.h"
#include "common/io/text_file.h"
#include "server/commands/command.h"
#include "server/commands/operator.h"

enum { PEM_MOST = 64 << 10 };

struct invite_options {
	const char *config, *out;
	struct arguments_operands clients;
};

static const struct arguments_option table[] = {
	{ .name = "config",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct invite_options, config),
	  .value = "FILE",
	  .help = "DIR/coordinator.yaml" },
	{ .name = "out",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct invite_options, out),
	  .value = "FILE",
	  .help = "where the invitation goes; send it to the organization over a channel you trust" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "invite",
	.summary = "Invite one organization: FILE lets it enroll once, under the name CLIENT, until it "
		   "expires.\n"
		   "Inviting the same name again voids the earlier invitation.",
	.example = "invite --config /var/lib/fedrouter/coordinator.yaml acme --out acme.invite.json",
	.options = table,
	.operands = "CLIENT",
	.operands_offset = offsetof(struct invite_options, clients),
	.operands_least = 1,
	.operands_most = 1,
};

static int fail(const char *what, const char *text)
{
	fprintf(stderr, "fedrouter-coordinator invite: %s: %s\n", what, text);
	return COMMAND_FAILED;
}

static int read_pem(const struct conf_coordinator *conf, const char *name, char **out)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/%s", conf->dir, name) < 0)
		return fail(name, "out of memory");
	int r = text_file_read(path, PEM_MOST, out);
	return r == 0 ? COMMAND_DONE : fail(path, strerror(-r));
}

/* First host, listen port. */
static int address_of(const struct conf_coordinator *conf, char **out)
{
	const char *host = conf->hosts.items[0], *port = strrchr(conf->listen, ':') + 1;
	cleanup(free_pointer) char *path = NULL;
	char *real = NULL;
	if (strcmp(port, "0") == 0) { /* the daemon knows */
		if (asprintf(&path, "%s/run/port", conf->dir) < 0 || text_file_read(path, 16, &real) != 0)
			return fail(conf->dir, "listens on any port: start the daemon before you invite");
		real[strcspn(real, "\n")] = '\0';
		port = real;
	}
	int n = strchr(host, ':') ? asprintf(out, "[%s]:%s", host, port) : asprintf(out, "%s:%s", host, port);
	free(real);
	return n < 0 ? fail(conf->dir, "out of memory") : COMMAND_DONE;
}

static int write_invitation(const struct invite_options *options, const struct conf_coordinator *conf,
			    const json_t *answer)
{
	cleanup(free_pointer) char *authority = NULL;
	cleanup(free_pointer) char *signer = NULL;
	cleanup(free_pointer) char *address = NULL;
	cleanup(free_pointer) char *text = NULL;
	char expires[21];
	int result = read_pem(conf, "ca.pem", &authority);
	if (result == COMMAND_DONE)
		result = read_pem(conf, "signing.pub", &signer);
	if (result == COMMAND_DONE)
		result = address_of(conf, &address);
	if (result != COMMAND_DONE)
		return result;
	clock_rfc3339(json_integer_value(json_object_get(answer, "expires")), expires);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "address", address, "authority", authority,
				 "artefact_key", signer, "client", options->clients.items[0], "token",
				 json_string_value(json_object_get(answer, "token")), "expires", expires);
	text = json ? json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;
	json_decref(json);
	if (!text || durable_write(options->out, text, strlen(text), "invitation") != 0)
		return fail(options->out, "could not be written");
	printf("%s: an invitation for %s, good until %s. It is a secret: who has it can enroll.\n",
	       options->out, options->clients.items[0], expires);
	return COMMAND_DONE;
}

int command_invite(int argc, char **argv)
{
	struct invite_options options = { 0 };
	struct conf_coordinator conf = { 0 };
	json_t *answer = NULL;
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.config || !options.out)
		return arguments_wrong(&command, "%s is missing", options.config ? "--out" : "--config");
	int result = operator_conf(options.config, &conf);
	if (result == COMMAND_DONE)
		result =
			operator_ask(&conf,
				     json_pack("{s:s, s:s, s:i}", "command", "invite", "client",
					       options.clients.items[0], "hours", (int)conf.invitation_hours),
				     &answer);
	if (result == COMMAND_DONE)
		result = write_invitation(&options, &conf, answer);
	json_decref(answer);
	conf_coordinator_deinit(&conf);
	return result;
}
