/* log_value.h: scores and costs as logs write them: numbers, numeric strings, small objects.  (kind: kernel)
 *
 * All return NULL and the value (NaN: missing), or why the row is bad; the value is then the number that was
 * found, NaN where there is none.                                                       algorithms.md §1 (F)
 */
#pragma once

#include <jansson.h>

struct log_value_fault {
	const char *reason; /* literal, by which findings are counted */
	const char *remedy;
};

const struct log_value_fault *log_value_score(const json_t *json, double *out);      /* in [0, 1] */
const struct log_value_fault *log_value_cost(const json_t *json, double *out);       /* finite, ≥ 0 */
const struct log_value_fault *log_value_propensity(const json_t *json, double *out); /* in (0, 1] */

/* The same from a cell of text (may be blank: missing). */
const struct log_value_fault *log_value_score_text(const char *text, double *out);
const struct log_value_fault *log_value_cost_text(const char *text, double *out);

/* Whether models can be called `name` (NULL: the row has none): 1 to 255 bytes, no control characters. It is
 * shown in tables, plots, plans and metrics of every client. */
const struct log_value_fault *log_value_model(const char *name);
