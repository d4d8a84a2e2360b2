/* operator.h: how a command reaches the coordinator, up or down.                         (kind: conductor) */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "common/conf/conf_coordinator.h"

/* Read --config and tell on stderr what is wrong with it; an exit code. End `out` with
 * conf_coordinator_deinit. */
int operator_conf(const char *config, struct conf_coordinator *out);

/* Ask the daemon at DIR/admin.sock; where none is, serve it from the store (all but start and stop). One that
 * starts or ends just now is waited for. `request` is taken. COMMAND_DONE: *answer is new; else it was told
 * on stderr why there is none. */
int operator_ask(const struct conf_coordinator *conf, json_t *request, json_t **answer);

/* Ask the daemon, and wait for one to come (again) where none is: the store is left to it. */
int operator_ask_patiently(const struct conf_coordinator *conf, json_t *request, json_t **answer);

/* Wait before the daemon is asked again. */
void operator_pause(unsigned ms);

/* Before a daemon starts: a command that serves itself from the store is done with it in a moment. */
void operator_await_store(const char *dir);

/* Is a run of the answer to `status` waiting, collecting or closing? */
bool operator_is_going(const json_t *run);

/* Print the JSON on standard output, for a script. */
int operator_print(const json_t *json);
