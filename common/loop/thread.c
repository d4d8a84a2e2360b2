/* thread.c: uv_thread_t, allocated.                                                      (kind: adapter) */
#include "common/loop/thread.h"

#include <stdlib.h>
#include <uv.h>

struct thread {
	uv_thread_t uv;
};

int thread_start(void (*run)(void *context), void *context, struct thread **out)
{
	cleanup(free_pointer) struct thread *thread = malloc(sizeof(*thread));
	TRY_ALLOC(thread);
	TRY(uv_thread_create(&thread->uv, run, context));
	*out = thread;
	thread = NULL;
	return 0;
}

void thread_join(struct thread *thread)
{
	uv_thread_join(&thread->uv);
	free(thread);
}
