/* operator.h: how a command reaches the coordinator, up or down.                         (kind: conductor) */
#pragma once

#include <jansson.h>

#include "common/conf/conf_coordinator.h"

/* Read --config and tell on stderr what is wrong with it; an exit code. End `out` with
 * conf_coordinator_deinit. */
int operator_conf(const char *config, struct conf_coordinator *out);

/* Ask the daemon at DIR/admin.sock; without one, serve it from the store, for as long as no daemon has it.
 * `request` is taken. COMMAND_DONE: *answer is the daemon's; else it was told on stderr, as was an error in
 * the answer. */
int operator_ask(const struct conf_coordinator *conf, json_t *request, json_t **answer);

/* The same for what only a daemon can do; `patient` waits for one to come (again). */
int operator_ask_daemon(const struct conf_coordinator *conf, json_t *request, bool patient, json_t **answer);

/* Wait before the daemon is asked again. */
void operator_pause(unsigned ms);

/* Print the JSON on standard output, for a script. */
int operator_print(const json_t *json);
