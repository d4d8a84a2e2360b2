/* suite.c: runs a file's tests, each in a process of its own. */
#include "tests/support/suite.h"

int suite_main(const char *name, const TTest *const *tests, size_t n)
{
	return suite_main_with(name, tests, n, NULL, NULL);
}

int suite_main_with(const char *name, const TTest *const *tests, size_t n, SFun before, SFun after)
{
	Suite *suite = suite_create(name);
	TCase *cases = tcase_create("all");
	if (before)
		tcase_add_checked_fixture(cases, before, after);
	tcase_set_timeout(cases, 0); /* nothing here is timed: machines are shared */
	for (size_t i = 0; i < n; i++)
		tcase_add_test(cases, tests[i]);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
