/* allocations.h: how often this process asked for memory. The program's malloc, calloc, realloc and aligned
 * ones count and hand on to glibc's, those of its libraries too. */
#pragma once

#include <stddef.h>

size_t allocations_count(void);
