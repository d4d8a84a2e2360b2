/* main.c: fedrouter-coordinator: one subcommand per task of the consortium's operator.  (kind: conductor) */
#include "common/numerics/blas.h"
#include "server/commands/command.h"

static const struct command commands[] = {
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
