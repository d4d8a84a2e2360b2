/* failpoint.c: places at which a test lets a daemon die.                                   (kind: adapter) */
#include "common/base/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void failpoint(const char *name)
{
	static atomic_long passed;
	const char *wanted = getenv("FEDROUTER_FAILPOINT");
	size_t n = strlen(name);
	if (!wanted || strncmp(wanted, name, n) != 0 || (wanted[n] != '\0' && wanted[n] != ':'))
		return;
	long which = wanted[n] == ':' ? strtol(wanted + n + 1, NULL, 10) : 1;
	if (atomic_fetch_add(&passed, 1) + 1 == which)
		raise(SIGKILL);
}
