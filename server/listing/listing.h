/* listing.h: what the store knows, as the JSON of status, runs, clients and models.       (kind: adapter)
 *
 * The daemon answers the operator with it, and the commands use it themselves while the daemon is down.
 * Times are RFC 3339 in UTC or null; `out` is a new object.                          design.md §2
 */
#pragma once

#include <jansson.h>

#include "server/store/store.h"

enum { LISTING_E_OK = 0, LISTING_E_NONE = 1 };

/* {"runs": [{run, learner, state, phase, phases, clients, artefact, asked, accepted, deadline, reason, text,
 * created, ended}]}, newest first. phase: the open one; phases: closed so far; clients: on the roster;
 * artefact: its version or null; asked, accepted, deadline: of the open phase, else null; reason and text:
 * why it ended, "" if it finished. `run` NULL: all of them; NONE: there is no such run. */
must_check int listing_runs(struct store *store, const char *run, json_t **out);

/* {"clients": [{name, state, last_seen, rows, unknown_models, program, certificate_expires,
 * invitation_expires}]} in order of name. */
must_check int listing_clients(struct store *store, json_t **out);

/* {"models": [{version, learner, digest, run, state, sha256, bytes, created, phases, participants}]}, oldest
 * first. */
must_check int listing_models(struct store *store, json_t **out);
