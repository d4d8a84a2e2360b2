/* test_metric.c: the text format, character by character. */
#include "common/base/metric.h"

#include <stdlib.h>

#include "tests/support/suite.h"

static char *text;
static size_t n;

static FILE *opened(void)
{
	FILE *out = open_memstream(&text, &n);
	ck_assert_ptr_nonnull(out);
	return out;
}

static void check(FILE *out, const char *expected)
{
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(one_sample_comes_under_its_head)
{
	FILE *out = opened();
	metric_one(out, "fedrouter_phases_total", METRIC_COUNTER, "Phases opened.", 7);
	metric_one(out, "fedrouter_calls", METRIC_GAUGE, "Calls under way.", 1.5);
	check(out,
	      "# HELP fedrouter_phases_total Phases opened.\n# TYPE fedrouter_phases_total counter\n"
	      "fedrouter_phases_total 7\n"
	      "# HELP fedrouter_calls Calls under way.\n# TYPE fedrouter_calls gauge\nfedrouter_calls 1.5\n");
}
END_TEST

START_TEST(counters_stay_exact_beyond_a_million)
{
	FILE *out = opened();
	metric_sample(out, "fedrouter_sent_bytes_total", NULL, NULL, 9007199254740991.0);
	check(out, "fedrouter_sent_bytes_total 9007199254740991\n");
}
END_TEST

START_TEST(a_labels_value_is_escaped)
{
	FILE *out = opened();
	metric_sample(out, "fedrouter_run_phase", "run", "a\"b\\c\nd", 3);
	check(out, "fedrouter_run_phase{run=\"a\\\"b\\\\c\\nd\"} 3\n");
}
END_TEST

START_TEST(a_summary_has_sum_and_count)
{
	FILE *out = opened();
	struct metric_times times = { .seconds = 2.25, .n = 3 };
	metric_summary(out, "fedrouter_close_seconds", "Folding.", &times);
	check(out, "# HELP fedrouter_close_seconds Folding.\n# TYPE fedrouter_close_seconds summary\n"
		   "fedrouter_close_seconds_sum 2.25\nfedrouter_close_seconds_count 3\n");
}
END_TEST

SUITE_MAIN("base/metric", one_sample_comes_under_its_head, counters_stay_exact_beyond_a_million,
	   a_labels_value_is_escaped, a_summary_has_sum_and_count)
