/* error.c: the trail that an unexpected failure leaves.                                    (kind: adapter) */
#include "common/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void error_note(int code, const char *file, int line)
{
	fprintf(stderr, "error: %s (%d) at %s:%d\n", strerror(-code), code, file, line);
}

void free_pointer(void *pointer_to_pointer)
{
	void **pointer = pointer_to_pointer;
	free(*pointer);
	*pointer = NULL;
}
