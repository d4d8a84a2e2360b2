/* Settings of a learner: types, ranges, and the text that goes into digests. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan/settings.h"

static const struct setting table[] = {
	{ "rate", SETTING_NUMBER, 0.001, 0.0, 10.0, "learning rate" },
	{ "paper", SETTING_BOOLEAN, 0.0, 0.0, 1.0, "as published" },
	{ "batch", SETTING_INTEGER, 128.0, 1.0, 65536.0, "rows of a batch" },
	{ 0 },
};

static struct settings fresh(void)
{
	struct settings settings;
	settings_init(&settings, table);
	return settings;
}

START_TEST(everything_starts_at_its_default)
{
	struct settings settings = fresh();
	ck_assert_double_eq(settings_number(&settings, "rate"), 0.001);
	ck_assert_uint_eq(settings_integer(&settings, "batch"), 128);
	ck_assert(!settings_is(&settings, "paper"));
}
END_TEST

START_TEST(texts_of_the_right_type_are_taken)
{
	struct settings settings = fresh();
	ck_assert_int_eq(settings_set(&settings, "rate", "3e-4"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_set(&settings, "batch", "64"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_set(&settings, "paper", "true"), SETTINGS_E_OK);
	ck_assert_double_eq(settings_number(&settings, "rate"), 3e-4);
	ck_assert_uint_eq(settings_integer(&settings, "batch"), 64);
	ck_assert(settings_is(&settings, "paper"));
	ck_assert_int_eq(settings_set(&settings, "paper", "false"), SETTINGS_E_OK);
	ck_assert(!settings_is(&settings, "paper"));
}
END_TEST

START_TEST(the_ends_of_a_range_belong_to_it)
{
	struct settings settings = fresh();
	ck_assert_int_eq(settings_set(&settings, "rate", "0"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_set(&settings, "rate", "10"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_set(&settings, "rate", "10.000000000000002"), SETTINGS_E_VALUE);
	ck_assert_int_eq(settings_set(&settings, "rate", "-1e-300"), SETTINGS_E_VALUE);
	ck_assert_int_eq(settings_set(&settings, "batch", "0"), SETTINGS_E_VALUE);
	ck_assert_int_eq(settings_set(&settings, "batch", "65537"), SETTINGS_E_VALUE);
}
END_TEST

START_TEST(what_is_no_such_value_is_refused_and_changes_nothing)
{
	static const char *const bad[][2] = {
		{ "rate", "" },     { "rate", "x" },
		{ "rate", "1x" },   { "rate", " 1" },
		{ "rate", "1 " },   { "rate", "nan" },
		{ "rate", "inf" },  { "rate", "0x1p-3" },
		{ "rate", "1,5" },  { "rate", "true" },
		{ "rate", "1e" },   { "rate", "1e999" },
		{ "batch", "1.5" }, { "batch", "-1" },
		{ "batch", "1e9" }, { "batch", "99999999999999999999" },
		{ "paper", "1" },   { "paper", "True" },
		{ "paper", "" },    { "paper", "truefalse" },
	};
	struct settings settings = fresh(), before = settings;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(settings_set(&settings, bad[i][0], bad[i][1]), SETTINGS_E_VALUE);
		ck_assert_mem_eq(settings.values, before.values, sizeof(before.values));
	}
	ck_assert_int_eq(settings_put(&settings, "rate", (double)NAN), SETTINGS_E_VALUE);
	ck_assert_int_eq(settings_put(&settings, "batch", 2.5), SETTINGS_E_VALUE);
	ck_assert_int_eq(settings_put(&settings, "batch", INFINITY), SETTINGS_E_VALUE);
}
END_TEST

START_TEST(unknown_names_are_told_apart_from_bad_values)
{
	struct settings settings = fresh();
	ck_assert_int_eq(settings_set(&settings, "rates", "1"), SETTINGS_E_UNKNOWN);
	ck_assert_int_eq(settings_set(&settings, "", "1"), SETTINGS_E_UNKNOWN);
	ck_assert_int_eq(settings_put(&settings, "Rate", 1.0), SETTINGS_E_UNKNOWN);
}
END_TEST

START_TEST(json_is_sorted_and_has_seventeen_digits)
{
	struct settings settings = fresh();
	cleanup(free_pointer) char *text = NULL;
	ck_assert_int_eq(settings_set(&settings, "rate", "0.1"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_json(&settings, &text), 0);
	ck_assert_str_eq(text, "{\"batch\":128,\"paper\":false,\"rate\":0.10000000000000001}");
}
END_TEST

/* A digest is made of this text: −0 and 0 are one setting, and whole numbers stay real ones. */
START_TEST(equal_settings_have_one_json)
{
	struct settings settings = fresh();
	cleanup(free_pointer) char *minus = NULL;
	cleanup(free_pointer) char *whole = NULL;
	ck_assert_int_eq(settings_set(&settings, "rate", "-0.0"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_json(&settings, &minus), 0);
	ck_assert_ptr_nonnull(strstr(minus, "\"rate\":0.0}"));
	ck_assert_int_eq(settings_set(&settings, "rate", "3"), SETTINGS_E_OK);
	ck_assert_int_eq(settings_json(&settings, &whole), 0);
	ck_assert_ptr_nonnull(strstr(whole, "\"rate\":3.0}"));
}
END_TEST

START_TEST(no_settings_are_an_empty_object)
{
	static const struct setting none[] = { { 0 } };
	struct settings settings;
	cleanup(free_pointer) char *text = NULL;
	settings_init(&settings, none);
	ck_assert_int_eq(settings_json(&settings, &text), 0);
	ck_assert_str_eq(text, "{}");
}
END_TEST

SUITE_MAIN("Settings", everything_starts_at_its_default, texts_of_the_right_type_are_taken,
	   the_ends_of_a_range_belong_to_it, what_is_no_such_value_is_refused_and_changes_nothing,
	   unknown_names_are_told_apart_from_bad_values, json_is_sorted_and_has_seventeen_digits,
	   equal_settings_have_one_json, no_settings_are_an_empty_object)
