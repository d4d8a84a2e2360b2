/* Jobs over indices: each once, whatever the number of threads. */
#include "tests/support/suite.h"

#include <stdatomic.h>
#include <string.h>

#include "common/loop/parallel.h"

enum { N = 1000, THREADS = 4 };

struct work {
	int times[N]; /* each index owns its own */
	size_t workers[N];
	size_t fails_from; /* jobs at and beyond this index fail with −index */
	atomic_size_t done;
};

static int count(void *context, size_t index, size_t worker)
{
	struct work *work = context;
	work->times[index]++;
	work->workers[index] = worker;
	if (index >= work->fails_from)
		return -(int)index;
	atomic_fetch_add(&work->done, 1);
	return 0;
}

static void every_index_runs_once(size_t threads)
{
	static struct work work;
	memset(&work, 0, sizeof(work));
	work.fails_from = N;
	ck_assert_int_eq(parallel_run(threads, N, count, &work), 0);
	for (size_t i = 0; i < N; i++) {
		ck_assert_int_eq(work.times[i], 1);
		ck_assert_uint_lt(work.workers[i], threads > 0 ? threads : 1);
	}
}

START_TEST(every_index_runs_exactly_once_on_any_number_of_threads)
{
	every_index_runs_once(1);
	every_index_runs_once(2);
	every_index_runs_once(THREADS);
}
END_TEST

START_TEST(no_thread_means_the_calling_one)
{
	every_index_runs_once(0);
}
END_TEST

START_TEST(more_threads_than_indices_are_not_started)
{
	static struct work work = { .fails_from = N };
	ck_assert_int_eq(parallel_run(64, 3, count, &work), 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_lt(work.workers[i], 3);
	ck_assert_uint_eq(work.done, 3);
}
END_TEST

START_TEST(nothing_to_do_is_done)
{
	static struct work work = { .fails_from = 0 };
	ck_assert_int_eq(parallel_run(THREADS, 0, count, &work), 0);
	ck_assert_uint_eq(work.done, 0);
}
END_TEST

START_TEST(one_thread_stops_at_the_first_failure_and_returns_it)
{
	static struct work work = { .fails_from = 17 };
	ck_assert_int_eq(parallel_run(1, N, count, &work), -17);
	ck_assert_uint_eq(work.done, 17);
	ck_assert_int_eq(work.times[18], 0);
}
END_TEST

/* Every job from 17 on fails, and 17 is started before them: the result is its own, on any schedule. */
START_TEST(of_several_failures_the_lowest_index_is_returned)
{
	for (int repetition = 0; repetition < 50; repetition++) {
		static struct work work;
		memset(&work, 0, sizeof(work));
		work.fails_from = 17;
		ck_assert_int_eq(parallel_run(THREADS, N, count, &work), -17);
		ck_assert_uint_eq(work.done, 17);
	}
}
END_TEST

static int outcome(void *context, size_t index, size_t worker)
{
	(void)context;
	(void)worker;
	return index == 2 ? 3 : 0;
}

START_TEST(a_positive_outcome_of_a_job_is_returned_too)
{
	ck_assert_int_eq(parallel_run(2, 10, outcome, NULL), 3);
}
END_TEST

START_TEST(there_is_a_processor)
{
	ck_assert_uint_ge(parallel_processors(), 1);
}
END_TEST

SUITE_MAIN("loop/parallel", there_is_a_processor, every_index_runs_exactly_once_on_any_number_of_threads,
	   no_thread_means_the_calling_one, more_threads_than_indices_are_not_started, nothing_to_do_is_done,
	   one_thread_stops_at_the_first_failure_and_returns_it,
	   of_several_failures_the_lowest_index_is_returned, a_positive_outcome_of_a_job_is_returned_too)
