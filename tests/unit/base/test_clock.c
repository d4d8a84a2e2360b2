/* The clocks. */
#include "tests/support/suite.h"

#include <stdlib.h>

#include "common/base/clock.h"

START_TEST(instants_are_written_as_rfc_3339_says)
{
	char text[21];
	clock_rfc3339(0, text);
	ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
	clock_rfc3339(1795577304, text);
	ck_assert_str_eq(text, "2026-11-25T03:28:24Z");
	clock_rfc3339(-1, text);
	ck_assert_str_eq(text, "1969-12-31T23:59:59Z");
}
END_TEST

START_TEST(a_year_that_cannot_be_written_does_not_overflow)
{
	char text[21];
	clock_rfc3339(INT64_MAX, text);
	ck_assert_str_eq(text, "0000-00-00T00:00:00Z");
	clock_rfc3339(253402300800, text);
	ck_assert_str_eq(text, "0000-00-00T00:00:00Z");
}
END_TEST

START_TEST(the_wall_clock_is_shifted_for_tests)
{
	int64_t now = clock_wall_s();
	setenv("FEDROUTER_CLOCK_SHIFT", "86400", 1);
	int64_t tomorrow = clock_wall_s();
	ck_assert_int_ge(tomorrow - now, 86400);
	setenv("FEDROUTER_CLOCK_SHIFT", "-86400", 1);
	ck_assert_int_lt(clock_wall_s(), tomorrow - 86400);
}
END_TEST

START_TEST(the_steady_clock_never_goes_back)
{
	uint64_t last = clock_steady_ms();
	for (int i = 0; i < 1000; i++) {
		uint64_t now = clock_steady_ms();
		ck_assert_uint_ge(now, last);
		last = now;
	}
}
END_TEST

SUITE_MAIN("clock", instants_are_written_as_rfc_3339_says, a_year_that_cannot_be_written_does_not_overflow,
	   the_wall_clock_is_shifted_for_tests, the_steady_clock_never_goes_back)
