/* findings.h: what a person must mend in a file that they gave us.                            (kind: adapter)
 *
 * Readers of foreign files and configs do not print: they add findings (file, line, reason, detail) to a list
 * that the caller owns and shows. `reason` is a literal by which findings are counted ("score outside
 * [0,1]"), `detail` says it for this one place ("score 1.7") and ends, for errors, with the remedy. All
 * findings are counted; the first of each list and always the last, by which a reader says why it stopped,
 * are kept word for word, FINDINGS_KEPT together. Query text never goes into a finding.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/error.h"

enum { FINDINGS_KEPT = 200, FINDINGS_REASONS = 64 };

struct finding {
	char *file;         /* as the user named it */
	size_t line;        /* from 1; 0: the file as a whole */
	const char *reason; /* literal */
	char *detail;       /* may be NULL */
};

struct findings_count {
	const char *reason;
	size_t n;
};

struct findings {
	struct finding *items;
	size_t n_items;
	size_t n;                                       /* all, kept or not */
	struct findings_count counts[FINDINGS_REASONS]; /* by reason, in order of first appearance */
	size_t n_counts;
};

void findings_deinit(struct findings *findings);

/* Note one finding. Never fails: where memory is short it is only counted. `format` may be NULL. */
void findings_add(struct findings *findings, const char *file, size_t line, const char *reason,
		  const char *format, ...) print_like(5, 6);

/* "file:line: reason: detail", one a line, at most `most` ≥ 1 of them: the first, how many are not shown, and
 * the last. */
void findings_print(const struct findings *findings, FILE *out, size_t most);

/* A text that may come from a foreign file: its control characters become question marks. */
void findings_print_text(const char *text, FILE *out);
