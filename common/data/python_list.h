/* python_list.h: the text in ['…'], as Python prints a list of strings.                     (kind: kernel) */
#pragma once

#include <stdbool.h>

/* The strings of the list `text`, joined by line ends, in `out` (room for strlen(text) + 1). False: not such
 * a list. */
bool python_list_join(const char *text, char *out);
