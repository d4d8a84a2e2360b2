/* monitor_process.h: what the system knows of this process; inside this room only.        (kind: adapter) */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* The usual process_… metrics. `started`: seconds since 1970. */
void monitor_process_print(int64_t started, FILE *out);
