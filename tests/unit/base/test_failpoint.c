/* A failpoint ends the process that was told to die there, and no other. */
#include "tests/support/suite.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/failpoint.h"

/* How many of three passes a child survives that has this in its environment. */
static int survived(const char *setting)
{
	int passes[2], status, n = 0;
	char byte = 0;
	ck_assert_int_eq(pipe(passes), 0);
	pid_t child = fork();
	if (child == 0) {
		if (setting)
			setenv("FEDROUTER_FAILPOINT", setting, 1);
		for (int i = 0; i < 3; i++) {
			failpoint("spool-synced");
			if (write(passes[1], &byte, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	close(passes[1]);
	while (read(passes[0], &byte, 1) == 1)
		n++;
	close(passes[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(n == 3 ? WIFEXITED(status) : WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return n;
}

START_TEST(nothing_happens_without_the_variable)
{
	ck_assert_int_eq(survived(NULL), 3);
	ck_assert_int_eq(survived(""), 3);
}
END_TEST

START_TEST(it_happens_at_the_first_pass_or_the_one_that_is_named)
{
	ck_assert_int_eq(survived("spool-synced"), 0);
	ck_assert_int_eq(survived("spool-synced:1"), 0);
	ck_assert_int_eq(survived("spool-synced:3"), 2);
	ck_assert_int_eq(survived("spool-synced:4"), 3);
}
END_TEST

START_TEST(other_places_are_not_meant)
{
	ck_assert_int_eq(survived("spool"), 3);
	ck_assert_int_eq(survived("spool-synced-again"), 3);
}
END_TEST

SUITE_MAIN("failpoint", nothing_happens_without_the_variable,
	   it_happens_at_the_first_pass_or_the_one_that_is_named, other_places_are_not_meant)
