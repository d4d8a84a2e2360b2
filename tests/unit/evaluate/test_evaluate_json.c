/* test_evaluate_json.c: figures have their keys, and undefined ones are null. */
#include "common/evaluate/evaluate_json.h"

#include <math.h>

#include "tests/support/suite.h"

static const char *const models[] = { "big", "small" };

START_TEST(what_is_undefined_is_null)
{
	json_t *nothing = evaluate_json_number((double)NAN), *endless = evaluate_json_number(INFINITY),
	       *half = evaluate_json_number(0.5);
	ck_assert(json_is_null(nothing) && json_is_null(endless) && json_real_value(half) == 0.5);
	json_decref(half);
}
END_TEST

START_TEST(controls_name_their_models)
{
	struct single singles[] = { { 0.9, 0.01 }, { 0.4, 0.001 } };
	struct controls controls = { .n_models = 2,
				     .singles = singles,
				     .best_single = 0,
				     .cheapest_single = 1 },
			none = { 0 };
	json_t *json = evaluate_json_controls(&controls, models),
	       *empty = evaluate_json_controls(&none, models);
	ck_assert(json_is_null(empty));
	ck_assert_str_eq(json_string_value(json_object_get(json, "best_single")), "big");
	ck_assert_str_eq(json_string_value(json_object_get(json, "cheapest_single")), "small");
	json_t *second = json_array_get(json_object_get(json, "singles"), 1);
	ck_assert(json_real_value(json_object_get(second, "accuracy")) == 0.4);
	json_decref(json);
}
END_TEST

START_TEST(gains_and_curves_have_their_figures)
{
	struct judged judged = { .aiq = 0.7, .nauc = (double)NAN, .curve = { .n = 2 } };
	struct gains gains = { .aiq = { 0.6, 0.8 }, .lift = 0.1, .lift_interval = { -0.1, 0.3 } };
	judged.curve.lambda[1] = 10;
	judged.curve.point[1] = (struct point){ .cost = 0.5, .score = 0.25 };
	json_t *json = evaluate_json_gains(&judged, &gains), *curve = evaluate_json_curve(&judged.curve);
	ck_assert(json_real_value(json_object_get(json, "aiq_low")) == 0.6);
	ck_assert(json_real_value(json_object_get(json, "lift_high")) == 0.3);
	ck_assert(json_is_null(json_object_get(json, "nauc")));
	ck_assert_uint_eq(json_array_size(curve), 2);
	ck_assert(json_real_value(json_object_get(json_array_get(curve, 1), "accuracy")) == 0.25);
	json_decref(json);
	json_decref(curve);
}
END_TEST

SUITE_MAIN("evaluate_json", what_is_undefined_is_null, controls_name_their_models,
	   gains_and_curves_have_their_figures)
