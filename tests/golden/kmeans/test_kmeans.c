/* K-means against numpy: the same starts give the same centres, labels, inertia; the same cells the same
 * table. Tolerances: centres 1e-6 (they are float32), inertia 1e-5 relative, table 1e-11. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/learn/kmeans/kmeans_cells.h"
#include "common/numerics/lloyd.h"

/* The member `name` of the vectors, to be given back with json_decref. */
static json_t *load(const char *name)
{
	json_error_t error;
	json_t *vectors = json_load_file(getenv("KMEANS_VECTORS"), 0, &error);
	ck_assert_msg(vectors != NULL, "%s: %s", error.source, error.text);
	json_t *member = json_incref(json_object_get(vectors, name));
	json_decref(vectors);
	return member;
}

static void drop_json(json_t **json)
{
	json_decref(*json);
}

static size_t integer(const json_t *object, const char *name)
{
	return (size_t)json_integer_value(json_object_get(object, name));
}

static double *numbers(const json_t *object, const char *name)
{
	const json_t *array = json_object_get(object, name);
	if (!json_is_array(array))
		return NULL;
	double *out = calloc(json_array_size(array) + 1, sizeof(*out));
	for (size_t i = 0; i < json_array_size(array); i++)
		out[i] = json_number_value(json_array_get(array, i));
	return out;
}

struct lloyd_case {
	json_t *json;
	struct lloyd_points points;
	struct lloyd_rules rules;
	uint32_t *starts;
	float *x;
	double *weight;
};

static void lloyd_case_deinit(struct lloyd_case *c)
{
	json_decref(c->json);
	free(c->starts);
	free(c->x);
	free(c->weight);
}

static struct lloyd_case load_case(const char *name)
{
	struct lloyd_case c = { .json = load(name) };
	size_t n = integer(c.json, "n"), d = integer(c.json, "d");
	cleanup(free_pointer) double *x = numbers(c.json, "x"), *starts = numbers(c.json, "starts");
	c.rules = (struct lloyd_rules){ .k = integer(c.json, "k"), .restarts = integer(c.json, "restarts") };
	c.x = calloc(n * d, sizeof(*c.x));
	c.weight = numbers(c.json, "weight");
	c.starts = calloc(c.rules.restarts * c.rules.k, sizeof(*c.starts));
	for (size_t i = 0; i < n * d; i++)
		c.x[i] = (float)x[i];
	for (size_t i = 0; i < c.rules.restarts * c.rules.k; i++)
		c.starts[i] = (uint32_t)starts[i];
	c.points = (struct lloyd_points){ .x = c.x, .weight = c.weight, .n = n, .d = d };
	return c;
}

static void expect_run(const struct lloyd_case *c, const struct lloyd_rules *rules, const uint32_t *starts,
		       const json_t *expected)
{
	size_t n = c->points.n, d = c->points.d, k = rules->k;
	cleanup(free_pointer) float *centres = calloc(k * d, sizeof(*centres));
	cleanup(free_pointer) uint32_t *labels = calloc(n, sizeof(*labels));
	cleanup(free_pointer) double *masses = calloc(k, sizeof(*masses));
	cleanup(free_pointer) void *workspace =
		aligned_alloc(64, (lloyd_workspace(&c->points, rules) + 63) / 64 * 64);
	struct lloyd_result result = { .centres = centres, .labels = labels, .masses = masses };
	struct rng rng;
	rng_init(&rng, 0, 0);
	lloyd_cluster(&c->points, rules, starts, &rng, &result, workspace);
	cleanup(free_pointer) double *their_centres = numbers(expected, "centres");
	cleanup(free_pointer) double *their_labels = numbers(expected, "labels");
	cleanup(free_pointer) double *their_masses = numbers(expected, "masses");
	double inertia = json_number_value(json_object_get(expected, "inertia"));
	for (size_t i = 0; i < k * d; i++)
		ck_assert_double_eq_tol(centres[i], their_centres[i], 1e-6);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(labels[i], (uint32_t)their_labels[i]);
	for (size_t j = 0; j < k; j++)
		ck_assert_double_eq(masses[j], their_masses[j]);
	ck_assert_double_eq_tol(result.inertia / inertia, 1.0, 1e-5);
	if (rules->restarts == 1)
		ck_assert_uint_eq(result.iterations, integer(expected, "iterations"));
}

/* Every restart alone, then all of them, where the best one must come out. */
static void expect_case(const char *name, const char *which, size_t iterations, bool stale)
{
	cleanup(lloyd_case_deinit) struct lloyd_case c = load_case(name);
	char best[32];
	const json_t *runs = json_object_get(c.json, which);
	struct lloyd_rules one = { .k = c.rules.k, .restarts = 1, .iterations = iterations, .stale = stale };
	for (size_t r = 0; r < c.rules.restarts; r++)
		expect_run(&c, &one, c.starts + r * c.rules.k, json_array_get(runs, r));
	one.restarts = c.rules.restarts;
	snprintf(best, sizeof(best), "%s_best", which);
	expect_run(&c, &one, c.starts, json_array_get(runs, integer(c.json, best)));
}

START_TEST(lloyd_agrees_with_numpy)
{
	expect_case("plain", "final", 30, false);
	expect_case("plain", "early", 3, false);
}
END_TEST

START_TEST(weighted_lloyd_agrees_with_numpy)
{
	expect_case("weighted", "final", 30, false);
	expect_case("weighted", "early", 3, false);
}
END_TEST

START_TEST(the_published_stale_labels_agree_with_numpy)
{
	expect_case("plain", "stale", 3, true);
	expect_case("weighted", "stale", 3, true);
}
END_TEST

START_TEST(the_shrunk_table_agrees_with_numpy)
{
	cleanup(drop_json) json_t *c = load("shrink");
	size_t k = integer(c, "k"), models = integer(c, "models");
	cleanup(free_pointer) double *n = numbers(c, "n"), *sum = numbers(c, "sum"),
				     *expected = numbers(c, "means");
	double means[64];
	kmeans_cells_shrink(n, sum, k, models, means);
	for (size_t i = 0; i < k * models; i++)
		ck_assert_double_eq_tol(means[i], expected[i], 1e-11);
}
END_TEST

SUITE_MAIN("K-means against numpy", lloyd_agrees_with_numpy, weighted_lloyd_agrees_with_numpy,
	   the_published_stale_labels_agree_with_numpy, the_shrunk_table_agrees_with_numpy)
