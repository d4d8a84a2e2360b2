/* command.h: the subcommands of fedrouter-coordinator.                                  (kind: conductor) */
#pragma once

#include "common/command/command.h"

#define COMMAND_PROGRAM "fedrouter-coordinator"

/* Read argv, do the work, tell what came of it; return enum command_exit. */
int command_clients(int argc, char **argv);
int command_init(int argc, char **argv);
int command_invite(int argc, char **argv);
int command_models(int argc, char **argv);
int command_revoke(int argc, char **argv);
int command_run(int argc, char **argv);
int command_runs(int argc, char **argv);
int command_sample(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_start(int argc, char **argv);
int command_status(int argc, char **argv);
int command_stop(int argc, char **argv);
