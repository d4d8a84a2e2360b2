/* test_round.c: the phase machine, event by event. */
#include "server/round/round.h"

#include <string.h>

#include "tests/support/suite.h"

static const char *const names[] = { "a", "b", "c", "d" };
static const size_t all[] = { 0, 1, 2, 3 };

static struct round round_of_four(double quorum)
{
	struct round round;
	ck_assert_int_eq(round_new(names, 4, quorum, 100, &round), 0);
	return round;
}

static struct round collecting(double quorum)
{
	struct round round = round_of_four(quorum);
	round_opened(&round, 0, all, 4, 1000);
	return round;
}

START_TEST(a_run_begins_when_the_last_of_the_roster_has_polled)
{
	struct round round = round_of_four(1);
	ck_assert_int_eq(round_polled(&round, "d"), ROUND_NOTHING);
	ck_assert_int_eq(round_polled(&round, "d"), ROUND_NOTHING);
	ck_assert_int_eq(round_polled(&round, "stranger"), ROUND_NOTHING);
	ck_assert_int_eq(round_polled(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_polled(&round, "b"), ROUND_NOTHING);
	ck_assert_int_eq(round_polled(&round, "c"), ROUND_BEGIN);
	ck_assert_int_eq(round_polled(&round, "c"), ROUND_NOTHING);
	round_deinit(&round);
}
END_TEST

START_TEST(a_phase_closes_with_the_last_answer_and_counts_none_twice)
{
	struct round round = collecting(1);
	ck_assert_int_eq(round_accepted(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "b"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "d"), ROUND_NOTHING);
	ck_assert_uint_eq(round.n_accepted, 3);
	ck_assert_int_eq(round_accepted(&round, "c"), ROUND_CLOSE);
	ck_assert_int_eq(round.state, ROUND_CLOSING);
	ck_assert(round.full);
	ck_assert_int_eq(round_accepted(&round, "c"), ROUND_NOTHING);
	round_deinit(&round);
}
END_TEST

START_TEST(only_the_cohort_of_the_open_phase_may_answer)
{
	static const size_t two[] = { 1, 3 };
	struct round round = round_of_four(1);
	ck_assert_str_eq(round_judge(&round, "a", 0), "not-started");
	round_opened(&round, 2, two, 2, 1000);
	ck_assert_ptr_null(round_judge(&round, "b", 2));
	ck_assert_str_eq(round_judge(&round, "a", 2), "not-in-cohort");
	ck_assert_str_eq(round_judge(&round, "b", 1), "wrong-phase");
	ck_assert_str_eq(round_judge(&round, "stranger", 2), "not-in-roster");
	ck_assert_int_eq(round_accepted(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "b"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "d"), ROUND_CLOSE);
	ck_assert_str_eq(round_judge(&round, "b", 2), "phase-closed");
	round_deinit(&round);
}
END_TEST

START_TEST(at_the_deadline_the_quorum_decides)
{
	struct round round = collecting(.75);
	ck_assert_int_eq(round_accepted(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "b"), ROUND_NOTHING);
	ck_assert_int_eq(round_time(&round, 1099), ROUND_NOTHING);
	ck_assert_int_eq(round_time(&round, 1100),
			 ROUND_EXTEND); /* two answers: below three, but they came */
	ck_assert_int_eq(round.deadline, 1200);
	ck_assert_int_eq(round_accepted(&round, "c"), ROUND_NOTHING);
	ck_assert_int_eq(round_time(&round, 1199), ROUND_NOTHING);
	ck_assert_int_eq(round_time(&round, 1200), ROUND_CLOSE);
	ck_assert(!round.full);
	round_deinit(&round);
}
END_TEST

START_TEST(without_progress_the_run_fails_and_with_bytes_it_goes_on)
{
	struct round round = collecting(1);
	round_progressed(&round, "a");
	ck_assert_int_eq(round_time(&round, 1100), ROUND_EXTEND);
	round_progressed(&round, "stranger");
	ck_assert_int_eq(round_time(&round, 1200), ROUND_FAIL);
	round_ended(&round, ROUND_FAILED);
	ck_assert_int_eq(round_time(&round, 1300), ROUND_NOTHING);
	round_deinit(&round);
}
END_TEST

START_TEST(a_refusal_is_not_waited_for)
{
	struct round round = collecting(.5);
	ck_assert_int_eq(round_refused(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_refused(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "b"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "c"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "d"), ROUND_CLOSE);
	ck_assert(!round.full);
	round_deinit(&round);
	round = collecting(1);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(round_accepted(&round, names[i]), ROUND_NOTHING);
	ck_assert_int_eq(round_refused(&round, "d"), ROUND_FAIL);
	round_deinit(&round);
}
END_TEST

START_TEST(who_refused_may_think_again)
{
	struct round round = collecting(1);
	ck_assert_int_eq(round_refused(&round, "a"), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "a"), ROUND_NOTHING);
	ck_assert_uint_eq(round.n_refused, 0);
	for (size_t i = 1; i < 3; i++)
		ck_assert_int_eq(round_accepted(&round, names[i]), ROUND_NOTHING);
	ck_assert_int_eq(round_accepted(&round, "d"), ROUND_CLOSE);
	ck_assert(round.full);
	round_deinit(&round);
}
END_TEST

SUITE_MAIN("server/round", a_run_begins_when_the_last_of_the_roster_has_polled,
	   a_phase_closes_with_the_last_answer_and_counts_none_twice,
	   only_the_cohort_of_the_open_phase_may_answer, at_the_deadline_the_quorum_decides,
	   without_progress_the_run_fails_and_with_bytes_it_goes_on, a_refusal_is_not_waited_for,
	   who_refused_may_think_again)
