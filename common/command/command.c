/* command.c: finds the subcommand, or tells which there are.                            (kind: conductor) */
#include "common/command/command.h"

#include <string.h>

static void print_help(const struct command_program *program, FILE *out)
{
	fprintf(out, "Usage: %s COMMAND [options]\n\nCommands:\n", program->name);
	for (const struct command *command = program->commands; command->name; command++)
		fprintf(out, "  %-12s %s\n", command->name, command->summary);
	fprintf(out,
		"\nEvery command explains itself with --help; --version prints the version.\n"
		"Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 refused by a gate or policy.\n\n"
		"Example:\n  %s %s\n",
		program->name, program->example);
}

int command_main(const struct command_program *program, int argc, char **argv)
{
	if (argc < 2) {
		print_help(program, stderr);
		return COMMAND_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(program, stdout);
		return COMMAND_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s %s\n", program->name, program->version);
		return COMMAND_DONE;
	}
	for (const struct command *command = program->commands; command->name; command++) {
		if (strcmp(argv[1], command->name) == 0)
			return command->run(argc - 1, argv + 1);
	}
	fprintf(stderr, "%s: there is no command %s\nSee %s --help\n", program->name, argv[1], program->name);
	return COMMAND_USAGE;
}
