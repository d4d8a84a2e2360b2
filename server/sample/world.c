/* world.c: a synthetic consortium.                                              (kind: kernel) */
#include "server/sample/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/stream.h"
#include "server/sample/answer.h"
#include "server/simulate/partition_split.h"

static const double train_fraction = 0.75, full_fraction = 0.15;
static const double size_alpha = 3.0, topic_alpha = 0.5, model_alpha = 0.6;

struct habits {
	double topics[ANSWER_TOPICS];
	double models[ANSWER_MODELS];
};

/* Index i with probability p[i]. */
static size_t draw_index(struct rng *rng, const double *p, size_t n)
{
	double target = rng_uniform(rng), sum = 0.0;
	size_t i = 0;
	while (i + 1 < n && (sum += p[i]) <= target)
		i++;
	return i;
}

/* Whose each query is: every client has at least WORLD_QUERIES_PER_CLIENT. */
static int draw_owners(size_t clients, size_t queries, uint64_t seed, uint32_t *owner)
{
	struct rng rng;
	cleanup(free_pointer) double *share = malloc(clients * sizeof(*share));
	TRY_ALLOC(share);
	TRY(stream_open(&rng, seed, 0, "coordinator", "sample owners"));
	rng_dirichlet(&rng, size_alpha, share, clients);
	for (size_t q = 0; q < queries; q++)
		owner[q] =
			(uint32_t)(q < WORLD_QUERIES_PER_CLIENT * clients ? q % clients :
									    draw_index(&rng, share, clients));
	rng_shuffle(&rng, owner, queries);
	return 0;
}

static int draw_habits(const char *client, uint64_t seed, struct habits *habits)
{
	struct rng rng;
	TRY(stream_open(&rng, seed, 0, client, "sample habits"));
	rng_dirichlet(&rng, topic_alpha, habits->topics, ANSWER_TOPICS);
	rng_dirichlet(&rng, model_alpha, habits->models, ANSWER_MODELS);
	return 0;
}

static int draw_query(struct world *world, size_t q, const struct habits *habits, uint64_t seed)
{
	struct rng rng;
	struct phrase phrase;
	struct answer_cell cells[ANSWER_MODELS];
	struct query *query = &world->queries[q];
	char *id;
	if (asprintf(&id, "q%06zu", q) < 0)
		id = NULL;
	TRY_ALLOC(id);
	query->id = id;
	TRY(stream_open(&rng, seed, 0, query->id, "sample query"));
	size_t topic = draw_index(&rng, habits->topics, ANSWER_TOPICS);
	TRY(phrase_draw(answer_topics[topic], &rng, &phrase));
	query->text = phrase.text;
	query->task = answer_topics[topic]->name;
	answer_draw(&phrase, topic, &rng, cells);
	for (uint32_t m = 0; m < ANSWER_MODELS; m++)
		world->data.rows[world->data.n_rows++] =
			(struct observation){ (uint32_t)q, m, cells[m].score, cells[m].cost, NAN };
	return 0;
}

/* What one client logged of its `n` queries. */
static int draw_log(const struct world *world, uint32_t *own, size_t n, const struct habits *habits,
		    uint64_t seed, struct partition_client *client)
{
	struct rng rng;
	size_t n_train = (size_t)(train_fraction * (double)n);
	size_t n_full = (size_t)(full_fraction * (double)n_train + 0.5);
	TRY(stream_open(&rng, seed, 0, client->name, "sample log"));
	TRY(dataset_like(&world->data, n_full * ANSWER_MODELS + n_train - n_full, &client->train));
	rng_shuffle(&rng, own, n);
	for (size_t i = 0; i < n_train; i++) {
		const struct observation *cells = world->data.rows + (size_t)own[i] * ANSWER_MODELS;
		size_t only = draw_index(&rng, habits->models, ANSWER_MODELS);
		for (size_t m = 0; m < ANSWER_MODELS; m++)
			if (i < n_full || m == only)
				client->train.rows[client->train.n_rows++] = cells[m];
	}
	dataset_sort(&client->train);
	client->n_train_queries = n_train;
	return partition_split_test(own + n_train, n - n_train, client);
}

/* The questions and logs of all clients, whose names are set. */
static int draw_clients(struct world *world, const uint32_t *owner, const struct habits *habits,
			uint64_t seed)
{
	size_t n = world->data.n_queries;
	cleanup(free_pointer) uint32_t *own = malloc((n + 1) * sizeof(*own));
	TRY_ALLOC(own);
	for (size_t q = 0; q < n; q++)
		TRY(draw_query(world, q, &habits[owner[q]], seed));
	for (size_t c = 0; c < world->partition.n; c++) {
		size_t n_own = 0;
		for (size_t q = 0; q < n; q++)
			if (owner[q] == c)
				own[n_own++] = (uint32_t)q;
		TRY(draw_log(world, own, n_own, &habits[c], seed, &world->partition.clients[c]));
	}
	return 0;
}

static int make_room(struct world *world, size_t clients, size_t queries)
{
	world->queries = calloc(queries, sizeof(*world->queries));
	world->data.rows = calloc(queries * ANSWER_MODELS, sizeof(*world->data.rows));
	world->partition.clients = calloc(clients, sizeof(*world->partition.clients));
	TRY_ALLOC(world->queries && world->data.rows && world->partition.clients);
	world->data.models = answer_models;
	world->data.n_models = ANSWER_MODELS;
	world->data.queries = world->queries;
	world->data.n_queries = queries;
	for (; world->partition.n < clients; world->partition.n++)
		TRY(partition_split_name(world->partition.n, clients,
					 &world->partition.clients[world->partition.n].name));
	return 0;
}

int world_init(size_t clients, size_t queries, uint64_t seed, struct world *out)
{
	cleanup(world_deinit) struct world world = { 0 };
	cleanup(free_pointer) uint32_t *owner = malloc(queries * sizeof(*owner));
	cleanup(free_pointer) struct habits *habits = malloc(clients * sizeof(*habits));
	TRY_ALLOC(owner && habits);
	TRY(make_room(&world, clients, queries));
	TRY(draw_owners(clients, queries, seed, owner));
	for (size_t c = 0; c < clients; c++)
		TRY(draw_habits(world.partition.clients[c].name, seed, &habits[c]));
	TRY(draw_clients(&world, owner, habits, seed));
	*out = world;
	world = (struct world){ 0 };
	return 0;
}

void world_deinit(struct world *world)
{
	if (!world)
		return;
	for (size_t q = 0; world->queries && q < world->data.n_queries; q++) {
		free((char *)world->queries[q].id);
		free((char *)world->queries[q].text);
	}
	free(world->queries);
	partition_deinit(&world->partition);
	dataset_deinit(&world->data);
	*world = (struct world){ 0 };
}
