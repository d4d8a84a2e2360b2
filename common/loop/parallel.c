/* parallel.c: a counter that the threads draw their indices from.                        (kind: adapter) */
#include "common/loop/parallel.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

struct share {
	parallel_job job;
	void *context;
	size_t n;
	atomic_size_t next;
	uv_mutex_t lock; /* guards the two fields below */
	size_t failed_index;
	int result;
};

struct worker {
	struct share *share;
	size_t number;
	uv_thread_t thread;
};

static void note_failure(struct share *share, size_t index, int result)
{
	uv_mutex_lock(&share->lock);
	if (share->result == 0 || index < share->failed_index) {
		share->failed_index = index;
		share->result = result;
	}
	uv_mutex_unlock(&share->lock);
	atomic_store(&share->next, share->n);
}

static void work(void *argument)
{
	struct worker *worker = argument;
	struct share *share = worker->share;
	for (;;) {
		size_t index = atomic_load(&share->next);
		do {
			if (index >= share->n)
				return;
		} while (!atomic_compare_exchange_weak(&share->next, &index, index + 1));
		int result = share->job(share->context, index, worker->number);
		if (result != 0)
			note_failure(share, index, result);
	}
}

size_t parallel_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return (size_t)CPU_COUNT(&set);
}

int parallel_run(size_t threads, size_t n, parallel_job job, void *context)
{
	if (threads > n)
		threads = n;
	if (threads == 0)
		threads = 1;
	struct share share = { .job = job, .context = context, .n = n };
	cleanup(free_pointer) struct worker *workers = calloc(threads, sizeof(*workers));
	TRY_ALLOC(workers);
	if (uv_mutex_init(&share.lock) != 0)
		return FAIL(-ENOMEM);
	/* A deep stack, as the main thread has: OpenBLAS keeps small buffers on it. */
	uv_thread_options_t options = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = 8 << 20 };
	size_t started = 1;
	for (size_t i = 0; i < threads; i++)
		workers[i] = (struct worker){ .share = &share, .number = i };
	while (started < threads &&
	       uv_thread_create_ex(&workers[started].thread, &options, work, &workers[started]) == 0)
		started++;
	work(&workers[0]);
	for (size_t i = 1; i < started; i++)
		uv_thread_join(&workers[i].thread);
	uv_mutex_destroy(&share.lock);
	return share.result;
}
