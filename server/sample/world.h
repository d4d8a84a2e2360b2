/* world.h: a synthetic consortium: who asks, what all models answer, what is logged.           (kind: kernel)
 *
 * Every query is a client's. Clients differ in how much they ask, in topics (Dirichlet 0.5) and in the models
 * they use (Dirichlet 0.6, independent of the query). Three quarters of a client's queries, rounded down, are
 * for training: 15 % of those, rounded half up, show all models, the others one. All choices are streams of
 * `seed`.
 */
#pragma once

#include <stdint.h>

#include "common/data/dataset.h"
#include "server/simulate/partition.h"

enum { WORLD_CLIENTS_MOST = 1000, WORLD_QUERIES_MOST = 1000000, WORLD_QUERIES_PER_CLIENT = 8 };

struct world {
	struct dataset data;        /* every cell of every query; without embeddings */
	struct partition partition; /* training cells = what the clients logged */
	struct query *queries;      /* owned, with their ids and texts */
};

/* clients ≥ 1, queries ≥ WORLD_QUERIES_PER_CLIENT · clients. */
must_check int world_init(size_t clients, size_t queries, uint64_t seed, struct world *out);
void world_deinit(struct world *world);
