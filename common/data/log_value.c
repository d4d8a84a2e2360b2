/* log_value.c: what a cell of a log says.                                                   (kind: kernel) */
#include "common/data/log_value.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MODEL_NAME_MOST = 255 };

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
	if (end == text + n && strspn(text, "+-.0123456789eE") >= n)
		return true;
	*out = NAN;
	return false;
}

static bool read_scalar(const json_t *json, double *out)
{
	*out = NAN;
	if (!json || json_is_null(json))
		return true;
	if (json_is_string(json))
		return read_text(json_string_value(json), out);
	if (json_is_number(json))
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
static const struct log_value_fault *judge_score(bool is_number, double *score)
{
	static const struct log_value_fault no_number = {
		"score is not a number", "write a number from 0 to 1, or null where there is none"
	};
	static const struct log_value_fault outside = {
		"score outside [0,1]", "scale scores so that 0 is the worst and 1 the best"
	};
	*score += 0.0;
	if (!is_number)
		return &no_number;
	return *score < 0.0 || *score > 1.0 ? &outside : NULL;
}

static const struct log_value_fault *judge_cost(bool is_number, double *cost)
{
	static const struct log_value_fault not_finite = {
		"cost is not a finite number",
		"write what the call cost in USD, or null where it is not known"
	};
	static const struct log_value_fault negative = { "cost is negative",
							 "write what the call cost in USD, 0 at least" };
	*cost += 0.0;
	if (!is_number || isinf(*cost))
		return &not_finite;
	return *cost < 0.0 ? &negative : NULL;
}

const struct log_value_fault *log_value_score(const json_t *json, double *out)
{
	const json_t *value = pick(json, score_keys);
	*out = NAN;
	if (value && json_is_boolean(value)) {
		*out = json_is_true(value) ? 1.0 : 0.0;
		return NULL;
	}
	return judge_score(value && read_scalar(value, out), out);
}

const struct log_value_fault *log_value_cost(const json_t *json, double *out)
{
	const json_t *value = pick(json, cost_keys);
	*out = NAN;
	return judge_cost(value && read_scalar(value, out), out);
}

const struct log_value_fault *log_value_propensity(const json_t *json, double *out)
{
	static const struct log_value_fault no_number = {
		"propensity is not a number", "write the probability of this choice, or leave it out"
	};
	static const struct log_value_fault outside = {
		"propensity outside (0,1]", "write the probability with which the model was chosen"
	};
	if (!read_scalar(json, out))
		return &no_number;
	return *out <= 0.0 || *out > 1.0 ? &outside : NULL;
}

const struct log_value_fault *log_value_score_text(const char *text, double *out)
{
	return judge_score(read_text(text, out), out);
}

const struct log_value_fault *log_value_cost_text(const char *text, double *out)
{
	return judge_cost(read_text(text, out), out);
}

const struct log_value_fault *log_value_model(const char *name)
{
	static const struct log_value_fault missing = { "model name is missing",
							"write it as a string under \"model\"" };
	static const struct log_value_fault empty = { "model name is empty", "write which model answered" };
	static const struct log_value_fault too_long = { "model name is too long", "use 255 bytes at most" };
	static const struct log_value_fault control = { "model name has control characters",
							"use letters, digits and punctuation" };
	if (!name || name[0] == '\0')
		return name ? &empty : &missing;
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		if (*c < ' ' || *c == 0x7f)
			return &control;
	return strlen(name) > MODEL_NAME_MOST ? &too_long : NULL;
}
