/* Small clusters are merged before they leave a client. */
#include "tests/support/suite.h"

#include "common/learn/kmeans/kmeans_clusters.h"

START_TEST(the_smallest_cluster_merges_into_the_nearest_of_the_others_until_none_is_small)
{
	float centres[] = { 0, 10, 11, 30 };
	double masses[] = { 8, 2, 3, 6 };
	struct kmeans_clusters clusters = { .k = 4, .d = 1, .centres = centres, .masses = masses };
	kmeans_clusters_merge_small(&clusters); /* 10 into 11: five rows at 10.6, which stay */
	ck_assert_uint_eq(clusters.k, 3);
	ck_assert_mem_eq(masses, ((double[]){ 8, 5, 6 }), 3 * sizeof(double));
	ck_assert_float_eq_tol(centres[1], 10.6f, 1e-6f);
	ck_assert_float_eq(centres[2], 30.0f);
}
END_TEST

START_TEST(clusters_that_are_all_small_end_as_one)
{
	float centres[] = { 0, 1, 5 };
	double masses[] = { 1, 1, 2 };
	struct kmeans_clusters clusters = { .k = 3, .d = 1, .centres = centres, .masses = masses };
	kmeans_clusters_merge_small(&clusters);
	ck_assert_uint_eq(clusters.k, 1);
	ck_assert_double_eq(masses[0], 4.0);
	ck_assert_float_eq(centres[0], 2.75f);
}
END_TEST

SUITE_MAIN("K-means, clusters",
	   the_smallest_cluster_merges_into_the_nearest_of_the_others_until_none_is_small,
	   clusters_that_are_all_small_end_as_one)
