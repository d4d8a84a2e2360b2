/* partition_split.c: training and test of one client, and what its training rows show.  (kind: kernel) */
#include "server/simulate/partition_split.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/stream.h"

int partition_split_offsets(const struct dataset *data, size_t **out)
{
	size_t *offsets = calloc(data->n_queries + 1, sizeof(*offsets));
	TRY_ALLOC(offsets);
	for (size_t i = 0; i < data->n_rows; i++)
		offsets[data->rows[i].query + 1]++;
	for (size_t q = 0; q < data->n_queries; q++)
		offsets[q + 1] += offsets[q];
	*out = offsets;
	return 0;
}

static int by_task(const void *left, const void *right, void *context)
{
	const struct query *queries = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = strcmp(queries[a].task, queries[b].task);
	return order != 0 ? order : (a > b) - (a < b);
}

int partition_split_by_task(const struct dataset *data, const size_t *offsets, uint32_t **out, size_t *n)
{
	uint32_t *queries = malloc((data->n_queries + 1) * sizeof(*queries));
	TRY_ALLOC(queries);
	*n = 0;
	for (size_t q = 0; q < data->n_queries; q++)
		if (offsets[q + 1] > offsets[q])
			queries[(*n)++] = (uint32_t)q;
	qsort_r(queries, *n, sizeof(*queries), by_task, (void *)data->queries);
	*out = queries;
	return 0;
}

size_t partition_split_task_end(const struct dataset *data, const uint32_t *queries, size_t n, size_t first)
{
	const char *task = data->queries[queries[first]].task;
	size_t end = first + 1;
	while (end < n && strcmp(data->queries[queries[end]].task, task) == 0)
		end++;
	return end;
}

int partition_split_name(size_t client, size_t n, char **out)
{
	int digits = 2;
	for (size_t rest = n > 0 ? (n - 1) / 100 : 0; rest > 0; rest /= 10)
		digits++;
	if (asprintf(out, "client-%0*zu", digits, client) < 0)
		return FAIL(-ENOMEM);
	return 0;
}

/* The next model that a query shows, drawn from p over its n cells that are not yet taken; uniformly where
 * those have no probability. algorithms.md §2 stage B, F */
static size_t draw_cell(struct rng *rng, const double *p, const struct observation *cells, size_t n,
			const char *taken)
{
	double mass = 0.0, sum = 0.0;
	size_t left = 0, last = 0;
	for (size_t i = 0; i < n; i++) {
		left += !taken[i];
		mass += taken[i] ? 0.0 : p[cells[i].model];
	}
	bool uniform = !(mass > 0.0);
	double target = rng_uniform(rng) * (uniform ? (double)left : mass);
	for (size_t i = 0; i < n; i++) {
		double weight = taken[i] ? 0.0 : uniform ? 1.0 : p[cells[i].model];
		if (!(weight > 0.0))
			continue;
		sum += weight;
		last = i;
		if (target < sum)
			return i;
	}
	return last;
}

struct observing {
	struct rng rng;
	double *p;   /* n_models */
	char *taken; /* room for the cells of one query */
};

static int observing_init(struct observing *observing, const struct split *split, const char *client)
{
	size_t n = split->data->n_models;
	TRY(stream_open(&observing->rng, split->seed, 0, client, "observed models"));
	observing->p = malloc((n + 1) * sizeof(*observing->p));
	observing->taken = malloc(n + 1);
	TRY_ALLOC(observing->p && observing->taken);
	if (split->protocol->model_alpha > 0.0)
		rng_dirichlet(&observing->rng, split->protocol->model_alpha, observing->p, n);
	else
		for (size_t m = 0; m < n; m++)
			observing->p[m] = 1.0 / (double)n;
	return 0;
}

static void observing_deinit(struct observing *observing)
{
	free(observing->p);
	free(observing->taken);
}

static void observe(struct observing *observing, const struct split *split, uint32_t query,
		    struct dataset *train)
{
	const struct observation *cells = split->data->rows + split->offsets[query];
	size_t n = split->offsets[query + 1] - split->offsets[query];
	memset(observing->taken, 0, n);
	for (size_t i = 0; i < n && i < split->protocol->labels_per_query; i++) {
		size_t cell = draw_cell(&observing->rng, observing->p, cells, n, observing->taken);
		observing->taken[cell] = 1;
		train->rows[train->n_rows++] = cells[cell];
	}
}

static size_t count_observed(const struct split *split, const uint32_t *queries, size_t n)
{
	size_t observed = 0, labels = split->protocol->labels_per_query;
	for (size_t i = 0; i < n; i++) {
		size_t cells = split->offsets[queries[i] + 1] - split->offsets[queries[i]];
		observed += cells < labels ? cells : labels;
	}
	return observed;
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

int partition_split_test(const uint32_t *queries, size_t n, struct partition_client *client)
{
	client->test = malloc((n + 1) * sizeof(*client->test));
	TRY_ALLOC(client->test);
	memcpy(client->test, queries, n * sizeof(*client->test));
	client->n_test = n;
	qsort(client->test, n, sizeof(*client->test), ascending);
	return 0;
}

int partition_split_client(const struct split *split, uint32_t *queries, size_t n,
			   struct partition_client *client)
{
	struct rng rng;
	size_t n_train = (size_t)floor(split->protocol->train_fraction * (double)n);
	TRY(stream_open(&rng, split->seed, 0, client->name, "split"));
	rng_shuffle(&rng, queries, n);
	cleanup(observing_deinit) struct observing observing = { 0 };
	TRY(observing_init(&observing, split, client->name));
	TRY(dataset_like(split->data, count_observed(split, queries, n_train), &client->train));
	for (size_t i = 0; i < n_train; i++)
		observe(&observing, split, queries[i], &client->train);
	dataset_sort(&client->train);
	client->n_train_queries = n_train;
	return partition_split_test(queries + n_train, n - n_train, client);
}

static int by_name(const void *left, const void *right)
{
	const struct partition_client *a = left, *b = right;
	return strcmp(a->name, b->name);
}

void partition_split_sort(struct partition *partition)
{
	if (partition->n > 1)
		qsort(partition->clients, partition->n, sizeof(*partition->clients), by_name);
}
