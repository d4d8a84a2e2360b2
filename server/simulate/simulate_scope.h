/* simulate_scope.h: whose rows a router learns from.                                       (kind: kernel) */
#pragma once

enum simulate_scope {
	SIMULATE_FEDERATED,
	SIMULATE_CENTRAL, /* one client that holds all rows */
	SIMULATE_MATCHED, /* central with the federated run's learning rate and number of steps */
	SIMULATE_LOCAL,   /* one client's rows */
	SIMULATE_SCOPES,
};

/* As tables and JSON write it. */
const char *simulate_scope_name(enum simulate_scope scope);
