/* shortage.h: what happens when memory runs out, tried at every allocation in turn.
 *
 * Programs that depend on shortage_dep allocate through here; shared libraries don't. Leaks are told by the
 * address sanitizer when the test ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Do the work once, call shortage_end, check and free what was made, and return the work's outcome. */
typedef int (*shortage_work)(void *context);

/* From here on there is memory again (Check needs some for every check that passes). */
void shortage_end(void);

/* Run `work` again and again, with the first, the second … allocation failing (`and_on`: and all behind it),
 * until it needs fewer. Fails unless that last run is done (0). Returns the number of runs. */
size_t shortage_try(shortage_work work, void *context, bool and_on);
