/* simulate_scope.c: names of the scopes.                                                   (kind: kernel) */
#include "server/simulate/simulate_scope.h"

const char *simulate_scope_name(enum simulate_scope scope)
{
	static const char *const names[SIMULATE_SCOPES] = {
		[SIMULATE_FEDERATED] = "federated",
		[SIMULATE_CENTRAL] = "central",
		[SIMULATE_MATCHED] = "central-matched",
		[SIMULATE_LOCAL] = "local",
	};
	return names[scope];
}
