/* main.c: fedrouter-client: one subcommand per task of the organization's engineer.     (kind: conductor) */
#include "client/commands/command.h"
#include "common/numerics/blas.h"

static const struct command commands[] = {
	{ "enroll", "join a consortium with an invitation", command_enroll },
	{ "import", "evaluation logs into the store", command_import },
	{ "run", "the daemon", command_run },
	{ "route", "the model for one query", command_route },
	{ "explain", "the same decision, with what every model was estimated at", command_explain },
	{ "evaluate", "what routers are worth on the own held-out queries", command_evaluate },
	{ "routers", "the routers that were fetched", command_routers },
	{ "use", "stay with one version", command_use },
	{ "rollback", "back to the version before", command_rollback },
	{ .name = NULL },
};

static const struct command_program client = {
	.name = COMMAND_PROGRAM,
	.version = FEDROUTER_VERSION,
	.example = "enroll --invite acme.invite.json --dir /var/lib/fedrouter",
	.commands = commands,
};

int main(int argc, char **argv)
{
	blas_start(argv);
	return command_main(&client, argc, argv);
}
