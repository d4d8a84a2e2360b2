/* command.h: a program is a table of subcommands.                                       (kind: conductor) */
#pragma once

#include <stdio.h>

enum command_exit {
	COMMAND_DONE = 0,
	COMMAND_FAILED = 1,
	COMMAND_USAGE = 2,   /* wrong usage or config */
	COMMAND_REFUSED = 3, /* by a gate or a policy */
};

struct command {
	const char *name, *summary;
	/* argv[0] is the subcommand's name; returns an exit code. */
	int (*run)(int argc, char **argv);
};

struct command_program {
	const char *name, *version;
	const char *example;            /* one line, for --help */
	const struct command *commands; /* ends with name NULL */
};

/* Run the subcommand that argv[1] names, or --help, or --version; returns the exit code. */
int command_main(const struct command_program *program, int argc, char **argv);
