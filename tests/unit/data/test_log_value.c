/* What a cell may say, and what it may not. */
#include "tests/support/suite.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/data/log_value.h"

typedef const struct log_value_fault *(*value_reader)(const json_t *json, double *out);

/* Reads the JSON value `text`; returns the reason why it is bad, or NULL. */
static const char *reason_of(value_reader reader, const char *text, double *out)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	ck_assert_msg(json != NULL, "no JSON: %s", text);
	const struct log_value_fault *fault = reader(json, out);
	json_decref(json);
	ck_assert(!fault || (fault->remedy && fault->remedy[0]));
	return fault ? fault->reason : NULL;
}

static void gives(value_reader reader, const char *text, double expected)
{
	double value;
	const char *reason = reason_of(reader, text, &value);
	ck_assert_msg(!reason, "%s is refused: %s", text, reason);
	if (isnan(expected))
		ck_assert_msg(isnan(value), "%s gives %g", text, value);
	else
		ck_assert_msg(value == expected && !signbit(value), "%s gives %g", text, value);
}

static void is_bad(value_reader reader, const char *text, const char *expected)
{
	double value;
	const char *reason = reason_of(reader, text, &value);
	ck_assert_msg(reason != NULL, "%s is taken as %g", text, value);
	ck_assert_str_eq(reason, expected);
}

START_TEST(scores_are_numbers_numeric_strings_or_truth)
{
	gives(log_value_score, "0.8", 0.8);
	gives(log_value_score, "0", 0);
	gives(log_value_score, "1", 1);
	gives(log_value_score, "\" 0.25\\n\"", 0.25);
	gives(log_value_score, "\"+1e-3\"", 0.001);
	gives(log_value_score, "true", 1);
	gives(log_value_score, "false", 0);
}
END_TEST

START_TEST(minus_zero_is_zero)
{
	gives(log_value_score, "-0.0", 0);
	gives(log_value_cost, "-0.0", 0);
	gives(log_value_cost, "\"-0\"", 0);
}
END_TEST

START_TEST(of_an_object_the_first_key_that_counts_is_the_score)
{
	gives(log_value_score, "{\"score\": 0.5, \"is_correct\": true}", 1);
	gives(log_value_score, "{\"p\": 0.1, \"acc\": \"0.4\", \"other\": 9}", 0.4);
	gives(log_value_score, "{\"accuracy\": 0.3, \"acc\": 0.4}", 0.3);
	gives(log_value_score, "{\"correct\": false, \"score\": 1}", 0);
	gives(log_value_score, "{\"is_correct\": null, \"score\": 1}", NAN);
	is_bad(log_value_score, "{\"quality\": 1}", "score is not a number");
	is_bad(log_value_score, "{\"is_correct\": {\"score\": 1}}", "score is not a number");
}
END_TEST

START_TEST(costs_are_numbers_numeric_strings_or_objects)
{
	gives(log_value_cost, "0.00213", 0.00213);
	gives(log_value_cost, "\"2.5e-4\"", 2.5e-4);
	gives(log_value_cost, "{\"cost\": 3, \"total_cost\": 2}", 2);
	gives(log_value_cost, "{\"price\": \"1\"}", 1);
	gives(log_value_cost, "1e308", 1e308);
	is_bad(log_value_cost, "{\"usd\": 1}", "cost is not a finite number");
	is_bad(log_value_cost, "true", "cost is not a finite number");
}
END_TEST

START_TEST(null_blank_nan_and_none_are_missing)
{
	static const char *const missing[] = { "null",    "\"\"",     "\"  \"",    "\"nan\"",
					       "\"NaN\"", "\"None\"", "\" null \"" };
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		gives(log_value_score, missing[i], NAN);
		gives(log_value_cost, missing[i], NAN);
		gives(log_value_propensity, missing[i], NAN);
	}
	double value;
	ck_assert_ptr_null(log_value_score(NULL, &value));
	ck_assert(isnan(value));
	ck_assert_ptr_null(log_value_cost(NULL, &value));
	ck_assert(isnan(value));
	ck_assert_ptr_null(log_value_propensity(NULL, &value));
	ck_assert(isnan(value));
}
END_TEST

START_TEST(a_score_outside_its_range_is_told_with_its_value)
{
	double value;
	ck_assert_str_eq(reason_of(log_value_score, "1.7", &value), "score outside [0,1]");
	ck_assert_double_eq(value, 1.7);
	is_bad(log_value_score, "-0.1", "score outside [0,1]");
	is_bad(log_value_score, "\"1e400\"", "score outside [0,1]");
	is_bad(log_value_score, "1000000000000", "score outside [0,1]");
}
END_TEST

