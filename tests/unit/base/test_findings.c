/* Lists of what is wrong with a file. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/findings.h"

/* What a person would read of at most `most` findings; the caller frees it. */
static char *printed(const struct findings *findings, size_t most)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	findings_print(findings, out, most);
	fclose(out);
	return text;
}

START_TEST(a_finding_reads_as_file_line_reason_detail)
{
	struct findings findings = { 0 };
	findings_add(&findings, "log.jsonl", 7, "score outside [0,1]", "score %.1f: mend it", 1.7);
	findings_add(&findings, "log.jsonl", 0, "log is empty", NULL);
	cleanup(free_pointer) char *text = printed(&findings, 10);
	ck_assert_str_eq(text,
			 "log.jsonl:7: score outside [0,1]: score 1.7: mend it\nlog.jsonl: log is empty\n");
	findings_deinit(&findings);
}
END_TEST

START_TEST(what_is_not_shown_is_counted_and_the_last_is_shown)
{
	struct findings findings = { 0 };
	for (size_t i = 1; i <= 5; i++)
		findings_add(&findings, "f", i, "bad", NULL);
	cleanup(free_pointer) char *text = printed(&findings, 2);
	ck_assert_str_eq(text, "f:1: bad\n… and 3 more\nf:5: bad\n");
	cleanup(free_pointer) char *one = printed(&findings, 1);
	ck_assert_str_eq(one, "… and 4 more\nf:5: bad\n");
	findings_deinit(&findings);
}
END_TEST

START_TEST(only_the_first_and_the_last_are_kept_but_all_are_counted_by_reason)
{
	struct findings findings = { 0 };
	for (size_t i = 0; i < 3 * FINDINGS_KEPT; i++)
		findings_add(&findings, "f", i + 1, i % 3 == 0 ? "one" : "two", "detail %zu", i);
	ck_assert_uint_eq(findings.n, 3 * FINDINGS_KEPT);
	ck_assert_uint_eq(findings.n_items, FINDINGS_KEPT);
	ck_assert_uint_eq(findings.items[FINDINGS_KEPT - 2].line, FINDINGS_KEPT - 1);
	ck_assert_uint_eq(findings.items[FINDINGS_KEPT - 1].line, 3 * FINDINGS_KEPT);
	cleanup(free_pointer) char *text = printed(&findings, 2);
	ck_assert_str_eq(text, "f:1: one: detail 0\n… and 598 more\nf:600: two: detail 599\n");
	ck_assert_uint_eq(findings.n_counts, 2);
	ck_assert_str_eq(findings.counts[0].reason, "one");
	ck_assert_uint_eq(findings.counts[0].n, FINDINGS_KEPT);
	ck_assert_uint_eq(findings.counts[1].n, 2 * FINDINGS_KEPT);
	findings_deinit(&findings);
	ck_assert_uint_eq(findings.n, 0);
	ck_assert_ptr_null(findings.items);
}
END_TEST

START_TEST(more_reasons_than_there_is_room_for_do_no_harm)
{
	static char reasons[FINDINGS_REASONS + 10][16];
	struct findings findings = { 0 };
	for (size_t i = 0; i < FINDINGS_REASONS + 10; i++) {
		snprintf(reasons[i], sizeof(reasons[i]), "reason %zu", i);
		findings_add(&findings, "f", 1, reasons[i], NULL);
	}
	ck_assert_uint_eq(findings.n, FINDINGS_REASONS + 10);
	ck_assert_uint_eq(findings.n_counts, FINDINGS_REASONS);
	findings_deinit(&findings);
}
END_TEST

START_TEST(a_finding_without_a_file_prints)
{
	struct findings findings = { 0 };
	findings_add(&findings, NULL, 0, "log is empty", NULL);
	cleanup(free_pointer) char *text = printed(&findings, 1);
	ck_assert_str_eq(text, "log is empty\n");
	findings_deinit(&findings);
	findings_deinit(NULL);
}
END_TEST

/* Names of models come from foreign files, and findings go to terminals. */
START_TEST(control_characters_of_a_foreign_file_do_not_reach_the_terminal)
{
	struct findings findings = { 0 };
	findings_add(&findings, "a\rb", 1, "bad", "model \"%s\"",
		     "\x1b[2J\n\x7f\xc2\x9b"
		     "é");
	cleanup(free_pointer) char *text = printed(&findings, 1);
	ck_assert_str_eq(text, "a?b:1: bad: model \"?[2J???é\"\n");
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("Findings", a_finding_reads_as_file_line_reason_detail,
	   what_is_not_shown_is_counted_and_the_last_is_shown,
	   only_the_first_and_the_last_are_kept_but_all_are_counted_by_reason,
	   more_reasons_than_there_is_room_for_do_no_harm, a_finding_without_a_file_prints,
	   control_characters_of_a_foreign_file_do_not_reach_the_terminal)
