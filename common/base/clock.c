/* clock.c: clock_gettime and a shift for tests.                                          (kind: adapter) */
#include "common/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t clock_wall_s(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	const char *shift = getenv("FEDROUTER_CLOCK_SHIFT");
	return (int64_t)now.tv_sec + (shift ? strtoll(shift, NULL, 10) : 0);
}

uint64_t clock_steady_ms(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void clock_rfc3339(int64_t wall_s, char out[21])
{
	time_t seconds = (time_t)wall_s;
	struct tm day;
	if (!gmtime_r(&seconds, &day) || day.tm_year < -1900 || day.tm_year > 8099 ||
	    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &day) != 20)
		snprintf(out, 21, "0000-00-00T00:00:00Z"); /* a year that RFC 3339 cannot write */
}
