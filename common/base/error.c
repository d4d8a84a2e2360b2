/* error.c: the trail that an unexpected failure leaves.                                    (kind: adapter) */
#include "common/base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int error_trace(int code, const char *file, int line)
{
	if (code > 0)
		code = -ENOTRECOVERABLE;
	fprintf(stderr, "error: %s (%d) at %s:%d\n", strerror(-code), code, file, line);
	return code;
}

void free_pointer(void *pointer_to_pointer)
{
	void **pointer = pointer_to_pointer;
	free(*pointer);
	*pointer = NULL;
}
