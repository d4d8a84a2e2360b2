/* command.h: the subcommands of fedrouter-client.                                       (kind: conductor) */
#pragma once

#include "client/store/client_store.h"
#include "common/command/command.h"
#include "common/conf/conf_client.h"

#define COMMAND_PROGRAM "fedrouter-client"

/* Read argv, do the work, tell what came of it; return enum command_exit. */
int command_enroll(int argc, char **argv);
int command_evaluate(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_import(int argc, char **argv);
int command_rollback(int argc, char **argv);
int command_route(int argc, char **argv);
int command_routers(int argc, char **argv);
int command_run(int argc, char **argv);
int command_use(int argc, char **argv);

/* Read --config and tell on stderr what is wrong with it; an exit code. End `out` with conf_client_deinit. */
int command_conf(const char *config, struct conf_client *out);

/* The names of client.yaml's `models:`, malloc'ed; they borrow from `conf`. */
must_check int command_names(const struct conf_client *conf, struct client_name **out);

struct command_store { /* what a command that asks the store needs; zeroed before it is opened */
	struct conf_client conf;
	struct findings findings;
	struct client_store *store;
	struct client_name *name_items;
	struct client_names names; /* of `name_items` */
};

/* Read the configuration and open the store; an exit code, what is wrong is told. End it with
 * command_store_close in any case. */
int command_store_open(const char *config, struct command_store *out);
void command_store_close(struct command_store *opened);

/* Tell the findings and, of a negative result, its text; returns COMMAND_FAILED. */
int command_store_fail(struct command_store *opened, int result);
