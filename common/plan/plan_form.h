/* plan_form.h: a plan as its file has it, and the schema of that file.                        (kind: adapter)
 *
 * One schema writes and reads plans. Real numbers and settings are text in it: libcyaml would print a double
 * with six digits, and the settings table checks types and ranges better than a schema can.
 * design.md §2
 */
#pragma once

#include <cyaml/cyaml.h>
#include <stdint.h>

#include "common/plan/plan.h"

enum { PLAN_VERSION = 1, PLAN_FORM_KEYS = 14 };

struct plan_form {
	uint32_t version;
	const char *learner;
	uint64_t seed;
	const char *const *clients;
	uint64_t n_clients;
	uint32_t rounds;
	const char *participation, *quorum;
	uint32_t deadline_s;
	const char *held_out;
	struct plan_form_encoder {
		const char *name;
		uint64_t dimension;
	} encoder;
	const char *const *models;
	uint64_t n_models;
	struct plan_form_limits {
		uint64_t rows, cohort;
	} limits;
	const char *settings[SETTINGS_MOST]; /* in the order of the learner's table; NULL: not in the file */
};

struct plan_schema {
	cyaml_schema_value_t plan; /* a pointer to struct plan_form */
	cyaml_schema_field_t keys[PLAN_FORM_KEYS], settings[SETTINGS_MOST + 1];
};

/* The schema of plans for the learner whose settings `table` lists (its end has the name NULL). `schema`
 * points into itself: don't copy it. */
void plan_form_schema(const struct setting *table, struct plan_schema *schema);

/* Leave what stands under this key of the plan alone. */
void plan_form_ignore(struct plan_schema *schema, const char *key);
