/* The loop: timers, signals, jobs and the inbox. */
#include "tests/support/suite.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "common/loop/loop.h"
#include "common/loop/thread.h"

static struct loop *new_loop(void)
{
	struct loop *loop = NULL;
	ck_assert_int_eq(loop_new(&loop), 0);
	return loop;
}

struct story {
	struct loop *loop;
	char text[16];
	size_t n;
	struct loop_timer *timer;
};

static void first_fired(void *context)
{
	struct story *story = context;
	story->text[story->n++] = 'a';
}

static void last_fired(void *context)
{
	struct story *story = context;
	story->text[story->n++] = 'b';
	loop_stop(story->loop);
}

START_TEST(timers_fire_once_in_the_order_of_their_times)
{
	struct story story = { .loop = new_loop() };
	struct loop_timer *late = NULL, *early = NULL, *never = NULL;
	ck_assert_int_eq(loop_timer_new(story.loop, last_fired, &story, &late), 0);
	ck_assert_int_eq(loop_timer_new(story.loop, first_fired, &story, &early), 0);
	ck_assert_int_eq(loop_timer_new(story.loop, first_fired, &story, &never), 0);
	loop_timer_start(late, 20);
	loop_timer_start(early, 1);
	loop_timer_start(never, 5);
	loop_timer_stop(never);
	ck_assert_int_eq(loop_run(story.loop), 0);
	ck_assert_str_eq(story.text, "ab");
	loop_timer_free(late);
	loop_timer_free(early);
	loop_timer_free(never);
	loop_free(story.loop);
}
END_TEST

static void fired_and_freed(void *context)
{
	struct story *story = context;
	loop_timer_free(story->timer);
	loop_stop(story->loop);
}

START_TEST(a_timer_may_be_freed_while_it_fires)
{
	struct story story = { .loop = new_loop() };
	ck_assert_int_eq(loop_timer_new(story.loop, fired_and_freed, &story, &story.timer), 0);
	loop_timer_start(story.timer, 0);
	ck_assert_int_eq(loop_run(story.loop), 0);
	loop_free(story.loop);
}
END_TEST

START_TEST(a_loop_that_was_stopped_twice_still_closes_everything)
{
	struct story story = { .loop = new_loop() };
	ck_assert_int_eq(loop_timer_new(story.loop, last_fired, &story, &story.timer), 0);
	loop_timer_start(story.timer, 0);
	ck_assert_int_eq(loop_run(story.loop), 0);
	loop_timer_free(story.timer);
	loop_stop(story.loop);
	loop_free(story.loop);
}
END_TEST

START_TEST(signals_reach_the_loop)
{
	struct story story = { .loop = new_loop() };
	ck_assert_int_eq(loop_on_signal(story.loop, SIGHUP, first_fired, &story), 0);
	ck_assert_int_eq(loop_on_signal(story.loop, SIGTERM, last_fired, &story), 0);
	ck_assert_int_eq(loop_on_signal(story.loop, SIGKILL, last_fired, &story), -EINVAL);
	raise(SIGHUP);
	raise(SIGTERM);
	ck_assert_int_eq(loop_run(story.loop), 0);
	ck_assert_str_eq(story.text, "ab");
	loop_free(story.loop);
}
END_TEST

struct work {
	struct loop *loop;
	int number, *left, result;
};

static int squared(void *context)
{
	struct work *work = context;
	work->number *= work->number;
	return work->number;
}

static void work_done(void *context, int result)
{
	struct work *work = context;
	work->result = result;
	if (--*work->left == 0)
		loop_stop(work->loop);
}

