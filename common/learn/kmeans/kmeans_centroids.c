/* kmeans_centroids.c: both halves of the first phase.                                       (kind: kernel) */
#include "common/learn/kmeans/kmeans_centroids.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/kmeans/kmeans.h"
#include "common/learn/kmeans/kmeans_clusters.h"
#include "common/learn/stream.h"

#define NORM_MOST (1.0 + 1e-5)

static bool starts_query(const struct dataset *data, size_t row)
{
	return row == 0 || data->rows[row].query != data->rows[row - 1].query;
}

/* The embeddings of the queries that have rows, each once, in their order. */
static int collect_queries(const struct dataset *data, float **x, size_t *n)
{
	size_t count = 0, d = data->dimension;
	for (size_t i = 0; i < data->n_rows; i++)
		count += starts_query(data, i);
	*x = calloc(count * d + 1, sizeof(**x));
	TRY_ALLOC(*x);
	*n = 0;
	for (size_t i = 0; i < data->n_rows; i++) {
		if (starts_query(data, i))
			memcpy(*x + (*n)++ * d, dataset_x(data, i), d * sizeof(float));
	}
	return 0;
}

static int put_clusters(const struct kmeans_clusters *clusters, const char *centres_name,
			const char *masses_name, struct tensors *tensors)
{
	float *centres;
	int64_t *masses;
	TRY(tensors_add(tensors, centres_name, TENSOR_F32, SHAPE(clusters->k, clusters->d), &centres));
	TRY(tensors_add(tensors, masses_name, TENSOR_I64, SHAPE(clusters->k), &masses));
	for (size_t i = 0; i < clusters->k * clusters->d; i++)
		centres[i] = clusters->centres[i];
	for (size_t j = 0; j < clusters->k; j++)
		masses[j] = (int64_t)clusters->masses[j];
	return 0;
}

int kmeans_centroids_contribute(const struct plan *plan, const struct dataset *data, const char *client,
				struct answer *out)
{
	cleanup(free_pointer) float *x = NULL;
	cleanup(kmeans_clusters_deinit) struct kmeans_clusters clusters = { .d = data->dimension };
	struct lloyd_points points = { .d = data->dimension };
	bool paper = settings_is(&plan->settings, "paper");
	struct rng rng;
	TRY(collect_queries(data, &x, &points.n));
	points.x = x;
	if (points.n > 0) {
		TRY(stream_open(&rng, plan->seed, KMEANS_PHASE_CENTROIDS, client, "lloyd"));
		TRY(kmeans_clusters_find(&points, settings_integer(&plan->settings, "k_local"), paper, &rng,
					 &clusters));
		kmeans_clusters_drop_empty(&clusters);
		if (!paper)
			kmeans_clusters_merge_small(&clusters);
	}
	*out = (struct answer){ .rows = points.n };
	return put_clusters(&clusters, "centroids", "counts", &out->parts);
}

/* The two tensors of a part; false if they are not what they should be. */
static bool read_part(const struct plan *plan, const struct answer *answer, struct lloyd_points *points,
		      const int64_t **counts)
{
	const struct tensor *centroids = tensors_find(&answer->parts, "centroids");
	size_t d = plan->encoder->dimension;
	if (!centroids || centroids->type != TENSOR_F32 || centroids->rank != 2 || centroids->shape[1] != d)
		return false;
	*points = (struct lloyd_points){ .x = centroids->data, .n = centroids->shape[0], .d = d };
	*counts = tensors_data(&answer->parts, "counts", TENSOR_I64, SHAPE(points->n));
	return *counts && answer->parts.n == 2;
}

static bool is_mean_of_unit_vectors(const float *x, size_t d)
{
	double square = 0.0;
	for (size_t i = 0; i < d; i++)
		square += (double)x[i] * x[i];
	return square <= NORM_MOST * NORM_MOST; /* false for NaN as well */
}

