/* clock.c: the two clocks.                                                                          (kind: adapter) */
#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t clock_wall_s(void)
{
	const char *shift = getenv("FEDROUTER_CLOCK_SHIFT");
	return (int64_t)time(NULL) + (shift ? strtoll(shift, NULL, 10) : 0);
}

uint64_t clock_steady_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void clock_rfc3339(int64_t wall_s, char out[21])
{
	time_t seconds = (time_t)wall_s;
	struct tm parts = { 0 };
	gmtime_r(&seconds, &parts);
	if (strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		snprintf(out, 21, "?");
}
