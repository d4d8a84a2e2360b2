/* main.c: fedrouter-coordinator: one subcommand per task of the consortium's operator.  (kind: conductor) */
#include "common/numerics/blas.h"
#include "server/commands/command.h"

static const struct command commands[] = {
	{ "init", "found a consortium: keys, certificates, configuration, store", command_init },
	{ "run", "the daemon", command_run },
	{ "invite", "a one-time invitation for one client", command_invite },
	{ "clients", "who is invited, enrolled, revoked", command_clients },
	{ "revoke", "cut a client off", command_revoke },
	{ "start", "start a run from a plan", command_start },
	{ "stop", "end a run", command_stop },
	{ "runs", "every run", command_runs },
	{ "status", "how the runs stand", command_status },
	{ "models", "the routers that were published", command_models },
	{ "sample", "a synthetic consortium in which routing pays", command_sample },
	{ "simulate", "the whole federation in one process, on a log with several models per query",
	  command_simulate },
	{ .name = NULL },
};

static const struct command_program coordinator = {
	.name = COMMAND_PROGRAM,
	.version = FEDROUTER_VERSION,
	.example = "simulate --log answers.jsonl.gz --encoder hash --learner static,ridge",
	.commands = commands,
};

int main(int argc, char **argv)
{
	blas_start(argv);
	return command_main(&coordinator, argc, argv);
}
