/* command.h: the subcommands of fedrouter-coordinator.                                  (kind: conductor) */
#pragma once

#include "common/command/command.h"

#define COMMAND_PROGRAM "fedrouter-coordinator"

/* Read argv, do the work, tell what came of it; return enum command_exit. */
int command_sample(int argc, char **argv);
int command_simulate(int argc, char **argv);
