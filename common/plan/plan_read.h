/* plan_read.h: a plan out of its YAML text, checked as a whole.                                     (kind: adapter)
 *
 * Every mistake is a finding with its line, and the column in the detail: unknown, double or missing keys, types, ranges,
 * settings that the learner does not have, names that are not names or not sorted into a set, rows × cohort beyond 2^24,
 * another version. Clients and models come out sorted by raw bytes, whatever the file's order.       design.md §2
 */
#pragma once

#include <stdbool.h>

#include "common/base/findings.h"
#include "common/plan/plan.h"

enum { PLAN_E_OK = 0, PLAN_E_BAD = 1 };
enum { PLAN_FILE_MOST = 1 << 20 };

struct plan_file { /* a plan with everything that it points to */
	struct plan plan; /* its encoder has a name and a dimension only; no models where `auto` */
	bool models_auto;
	struct encoder_identity encoder;
	void *owned; /* the names and lists, this room's */
};

/* How the reader finds the settings of a learner's name; NULL: there is no such learner. */
typedef const struct setting *(*plan_settings)(const char *learner);

/* `name` is what findings call the text. */
must_check int plan_parse(const char *name, const char *text, size_t n, plan_settings find,
			  struct findings *findings, struct plan_file *out);
must_check int plan_read(const char *path, plan_settings find, struct findings *findings,
			 struct plan_file *out);
void plan_file_deinit(struct plan_file *file);

/* Replace the models of an `auto` plan (copied, sorted, without doubles). */
must_check int plan_file_models(struct plan_file *file, const char *const *models, size_t n);
