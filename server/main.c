/* main.c: fedrouter-coordinator: one subcommand per task of the consortium's operator.  (kind: conductor) */
#include <stdio.h>
#include <string.h>

#include "common/numerics/blas.h"
#include "server/commands/command.h"

static const struct command commands[] = {
	{ "sample", "a synthetic consortium in which routing pays", command_sample },
	{ "simulate", "the whole federation in one process, on a log with several models per query",
	  command_simulate },
	{ .name = NULL },
};

static void print_help(FILE *out)
{
	fprintf(out, "Usage: %s COMMAND [options]\n\nCommands:\n", COMMAND_PROGRAM);
	for (const struct command *command = commands; command->name; command++)
		fprintf(out, "  %-12s %s\n", command->name, command->summary);
	fprintf(out,
		"\nEvery command explains itself with --help; --version prints the version.\n"
		"Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 refused by a gate or policy.\n\n"
		"Example:\n  %s simulate --log answers.jsonl.gz --encoder hash --learner static,ridge\n",
		COMMAND_PROGRAM);
}

int main(int argc, char **argv)
{
	blas_start(argv);
	if (argc < 2) {
		print_help(stderr);
		return COMMAND_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return COMMAND_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", COMMAND_PROGRAM, FEDROUTER_VERSION);
		return COMMAND_DONE;
	}
	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(argv[1], command->name) == 0)
			return command->run(argc - 1, argv + 1);
	}
	fprintf(stderr, "%s: there is no command %s\nSee %s --help\n", COMMAND_PROGRAM, argv[1],
		COMMAND_PROGRAM);
	return COMMAND_USAGE;
}
