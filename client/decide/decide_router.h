/* decide_router.h: the router that decides here: the current one, or a file's.          (kind: conductor) */
#pragma once

#include "client/store/client_routers.h"
#include "common/router/router.h"

struct decide_router {
	struct router *router;
	struct client_router entry; /* version 0: a file that is not of the store */
	char *path;
	char digest[65];
	double held_out; /* share of the queries that its run held out; NaN: not known */
	bool is_signed;  /* by the consortium: DIR/artefact.pub was there and its signature was checked */
};

enum { DECIDE_ROUTER_E_OK = 0, DECIDE_ROUTER_E_NONE = 1, DECIDE_ROUTER_E_BAD = 2 };

struct decide_place { /* where routers are found */
	struct client_store *store;
	const char *dir;     /* of client.yaml: artefact.pub is in it once the client has enrolled */
	const char *learner; /* client.yaml's */
};

/* Open `file`; NULL: the current router. Where DIR/artefact.pub is there, what is not signed by that key is
 * refused. NONE: no router was fetched yet. BAD: `findings` says why. */
must_check int decide_router_open(const struct decide_place *place, const char *file,
				  struct findings *findings, struct decide_router *out);

/* The newest router of exactly this learner, for comparison. NONE: there is none. */
must_check int decide_router_newest(const struct decide_place *place, const char *learner,
				    struct findings *findings, struct decide_router *out);

void decide_router_deinit(struct decide_router *opened);