START_TEST(a_cost_below_zero_or_beyond_all_numbers_is_bad)
{
	is_bad(log_value_cost, "-0.001", "cost is negative");
	is_bad(log_value_cost, "\"1e400\"", "cost is not a finite number");
	is_bad(log_value_cost, "\"-1e400\"", "cost is not a finite number");
}
END_TEST

START_TEST(text_around_a_number_or_another_notation_is_no_number)
{
	static const char *const texts[] = { "\"0.5 USD\"", "\"$0.5\"",   "\"50%\"", "\"0,5\"", "\"0x1p-1\"",
					     "\"inf\"",     "\"nan(1)\"", "\"1e\"",  "\"--1\"", "\"n/a\"",
					     "[]",          "[0.5]",      "{}" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		double value;
		is_bad(log_value_score, texts[i], "score is not a number");
		is_bad(log_value_cost, texts[i], "cost is not a finite number");
		reason_of(log_value_cost, texts[i], &value);
		ck_assert_msg(isnan(value), "%s: no number was found, but %g is told", texts[i], value);
	}
}
END_TEST

START_TEST(a_propensity_is_above_zero_and_one_at_most)
{
	gives(log_value_propensity, "1", 1);
	gives(log_value_propensity, "\"0.05\"", 0.05);
	is_bad(log_value_propensity, "0", "propensity outside (0,1]");
	is_bad(log_value_propensity, "-0.0", "propensity outside (0,1]");
	is_bad(log_value_propensity, "1.0001", "propensity outside (0,1]");
	is_bad(log_value_propensity, "\"1e400\"", "propensity outside (0,1]");
	is_bad(log_value_propensity, "[]", "propensity is not a number");
	is_bad(log_value_propensity, "true", "propensity is not a number");
}
END_TEST

START_TEST(cells_of_text_follow_the_same_rules)
{
	double value;
	ck_assert_ptr_null(log_value_score_text("0.5", &value));
	ck_assert_double_eq(value, 0.5);
	ck_assert_ptr_null(log_value_score_text("", &value));
	ck_assert(isnan(value));
	ck_assert_ptr_null(log_value_cost_text(" 1e-5 ", &value));
	ck_assert_double_eq(value, 1e-5);
	ck_assert_str_eq(log_value_score_text("True", &value)->reason, "score is not a number");
	ck_assert_str_eq(log_value_score_text("2", &value)->reason, "score outside [0,1]");
	ck_assert_str_eq(log_value_cost_text("-1", &value)->reason, "cost is negative");
	ck_assert_str_eq(log_value_cost_text("inf", &value)->reason, "cost is not a finite number");
}
END_TEST

START_TEST(the_smallest_numbers_keep_their_value)
{
	char text[64];
	snprintf(text, sizeof(text), "%.17g", DBL_TRUE_MIN);
	gives(log_value_cost, text, DBL_TRUE_MIN);
	gives(log_value_score, "1e-400", 0);
}
END_TEST

START_TEST(a_models_name_is_short_text_without_control_characters)
{
	char name[300] = "";
	ck_assert_ptr_null(log_value_model("01-ai/Yi-34B-Chat"));
	ck_assert_ptr_null(log_value_model("modèle d'été, 模型"));
	ck_assert_str_eq(log_value_model(NULL)->reason, "model name is missing");
	ck_assert_str_eq(log_value_model("")->reason, "model name is empty");
	ck_assert_str_eq(log_value_model("a\nb")->reason, "model name has control characters");
	ck_assert_str_eq(log_value_model("a\x1b[2J")->reason, "model name has control characters");
	ck_assert_str_eq(log_value_model("a\x7f")->reason, "model name has control characters");
	for (size_t i = 0; i < 255; i++)
		name[i] = 'm';
	ck_assert_ptr_null(log_value_model(name));
	name[255] = 'm';
	ck_assert_str_eq(log_value_model(name)->reason, "model name is too long");
}
END_TEST

SUITE_MAIN("data/log_value", scores_are_numbers_numeric_strings_or_truth, minus_zero_is_zero,
	   of_an_object_the_first_key_that_counts_is_the_score, costs_are_numbers_numeric_strings_or_objects,
	   null_blank_nan_and_none_are_missing, a_score_outside_its_range_is_told_with_its_value,
	   a_cost_below_zero_or_beyond_all_numbers_is_bad,
	   text_around_a_number_or_another_notation_is_no_number, a_propensity_is_above_zero_and_one_at_most,
	   cells_of_text_follow_the_same_rules, the_smallest_numbers_keep_their_value,
	   a_models_name_is_short_text_without_control_characters)
