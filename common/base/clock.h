/* clock.h: the two clocks: what time it is for people, and how long something took.      (kind: adapter) */
#pragma once

#include <stdint.h>

/* Seconds since 1970 UTC. FEDROUTER_CLOCK_SHIFT (seconds, for tests of expiry) is added to it. */
int64_t clock_wall_s(void);

/* Milliseconds of a clock that never goes back; its zero means nothing. */
uint64_t clock_steady_ms(void);

/* "2026-11-25T03:28:24Z" and a NUL. */
void clock_rfc3339(int64_t wall_s, char out[21]);
