/* partition_split.h: rows by query, queries by task, and stage B of every partition.    (kind: kernel) */
#pragma once

#include "server/simulate/partition.h"

/* Where the rows of each query begin: those of query q are rows[offsets[q] … offsets[q + 1]). Malloc'ed. */
must_check int partition_split_offsets(const struct dataset *data, size_t **out);

/* The queries that have rows, by (task label as raw bytes, index). Malloc'ed. */
must_check int partition_split_by_task(const struct dataset *data, const size_t *offsets, uint32_t **out,
				       size_t *n);

/* One past the last query of the task that begins at `first`. */
size_t partition_split_task_end(const struct dataset *data, const uint32_t *queries, size_t n, size_t first);

/* "client-07": at least two digits, as many as the last of `n` clients needs. Malloc'ed. */
must_check int partition_split_name(size_t client, size_t n, char **out);

struct split {
	const struct dataset *data;
	const size_t *offsets;
	const struct partition_protocol *protocol;
	uint64_t seed;
};

/* Stage B of algorithms.md §2 for one client whose name is set: which of its `n` queries (left shuffled)
 * are for training, and what those show. Its random streams are named after the client. */
must_check int partition_split_client(const struct split *split, uint32_t *queries, size_t n,
				      struct partition_client *client);

/* Give the client its test queries: a copy, put in ascending order. */
must_check int partition_split_test(const uint32_t *queries, size_t n, struct partition_client *client);

/* Clients in order of their names. */
void partition_split_sort(struct partition *partition);
