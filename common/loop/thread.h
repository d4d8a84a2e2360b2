/* thread.h: a thread of its own for a foreign library that wants to be waited for.       (kind: adapter) */
#pragma once

#include "common/base/error.h"

struct thread;

must_check int thread_start(void (*run)(void *context), void *context, struct thread **out);
/* Waits until `run` has returned. */
void thread_join(struct thread *thread);
