/* client_routers.h: the routers that this organization has fetched, and the one it uses.  (kind: adapter)
 *
 * Current is what `use` says; without that, the newest of the learner that client.yaml names.
 *                                                                                         design.md §2
 */
#pragma once

#include "client/store/client_store.h"

enum client_router_state {
	CLIENT_ROUTER_CANDIDATE, /* the newest of its learner, not in use */
	CLIENT_ROUTER_CURRENT,
	CLIENT_ROUTER_RETIRED, /* there is a newer one of its learner */
};

struct client_router {
	uint64_t version;
	char learner[CLIENT_STORE_NAME], digest[CLIENT_STORE_HEX], run[CLIENT_STORE_NAME];
	char sha256[CLIENT_STORE_HEX]; /* of the file */
	uint64_t bytes;
	enum client_router_state state; /* set by client_routers_list */
};

/* "candidate", "current", "retired" */
const char *client_router_state_name(enum client_router_state state);

/* Take over a fetched and checked file of the same file system (it is renamed, durably) and journal it. A
 * version that is there already is left as it is. */
must_check int client_routers_put(struct client_store *store, const struct client_router *router,
				  const char *path);

/* By rising version; malloc'ed. `learner` is client.yaml's. */
must_check int client_routers_list(struct client_store *store, const char *learner,
				   struct client_router **out, size_t *n);

/* NONE: there is no router yet of that learner, and none was chosen by `use`. */
must_check int client_routers_current(struct client_store *store, const char *learner,
				      struct client_router *out);

/* The highest version that is here; 0: none. */
must_check int client_routers_newest(struct client_store *store, uint64_t *out);

/* Malloc'ed path of the file. */
must_check int client_routers_path(const struct client_store *store, const struct client_router *router,
				   char **out);

/* Stay with this version. 0: follow the newest again. NONE: it is not here. */
must_check int client_routers_use(struct client_store *store, uint64_t version);

/* Back to what was current before the last `use`; without one, to the next older version of the learner.
 * NONE: there is nothing to go back to. */
must_check int client_routers_rollback(struct client_store *store, const char *learner,
				       struct client_router *out);
