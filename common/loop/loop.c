/* loop.c: libuv's loop, timers, signals and workers behind one name each.                (kind: adapter) */
#include "common/loop/loop.h"

#include <stdlib.h>
#include <uv.h>

#include "common/loop/loop_uv.h"

struct loop_signal {
	uv_signal_t handle;
	loop_callback caught;
	void *context;
	struct loop_signal *next;
};

struct loop {
	uv_loop_t uv;
	uv_async_t stay; /* an idle loop waits instead of ending */
	struct loop_signal *signals;
	size_t jobs;
};

struct loop_timer {
	uv_timer_t handle;
	loop_callback fired;
	void *context;
};

struct job {
	uv_work_t request;
	struct loop *loop;
	int (*work)(void *context);
	void (*done)(void *context, int result);
	void *context;
	int result;
};

int loop_new(struct loop **out)
{
	cleanup(free_pointer) struct loop *loop = calloc(1, sizeof(*loop));
	TRY_ALLOC(loop);
	TRY(uv_loop_init(&loop->uv));
	int result = uv_async_init(&loop->uv, &loop->stay, NULL);
	if (result != 0) {
		uv_loop_close(&loop->uv);
		return FAIL(result);
	}
	*out = loop;
	loop = NULL;
	return 0;
}

static void signal_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	uv_close((uv_handle_t *)&loop->stay, NULL);
	for (struct loop_signal *at = loop->signals; at;) {
		struct loop_signal *next = at->next;
		uv_close((uv_handle_t *)&at->handle, signal_closed);
		at = next;
	}
	while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0) {
		/* a loop_stop that nobody saw ended it too early */
	}
	uv_loop_close(&loop->uv);
	free(loop);
}

uv_loop_t *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

int loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	return 0;
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

static void timer_fired(uv_timer_t *handle)
{
	struct loop_timer *timer = handle->data;
	timer->fired(timer->context);
}

int loop_timer_new(struct loop *loop, loop_callback fired, void *context, struct loop_timer **out)
{
	struct loop_timer *timer = malloc(sizeof(*timer));
	TRY_ALLOC(timer);
	timer->fired = fired;
	timer->context = context;
	uv_timer_init(&loop->uv, &timer->handle);
	timer->handle.data = timer;
	*out = timer;
	return 0;
}

void loop_timer_start(struct loop_timer *timer, uint64_t after_ms)
{
	uv_update_time(
		timer->handle.loop); /* the pause is counted from now, not from when the loop woke up */
	uv_timer_start(&timer->handle, timer_fired, after_ms, 0);
}

void loop_timer_stop(struct loop_timer *timer)
{
	uv_timer_stop(&timer->handle);
}

static void timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (timer)
		uv_close((uv_handle_t *)&timer->handle, timer_closed);
}

static void signal_caught(uv_signal_t *handle, int number)
{
	(void)number;
	struct loop_signal *node = handle->data;
	node->caught(node->context);
}

int loop_on_signal(struct loop *loop, int number, loop_callback caught, void *context)
{
	struct loop_signal *node = malloc(sizeof(*node));
	TRY_ALLOC(node);
	*node = (struct loop_signal){ .caught = caught, .context = context, .next = loop->signals };
	uv_signal_init(&loop->uv, &node->handle);
	node->handle.data = node;
	int result = uv_signal_start(&node->handle, signal_caught, number);
	if (result != 0) {
		uv_close((uv_handle_t *)&node->handle, signal_closed);
		return FAIL(result);
	}
	loop->signals = node;
	return 0;
}

static void job_work(uv_work_t *request)
{
	struct job *job = request->data;
	job->result = job->work(job->context);
}

static void job_done(uv_work_t *request, int status)
{
	(void)status; /* jobs are never cancelled */
	struct job job = *(struct job *)request->data;
	free(request->data);
	job.loop->jobs--;
	job.done(job.context, job.result);
}

int loop_job(struct loop *loop, int (*work)(void *context), void (*done)(void *context, int result),
	     void *context)
{
	cleanup(free_pointer) struct job *job = malloc(sizeof(*job));
	TRY_ALLOC(job);
	*job = (struct job){ .loop = loop, .work = work, .done = done, .context = context };
	job->request.data = job;
	TRY(uv_queue_work(&loop->uv, &job->request, job_work, job_done));
	loop->jobs++;
	job = NULL;
	return 0;
}

size_t loop_jobs(const struct loop *loop)
{
	return loop->jobs;
}
