/* suite.h: a test file is a list of sentences; this runs them with Check, each in its own process. */
#pragma once

#include <check.h>
#include <stddef.h>

/* Run all tests of a file and return main's exit code. Prints Check's own summary line, by which tests are
 * counted. */
int suite_main(const char *name, const TTest *const *tests, size_t n);

/* The same with `before` and `after` each test, in its process. */
int suite_main_with(const char *name, const TTest *const *tests, size_t n, SFun before, SFun after);

#define SUITE_MAIN(name, ...)                                                     \
	int main(void)                                                            \
	{                                                                         \
		const TTest *const tests[] = { __VA_ARGS__ };                     \
		return suite_main(name, tests, sizeof(tests) / sizeof(tests[0])); \
	}

#define SUITE_MAIN_WITH(name, before, after, ...)                                                     \
	int main(void)                                                                                \
	{                                                                                             \
		const TTest *const tests[] = { __VA_ARGS__ };                                         \
		return suite_main_with(name, tests, sizeof(tests) / sizeof(tests[0]), before, after); \
	}
