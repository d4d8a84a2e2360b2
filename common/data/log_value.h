/* log_value.h: scores and costs as logs write them: numbers, numeric strings, small objects.   (kind: kernel)
 *
 * All return NULL and the value (NaN: missing), or the literal reason why the row is bad.
 * algorithms.md §1 (F)
 */
#pragma once

#include <jansson.h>

const char *log_value_score(const json_t *json, double *out);      /* in [0, 1] */
const char *log_value_cost(const json_t *json, double *out);       /* finite, ≥ 0 */
const char *log_value_propensity(const json_t *json, double *out); /* in (0, 1] */

/* The same from a cell of text (may be blank: missing). */
const char *log_value_score_text(const char *text, double *out);
const char *log_value_cost_text(const char *text, double *out);
