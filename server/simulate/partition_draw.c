/* partition_draw.c: tasks over clients by Dirichlet, stage A of algorithms.md §2.  (kind: kernel)
 *
 * The rows of one task are shuffled and cut into consecutive blocks, one for each client. A client's list
 * needs no shuffling here: stage B begins with one.
 */
#include <math.h>
#include <stdlib.h>

#include "common/learn/stream.h"
#include "server/simulate/partition_split.h"

struct drawing {
	struct rng rng;
	size_t clients;
	double *share;   /* clients */
	size_t *count;   /* clients; of one task */
	size_t *size;    /* clients; of all tasks so far */
	uint32_t *owner; /* of the query at this place of the list */
};

static int drawing_init(struct drawing *drawing, size_t clients, size_t queries, uint64_t seed)
{
	drawing->clients = clients;
	drawing->share = calloc(clients + 1, sizeof(*drawing->share));
	drawing->count = calloc(clients + 1, sizeof(*drawing->count));
	drawing->size = calloc(clients + 1, sizeof(*drawing->size));
	drawing->owner = calloc(queries + 1, sizeof(*drawing->owner));
	TRY_ALLOC(drawing->share && drawing->count && drawing->size && drawing->owner);
	return stream_open(&drawing->rng, seed, 0, "coordinator", "partition");
}

static void drawing_deinit(struct drawing *drawing)
{
	free(drawing->share);
	free(drawing->count);
	free(drawing->size);
	free(drawing->owner);
}

/* One client among those that still have a row of this task. */
static size_t draw_nonempty(struct drawing *drawing)
{
	size_t nonempty = 0, c = 0;
	for (size_t i = 0; i < drawing->clients; i++)
		nonempty += drawing->count[i] > 0;
	uint64_t left = rng_below(&drawing->rng, nonempty);
	while (drawing->count[c] == 0 || left-- > 0)
		c++;
	return c;
}

/* How many of n rows each client gets: rounded shares, then corrected one by one at random until they sum
 * to n. */
static void draw_counts(struct drawing *drawing, double alpha, size_t n)
{
	size_t sum = 0;
	rng_dirichlet(&drawing->rng, alpha, drawing->share, drawing->clients);
	for (size_t c = 0; c < drawing->clients; c++)
		sum += drawing->count[c] = (size_t)nearbyint(drawing->share[c] * (double)n);
	for (; sum < n; sum++)
		drawing->count[rng_below(&drawing->rng, drawing->clients)]++;
	for (; sum > n; sum--)
		drawing->count[draw_nonempty(drawing)]--;
}

static void draw_task(struct drawing *drawing, double alpha, uint32_t *queries, size_t first, size_t end)
{
	rng_shuffle(&drawing->rng, queries + first, end - first);
	draw_counts(drawing, alpha, end - first);
	size_t place = first;
	for (size_t c = 0; c < drawing->clients; c++) {
		drawing->size[c] += drawing->count[c];
		for (size_t i = 0; i < drawing->count[c]; i++)
			drawing->owner[place++] = (uint32_t)c;
	}
}

/* Stage B for every client that has a query. */
static int split_clients(const struct drawing *drawing, const struct split *split, const uint32_t *queries,
			 size_t n, struct partition *partition)
{
	cleanup(free_pointer) uint32_t *own = malloc((n + 1) * sizeof(*own));
	partition->clients = calloc(drawing->clients + 1, sizeof(*partition->clients));
	TRY_ALLOC(own && partition->clients);
	for (size_t c = 0; c < drawing->clients; c++) {
		size_t n_own = 0;
		for (size_t i = 0; i < n && n_own < drawing->size[c]; i++)
			if (drawing->owner[i] == c)
				own[n_own++] = queries[i];
		if (n_own == 0)
			continue;
		struct partition_client *client = &partition->clients[partition->n++];
		TRY(partition_split_name(c, drawing->clients, &client->name));
		TRY(partition_split_client(split, own, n_own, client));
	}
	return 0;
}

int partition_draw(const struct dataset *data, const struct partition_protocol *protocol, uint64_t seed,
		   struct partition *out)
{
	cleanup(partition_deinit) struct partition partition = { 0 };
	cleanup(free_pointer) size_t *offsets = NULL;
	cleanup(free_pointer) uint32_t *queries = NULL;
	cleanup(drawing_deinit) struct drawing drawing = { 0 };
	size_t n;
	TRY(partition_split_offsets(data, &offsets));
	TRY(partition_split_by_task(data, offsets, &queries, &n));
	TRY(drawing_init(&drawing, protocol->clients, n, seed));
	for (size_t first = 0, end; first < n; first = end) {
		end = partition_split_task_end(data, queries, n, first);
		draw_task(&drawing, protocol->task_alpha, queries, first, end);
	}
	struct split split = { data, offsets, protocol, seed };
	TRY(split_clients(&drawing, &split, queries, n, &partition));
	*out = partition;
	partition = (struct partition){ 0 };
	return 0;
}
