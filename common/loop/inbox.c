/* inbox.c: a list under a lock, and a wake-up where it was empty.                           (kind: adapter)
 *
 * Wake-ups merge, so each takes the whole list. What is posted while it is handled waits for the next turn:
 * timers and sockets get theirs in between.
 */
#include "common/loop/loop.h"

#include <stdlib.h>
#include <uv.h>

#include "common/loop/loop_uv.h"

struct inbox {
	uv_async_t wake;
	uv_mutex_t lock;  /* guards `first` and `last` */
	uv_cond_t posted; /* for inbox_wait */
	struct inbox_item *first, **last;
	struct inbox_item *taken; /* the loop's own: what is left of this turn */
	void (*handle)(void *context, struct inbox_item *item);
	void *context;
};

static void handle_taken(struct inbox *inbox)
{
	while (inbox->taken) {
		struct inbox_item *item = inbox->taken;
		inbox->taken = item->next;
		inbox->handle(inbox->context, item);
	}
}

/* Only when nothing is left of the last turn. */
static void take(struct inbox *inbox, bool wait)
{
	uv_mutex_lock(&inbox->lock);
	while (wait && !inbox->first)
		uv_cond_wait(&inbox->posted, &inbox->lock);
	inbox->taken = inbox->first;
	inbox->first = NULL;
	inbox->last = &inbox->first;
	uv_mutex_unlock(&inbox->lock);
}

static void woken(uv_async_t *handle)
{
	struct inbox *inbox = handle->data;
	handle_taken(inbox);
	take(inbox, false);
	handle_taken(inbox);
}

int inbox_new(struct loop *loop, void (*handle)(void *context, struct inbox_item *item), void *context,
	      struct inbox **out)
{
	cleanup(free_pointer) struct inbox *inbox = calloc(1, sizeof(*inbox));
	TRY_ALLOC(inbox);
	inbox->handle = handle;
	inbox->context = context;
	inbox->last = &inbox->first;
	TRY(uv_mutex_init(&inbox->lock));
	TRY(uv_cond_init(&inbox->posted)); /* Linux: neither fails, neither holds anything */
	TRY(uv_async_init(loop_uv(loop), &inbox->wake, woken));
	inbox->wake.data = inbox;
	*out = inbox;
	inbox = NULL;
	return 0;
}

void inbox_post(struct inbox *inbox, struct inbox_item *item)
{
	item->next = NULL;
	uv_mutex_lock(&inbox->lock);
	bool was_empty = !inbox->first;
	*inbox->last = item;
	inbox->last = &item->next;
	/* Under the lock: once the loop has taken the item it may free the inbox. */
	if (was_empty) {
		uv_async_send(&inbox->wake);
		uv_cond_signal(&inbox->posted);
	}
	uv_mutex_unlock(&inbox->lock);
}

void inbox_wait(struct inbox *inbox)
{
	if (!inbox->taken)
		take(inbox, true);
	handle_taken(inbox);
}

static void inbox_closed(uv_handle_t *handle)
{
	struct inbox *inbox = handle->data;
	uv_cond_destroy(&inbox->posted);
	uv_mutex_destroy(&inbox->lock);
	free(inbox);
}

void inbox_free(struct inbox *inbox)
{
	if (!inbox)
		return;
	do {
		handle_taken(inbox);
		take(inbox, false);
	} while (inbox->taken);
	uv_close((uv_handle_t *)&inbox->wake, inbox_closed);
}
