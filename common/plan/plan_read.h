/* plan_read.h: a plan out of its YAML text, checked as a whole.                               (kind: adapter)
 *
 * Every mistake is a finding with its line, and the column in the detail: unknown, double or missing keys,
 * types, ranges, settings that the learner does not have, names that are not names or are there twice, rows ×
 * cohort beyond 2^24, a roster beyond the cohort, another version. Only `settings` and each key in it may be
 * left away. Clients and models come out sorted by raw bytes, whatever the file's order.       design.md §2
 */
#pragma once

#include <stdbool.h>

#include "common/base/findings.h"
#include "common/plan/plan.h"

enum { PLAN_E_OK = 0, PLAN_E_BAD = 1 };
enum { PLAN_ROWS_TOGETHER = 1 << 24 }; /* rows × cohort: totals stay below 2^63 */

struct plan_file {        /* a plan with everything that it points to; don't copy it */
	struct plan plan; /* its encoder has a name and a dimension only; no models where `auto` */
	bool models_auto;
	struct encoder_identity encoder;
	struct plan_owned *owned; /* the names and lists */
};

/* How the reader finds the settings of a learner's name; NULL: there is no such learner. */
typedef const struct setting *(*plan_settings)(const char *learner);

/* The plan in a text of `n` bytes, which findings call `name`; the caller ends it with plan_file_deinit, on
 * failure as well. PLAN_E_BAD: there are mistakes, and all that can be told at once are in `findings`. */
must_check int plan_parse(const char *name, const char *text, size_t n, plan_settings find,
			  struct findings *findings, struct plan_file *out);

/* The same from a file. */
must_check int plan_read(const char *path, plan_settings find, struct findings *findings,
			 struct plan_file *out);
void plan_file_deinit(struct plan_file *file);

/* Give an `auto` plan its models (copied, sorted, without doubles); a later call replaces them. */
must_check int plan_file_models(struct plan_file *file, const char *const *models, size_t n);
