/* command.h: the subcommands of fedrouter-coordinator.                                  (kind: conductor) */
#pragma once

#define COMMAND_PROGRAM "fedrouter-coordinator"

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

/* Read argv, do the work, tell what came of it; return enum command_exit. */
int command_sample(int argc, char **argv);
int command_simulate(int argc, char **argv);