int kmeans_centroids_check(const struct plan *plan, const struct answer *answer, const char *client,
			   struct findings *findings)
{
	struct lloyd_points points;
	const int64_t *counts;
	uint64_t left = answer->rows;
	size_t most = settings_integer(&plan->settings, "k_local"), added = 0;
	if (answer->rows > plan->limit_rows) {
		findings_add(findings, client, 0, "more rows than the plan allows", "%llu of at most %llu",
			     (unsigned long long)answer->rows, (unsigned long long)plan->limit_rows);
		return LEARNER_E_BAD;
	}
	if (!read_part(plan, answer, &points, &counts) || points.n > most) {
		findings_add(findings, client, 0, "not a part of centroids and counts",
			     "at most %zu of dimension %zu", most, plan->encoder->dimension);
		return LEARNER_E_BAD;
	}
	for (size_t j = 0; j < points.n; j++) {
		if (!is_mean_of_unit_vectors(points.x + j * points.d, points.d)) {
			findings_add(findings, client, 0, "a centroid is no mean of unit vectors",
				     "centroid %zu", j);
			return LEARNER_E_BAD;
		}
	}
	while (added < points.n && counts[added] >= 0 && (uint64_t)counts[added] <= left)
		left -= (uint64_t)counts[added++];
	if (added == points.n && left == 0)
		return LEARNER_E_OK;
	findings_add(findings, client, 0, "counts of centroids do not add up", "to %llu queries",
		     (unsigned long long)answer->rows);
	return LEARNER_E_BAD;
}

/* All centroids with their counts, in the order of the parts. */
struct pool {
	float *x;
	double *weight;
	size_t n;
};

static void pool_deinit(struct pool *pool)
{
	free(pool->x);
	free(pool->weight);
}

static int pool_fill(const struct plan *plan, const struct answers *answers, struct pool *pool)
{
	struct lloyd_points points;
	const int64_t *counts;
	size_t room = 0, d = plan->encoder->dimension;
	for (size_t i = 0; i < answers->n; i++) {
		if (!read_part(plan, &answers->parts[i], &points, &counts))
			return FAIL(-EPROTO);
		room += points.n;
	}
	pool->x = calloc(room * d + 1, sizeof(*pool->x));
	TRY_ALLOC(pool->x);
	pool->weight = calloc(room + 1, sizeof(*pool->weight));
	TRY_ALLOC(pool->weight);
	for (size_t i = 0; i < answers->n; i++) {
		if (!read_part(plan, &answers->parts[i], &points, &counts))
			return FAIL(-EPROTO);
		for (size_t j = 0; j < points.n; j++) {
			if (counts[j] <= 0)
				continue;
			memcpy(pool->x + pool->n * d, points.x + j * d, d * sizeof(float));
			pool->weight[pool->n++] = (double)counts[j];
		}
	}
	return 0;
}

int kmeans_centroids_fold(const struct plan *plan, const struct answers *answers, struct state *state)
{
	cleanup(pool_deinit) struct pool pool = { 0 };
	cleanup(kmeans_clusters_deinit) struct kmeans_clusters clusters = { 0 };
	size_t d = plan->encoder->dimension, k = settings_integer(&plan->settings, "k_global");
	bool paper = settings_is(&plan->settings, "paper");
	struct rng rng;
	TRY(pool_fill(plan, answers, &pool));
	if (pool.n == 0) {
		TRY(tensors_add(&state->tensors, "centres", TENSOR_F32, SHAPE(1, d), NULL));
		return tensors_add(&state->tensors, "masses", TENSOR_I64, SHAPE(1), NULL);
	}
	TRY(stream_open(&rng, plan->seed, KMEANS_PHASE_CENTROIDS, "coordinator", "lloyd"));
	struct lloyd_points points = { .x = pool.x, .weight = pool.weight, .n = pool.n, .d = d };
	TRY(kmeans_clusters_find(&points, k, paper, &rng, &clusters));
	return put_clusters(&clusters, "centres", "masses", &state->tensors);
}

const float *kmeans_centroids_centres(const struct state *state, size_t dimension, size_t *k)
{
	const struct tensor *centres = tensors_find(&state->tensors, "centres");
	if (!centres || centres->type != TENSOR_F32 || centres->rank != 2 || centres->shape[1] != dimension)
		return NULL;
	*k = centres->shape[0];
	return centres->data;
}