START_TEST(jobs_run_beside_the_loop_and_come_back_to_it)
{
	struct loop *loop = new_loop();
	struct work works[50];
	int left = 50;
	for (int i = 0; i < 50; i++) {
		works[i] = (struct work){ .loop = loop, .number = i, .left = &left };
		ck_assert_int_eq(loop_job(loop, squared, work_done, &works[i]), 0);
	}
	ck_assert_uint_eq(loop_jobs(loop), 50);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert_uint_eq(loop_jobs(loop), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(works[i].result, i * i);
	loop_free(loop);
}
END_TEST

enum { POSTERS = 4, POSTS = 2000 };

struct post {
	struct inbox_item item;
	int poster, number;
};

struct poster {
	struct thread *thread;
	struct inbox *inbox;
	int number;
};

struct mail {
	struct loop *loop;
	struct inbox *inbox;
	int n, next[POSTERS];
};

static void post_all(void *context)
{
	struct poster *poster = context;
	for (int i = 0; i < POSTS; i++) {
		struct post *post = malloc(sizeof(*post));
		ck_assert_ptr_nonnull(post);
		post->poster = poster->number;
		post->number = i;
		inbox_post(poster->inbox, &post->item);
	}
}

static void mail_came(void *context, struct inbox_item *item)
{
	struct mail *mail = context;
	struct post *post = (struct post *)item;
	ck_assert_int_eq(post->number, mail->next[post->poster]++);
	free(post);
	if (++mail->n == POSTERS * POSTS && mail->loop)
		loop_stop(mail->loop);
}

static void start_posters(struct poster *posters, struct inbox *inbox)
{
	for (int i = 0; i < POSTERS; i++) {
		posters[i] = (struct poster){ .inbox = inbox, .number = i };
		ck_assert_int_eq(thread_start(post_all, &posters[i], &posters[i].thread), 0);
	}
}

static void join_posters(struct poster *posters)
{
	for (int i = 0; i < POSTERS; i++)
		thread_join(posters[i].thread);
}

START_TEST(what_many_threads_post_arrives_once_and_in_each_ones_order)
{
	struct mail mail = { .loop = new_loop() };
	struct poster posters[POSTERS];
	ck_assert_int_eq(inbox_new(mail.loop, mail_came, &mail, &mail.inbox), 0);
	start_posters(posters, mail.inbox);
	ck_assert_int_eq(loop_run(mail.loop), 0);
	ck_assert_int_eq(mail.n, POSTERS * POSTS);
	join_posters(posters);
	inbox_free(mail.inbox);
	loop_free(mail.loop);
}
END_TEST

START_TEST(an_owner_can_wait_for_its_mail_without_turning_the_loop)
{
	struct mail mail = { 0 };
	struct poster posters[POSTERS];
	struct loop *loop = new_loop();
	ck_assert_int_eq(inbox_new(loop, mail_came, &mail, &mail.inbox), 0);
	start_posters(posters, mail.inbox);
	while (mail.n < POSTERS * POSTS)
		inbox_wait(mail.inbox);
	join_posters(posters);
	inbox_free(mail.inbox);
	loop_free(loop);
}
END_TEST

START_TEST(freeing_an_inbox_handles_what_is_still_there)
{
	struct mail mail = { 0 };
	struct poster posters[POSTERS];
	struct loop *loop = new_loop();
	ck_assert_int_eq(inbox_new(loop, mail_came, &mail, &mail.inbox), 0);
	start_posters(posters, mail.inbox);
	join_posters(posters);
	inbox_free(mail.inbox);
	ck_assert_int_eq(mail.n, POSTERS * POSTS);
	loop_free(loop);
}
END_TEST

static void last_mail(void *context, struct inbox_item *item)
{
	struct mail *mail = context;
	(void)item;
	if (mail->n++ == 0)
		inbox_free(mail->inbox);
	if (mail->n == 3)
		loop_stop(mail->loop);
}

START_TEST(an_inbox_may_be_freed_while_it_is_handled)
{
	struct mail mail = { .loop = new_loop() };
	struct inbox_item items[3];
	ck_assert_int_eq(inbox_new(mail.loop, last_mail, &mail, &mail.inbox), 0);
	for (int i = 0; i < 3; i++)
		inbox_post(mail.inbox, &items[i]);
	ck_assert_int_eq(loop_run(mail.loop), 0);
	ck_assert_int_eq(mail.n, 3);
	loop_free(mail.loop);
}
END_TEST

SUITE_MAIN("loop", timers_fire_once_in_the_order_of_their_times, a_timer_may_be_freed_while_it_fires,
	   a_loop_that_was_stopped_twice_still_closes_everything, signals_reach_the_loop,
	   jobs_run_beside_the_loop_and_come_back_to_it,
	   what_many_threads_post_arrives_once_and_in_each_ones_order,
	   an_owner_can_wait_for_its_mail_without_turning_the_loop,
	   freeing_an_inbox_handles_what_is_still_there, an_inbox_may_be_freed_while_it_is_handled)
