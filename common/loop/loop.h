/* loop.h: the one thread that owns a daemon's state, and how others reach it.               (kind: adapter)
 *
 * Everything here is called on the loop's thread, but for inbox_post. Callbacks run on the loop's thread;
 * jobs run on libuv's worker threads and own what they were handed until `done` is called back on the loop.
 * Nothing is freed under a callback's feet: closing is finished by the loop itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

struct loop;

must_check int loop_new(struct loop **out);
/* All timers, signals and inboxes must be freed, all jobs done. Runs what is left to close. */
void loop_free(struct loop *loop);

/* Until loop_stop, even with nothing to wait for. */
must_check int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

struct loop_timer;
typedef void (*loop_callback)(void *context);

must_check int loop_timer_new(struct loop *loop, loop_callback fired, void *context, struct loop_timer **out);
void loop_timer_start(struct loop_timer *timer, uint64_t after_ms); /* once; starting again moves it */
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* Call `caught` for each signal `number` (SIGTERM, SIGINT, SIGHUP) until the loop is freed. */
must_check int loop_on_signal(struct loop *loop, int number, loop_callback caught, void *context);

/* Run `work` on a worker thread, then `done` on the loop with what it returned. */
must_check int loop_job(struct loop *loop, int (*work)(void *context),
			void (*done)(void *context, int result), void *context);
size_t loop_jobs(const struct loop *loop); /* under way */

/* Items from other threads, handled on the loop in the order in which they were posted. */
struct inbox_item {
	struct inbox_item *next; /* the inbox's while it is posted */
};
struct inbox;
must_check int inbox_new(struct loop *loop, void (*handle)(void *context, struct inbox_item *item),
			 void *context, struct inbox **out);
void inbox_post(struct inbox *inbox, struct inbox_item *item); /* from any thread; never fails */
/* Handle at least one item now, waiting for it without turning the loop: for an owner that must see the last
 * of what it started before it can be freed. */
void inbox_wait(struct inbox *inbox);
/* Handles what is still there, then closes. Nobody may post any more. May be called while an item is
 * handled. */
void inbox_free(struct inbox *inbox);
