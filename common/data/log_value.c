/* log_value.c: what a cell of a log says.                                                   (kind: kernel) */
#include "common/data/log_value.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>

static const char *const score_keys[] = { "is_correct", "correct", "accuracy", "acc", "score", "p", NULL };
static const char *const cost_keys[] = { "total_cost", "cost", "price", NULL };
static const char *const missing_words[] = { "", "nan", "none", "null", NULL };

/* `text` without the white space around it is a word for "missing" or a number as a whole; else false. */
static bool read_text(const char *text, double *out)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t n = 0;
	for (size_t i = 0; text[i]; i++)
		if (!isspace((unsigned char)text[i]))
			n = i + 1;
	for (const char *const *word = missing_words; *word; word++) {
		if (strncasecmp(text, *word, n) == 0 && (*word)[n] == '\0') {
			*out = NAN;
			return true;
		}
	}
	char *end;
	*out = strtod(text, &end);
	return end == text + n && !isnan(*out);
}

static bool read_scalar(const json_t *json, double *out)
{
	*out = NAN;
	if (!json || json_is_null(json))
		return true;
	if (json_is_string(json))
		return read_text(json_string_value(json), out);
	*out = json_number_value(json);
	return json_is_number(json);
}

/* The value itself, or what an object keeps under the first of the keys that it has (NULL: none of them). */
static const json_t *pick(const json_t *json, const char *const *keys)
{
	if (!json_is_object(json))
		return json ? json : json_null();
	while (*keys && !json_object_get(json, *keys))
		keys++;
	return *keys ? json_object_get(json, *keys) : NULL;
}

/* −0 would not survive being written and read again: adding 0 makes it 0. */
static const char *judge_score(bool is_number, double *score)
{
	if (!is_number)
		return "score is not a number";
	*score += 0.0;
	return *score < 0.0 || *score > 1.0 ? "score outside [0,1]" : NULL;
}

static const char *judge_cost(bool is_number, double *cost)
{
	if (!is_number)
		return "cost is not a number";
	*cost += 0.0;
	return *cost < 0.0 || isinf(*cost) ? "cost is negative or not finite" : NULL;
}

const char *log_value_score(const json_t *json, double *out)
{
	const json_t *value = pick(json, score_keys);
	if (value && json_is_boolean(value)) {
		*out = json_is_true(value) ? 1.0 : 0.0;
		return NULL;
	}
	return judge_score(value && read_scalar(value, out), out);
}

const char *log_value_cost(const json_t *json, double *out)
{
	const json_t *value = pick(json, cost_keys);
	return judge_cost(value && read_scalar(value, out), out);
}

const char *log_value_propensity(const json_t *json, double *out)
{
	if (!read_scalar(json, out))
		return "propensity is not a number";
	return *out <= 0.0 || *out > 1.0 ? "propensity outside (0,1]" : NULL;
}

const char *log_value_score_text(const char *text, double *out)
{
	return judge_score(read_text(text, out), out);
}

const char *log_value_cost_text(const char *text, double *out)
{
	return judge_cost(read_text(text, out), out);
}
