/* command.h: the subcommands of fedrouter-client.                                       (kind: conductor) */
#pragma once

#include "common/command/command.h"
#include "common/conf/conf_client.h"

#define COMMAND_PROGRAM "fedrouter-client"

/* Read argv, do the work, tell what came of it; return enum command_exit. */
int command_enroll(int argc, char **argv);
int command_import(int argc, char **argv);
int command_rollback(int argc, char **argv);
int command_routers(int argc, char **argv);
int command_run(int argc, char **argv);
int command_use(int argc, char **argv);

/* Read --config (NULL: told as wrong usage by the caller) and tell on stderr what is wrong with it; an exit
 * code. End `out` with conf_client_deinit. */
int command_conf(const char *config, struct conf_client *out);
