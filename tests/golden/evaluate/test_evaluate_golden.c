/* Curves, areas, controls and quality against numpy (generate_evaluate.py); tolerance 1e-9 relative to
 * figures of size 1. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/evaluate/evaluate.h"

struct golden {
	const json_t *expect;
	struct test_table table;
	struct estimates estimates;
	uint8_t routable[8];
	struct judged judged;
	struct controls controls;
	struct quality quality;
};

static double *numbers(const json_t *golden, const char *name, size_t n)
{
	double *values = calloc(n, sizeof(double));
	const json_t *list = json_object_get(golden, name);
	ck_assert_uint_eq(json_array_size(list), n);
	for (size_t i = 0; i < n; i++)
		values[i] = json_is_null(json_array_get(list, i)) ?
				    NAN :
				    json_number_value(json_array_get(list, i));
	return values;
}

static struct golden load(size_t index)
{
	static json_t *all;
	all = all ? all : json_load_file(GOLDEN_TABLES, 0, NULL);
	const json_t *json = json_array_get(all, index);
	ck_assert_ptr_nonnull(json);
	size_t n = (size_t)json_integer_value(json_object_get(json, "n"));
	size_t k = (size_t)json_integer_value(json_object_get(json, "k"));
	struct golden golden = { .expect = json_object_get(json, "expect") };
	golden.table = (struct test_table){ .n = n, .n_models = k, .n_tasks = 3 };
	golden.table.score = numbers(json, "score", n * k);
	golden.table.cost = numbers(json, "cost", n * k);
	golden.table.query = calloc(n, sizeof(uint32_t));
	golden.table.task = calloc(n, sizeof(uint32_t));
	golden.estimates.score = numbers(json, "guess", n * k);
	golden.estimates.cost = numbers(json, "price", n * k);
	for (size_t i = 0; i < n; i++) {
		golden.table.query[i] = (uint32_t)i;
		const json_t *task = json_array_get(json_object_get(json, "task"), i);
		golden.table.task[i] = (uint32_t)json_integer_value(task);
	}
	for (size_t m = 0; m < k; m++)
		golden.routable[m] = (json_int_t)m >= json_integer_value(json_object_get(json, "unroutable"));
	return golden;
}

static void evaluate(struct golden *golden)
{
	golden->estimates.routable = golden->routable;
	ck_assert_int_eq(evaluate_router(&golden->table, &golden->estimates, &golden->judged), 0);
	ck_assert_int_eq(controls_new(&golden->table, &golden->controls), 0);
	evaluate_quality(&golden->table, &golden->estimates, &golden->judged, &golden->controls,
			 &golden->quality);
}

static void release(struct golden *golden)
{
	controls_deinit(&golden->controls);
	judged_deinit(&golden->judged);
	estimates_deinit(&golden->estimates);
	test_table_deinit(&golden->table);
}

static void check(const struct golden *golden, const char *name, double got)
{
	const json_t *value = json_object_get(golden->expect, name);
	ck_assert_msg(value != NULL, "no %s", name);
	if (json_is_null(value))
		ck_assert_msg(isnan(got), "%s: %.17g, should be undefined", name, got);
	else
		ck_assert_msg(fabs(got - json_number_value(value)) <= 1e-9, "%s: %.17g, should be %.17g",
			      name, got, json_number_value(value));
}

START_TEST(curves_and_their_areas_are_numpys)
{
	for (size_t i = 0; i < 4; i++) {
		struct golden golden = load(i);
		evaluate(&golden);
		check(&golden, "aiq", golden.judged.aiq);
		check(&golden, "nauc", golden.judged.nauc);
		check(&golden, "peak", golden.judged.max_accuracy);
		check(&golden, "first_cost", golden.judged.curve.point[0].cost);
		check(&golden, "last_cost", golden.judged.curve.point[99].cost);
		check(&golden, "last_score", golden.judged.curve.point[99].score);
		release(&golden);
	}
}
END_TEST

START_TEST(controls_are_numpys)
{
	for (size_t i = 0; i < 4; i++) {
		struct golden golden = load(i);
		evaluate(&golden);
		check(&golden, "static_mix", golden.controls.static_mix_aiq);
		check(&golden, "oracle", golden.controls.oracle_aiq);
		check(&golden, "oracle_accuracy", golden.controls.oracle_accuracy);
		check(&golden, "best_single", (double)golden.controls.best_single);
		check(&golden, "random_cost", golden.controls.random.cost);
		release(&golden);
	}
}
END_TEST

START_TEST(quality_is_numpys)
{
	for (size_t i = 0; i < 4; i++) {
		struct golden golden = load(i);
		evaluate(&golden);
		check(&golden, "iso_cost", golden.quality.iso_cost);
		check(&golden, "cost_save", golden.quality.cost_save);
		check(&golden, "perf_gain", golden.quality.perf_gain);
		check(&golden, "ece", golden.quality.ece);
		check(&golden, "brier", golden.quality.brier);
		check(&golden, "cost_error", golden.quality.cost_error);
		release(&golden);
	}
}
END_TEST

SUITE_MAIN("Evaluate, golden", curves_and_their_areas_are_numpys, controls_are_numpys, quality_is_numpys)
