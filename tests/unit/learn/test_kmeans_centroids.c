/* Parts of the first phase that no honest client sends. */
#include "tests/support/suite.h"

#include <math.h>

#include "common/learn/kmeans/kmeans.h"
#include "common/learn/kmeans/kmeans_centroids.h"

enum { D = 16 };

static struct plan make_plan(void)
{
	static struct encoder_identity encoder;
	ck_assert_int_eq(encoder_identity_given("given", D, &encoder), 0);
	struct plan plan = { .learner = "kmeans", .encoder = &encoder, .limit_rows = PLAN_ROWS };
	settings_init(&plan.settings, kmeans_learner.settings);
	return plan;
}

/* A part of one client, spoilt by the caller. */
static struct answer two_centroids(float **centroids, int64_t **counts)
{
	struct answer answer = { .rows = 9 };
	ck_assert_int_eq(tensors_add(&answer.parts, "centroids", TENSOR_F32, SHAPE(2, D), centroids), 0);
	ck_assert_int_eq(tensors_add(&answer.parts, "counts", TENSOR_I64, SHAPE(2), counts), 0);
	(*centroids)[0] = (*centroids)[D + 1] = 1.0f;
	(*counts)[0] = 4;
	(*counts)[1] = 5;
	return answer;
}

static void expect_refused(const struct plan *plan, const struct answer *answer, const char *reason)
{
	struct findings findings = { 0 };
	int result = kmeans_centroids_check(plan, answer, "client-07", &findings);
	ck_assert_int_eq(result, reason ? LEARNER_E_BAD : LEARNER_E_OK);
	if (reason)
		ck_assert_str_eq(findings.items[0].reason, reason);
	findings_deinit(&findings);
}

START_TEST(a_centroid_that_is_no_mean_of_unit_vectors_is_refused)
{
	struct plan plan = make_plan();
	float *centroids;
	int64_t *counts;
	cleanup(answer_deinit) struct answer answer = two_centroids(&centroids, &counts);
	expect_refused(&plan, &answer, NULL);
	const float bad[] = { 1.001f, NAN, -INFINITY, 3e38f };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		centroids[2 * D - 1] = bad[i];
		expect_refused(&plan, &answer, "a centroid is no mean of unit vectors");
	}
	centroids[2 * D - 1] = 0.0f;
	centroids[D + 1] = 1.0f + 5e-6f; /* what rounding may do to a unit vector */
	expect_refused(&plan, &answer, NULL);
}
END_TEST

START_TEST(counts_that_do_not_add_up_to_the_rows_are_refused)
{
	static const int64_t bad[] = { 3, 5, -1, INT64_MIN, INT64_MAX };
	struct plan plan = make_plan();
	float *centroids;
	int64_t *counts;
	cleanup(answer_deinit) struct answer answer = two_centroids(&centroids, &counts);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		counts[0] = bad[i];
		expect_refused(&plan, &answer, "counts of centroids do not add up");
	}
}
END_TEST

START_TEST(more_rows_than_the_plan_allows_are_refused_so_that_nobody_outweighs_the_others)
{
	struct plan plan = make_plan();
	float *centroids;
	int64_t *counts;
	cleanup(answer_deinit) struct answer answer = two_centroids(&centroids, &counts);
	answer.rows = plan.limit_rows;
	counts[0] = (int64_t)answer.rows - counts[1];
	expect_refused(&plan, &answer, NULL);
	answer.rows++;
	counts[0]++;
	expect_refused(&plan, &answer, "more rows than the plan allows");
}
END_TEST

/* A part with these shapes and types, all zero. */
static void expect_shapes_refused(const struct plan *plan, enum tensor_type type, size_t k, size_t d,
				  size_t n_counts)
{
	cleanup(answer_deinit) struct answer answer = { 0 };
	void *data;
	ck_assert_int_eq(tensors_add(&answer.parts, "centroids", type, SHAPE(k, d), &data), 0);
	ck_assert_int_eq(tensors_add(&answer.parts, "counts", TENSOR_I64, SHAPE(n_counts), &data), 0);
	expect_refused(plan, &answer, "not a part of centroids and counts");
}

START_TEST(tensors_of_other_names_types_or_shapes_are_refused)
{
	struct plan plan = make_plan();
	cleanup(answer_deinit) struct answer nothing = { 0 };
	float *centroids;
	int64_t *counts;
	expect_refused(&plan, &nothing, "not a part of centroids and counts");
	expect_shapes_refused(&plan, TENSOR_F64, 2, D, 2);
	expect_shapes_refused(&plan, TENSOR_F32, 2, D - 1, 2);
	expect_shapes_refused(&plan, TENSOR_F32, 2, D, 3);
	expect_shapes_refused(&plan, TENSOR_F32, 16, D, 16); /* k_local is 15 */
	cleanup(answer_deinit) struct answer three = two_centroids(&centroids, &counts);
	ck_assert_int_eq(tensors_add(&three.parts, "more", TENSOR_F32, SHAPE(1), &centroids), 0);
	expect_refused(&plan, &three, "not a part of centroids and counts");
}
END_TEST

SUITE_MAIN("K-means, centroids", a_centroid_that_is_no_mean_of_unit_vectors_is_refused,
	   counts_that_do_not_add_up_to_the_rows_are_refused,
	   more_rows_than_the_plan_allows_are_refused_so_that_nobody_outweighs_the_others,
	   tensors_of_other_names_types_or_shapes_are_refused)
