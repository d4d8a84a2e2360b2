/* partition.h: which rows of a log belong to which client, and which queries are for testing.  (kind: kernel)
 *
 * Three ways to get one: the protocol of algorithms.md §2 (tasks over clients by Dirichlet, one observed
 * model per training row), one client per task label, or a file made elsewhere (design.md §8). A query is in
 * one client at most, and there either training or test. Training rows show only their observed cells; test
 * queries keep all of theirs.
 *
 * A client may be without training rows (too few queries, or a file that says so): its test queries are
 * judged with all others, but it takes no part in training. A client without any query is there only when a
 * file names it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/data/dataset.h"

struct partition_client {
	char *name;           /* owned; [a-z0-9][a-z0-9._-]{0,63} */
	struct dataset train; /* owned; sorted; a view of the log's dataset */
	uint32_t *test;       /* owned; ascending query indices */
	size_t n_test;
	size_t n_train_queries;
};

struct partition {
	size_t n;
	struct partition_client *clients; /* owned; sorted by name as raw bytes */
};

void partition_deinit(struct partition *partition);

struct partition_protocol {
	size_t clients;          /* 10 */
	double task_alpha;       /* 0.6; Dirichlet of a task's rows over clients */
	double model_alpha;      /* 0.45; Dirichlet of a client's observed model; 0: uniform */
	size_t labels_per_query; /* 1; observed models per training query (as many as it has, if fewer) */
	double train_fraction;   /* 0.75 */
};

/* Stages A and B. `data` is the log's (or its complete sub-table's) dataset; it must outlive the
 * partition. */
must_check int partition_draw(const struct dataset *data, const struct partition_protocol *protocol,
			      uint64_t seed, struct partition *out);

/* Every task label is one client (its name made legal, numbered where two labels would become one name); then
 * stage B. Takes model_alpha, labels_per_query and train_fraction. */
must_check int partition_by_task(const struct dataset *data, const struct partition_protocol *protocol,
				 uint64_t seed, struct partition *out);

enum { PARTITION_E_OK = 0, PARTITION_E_BAD = 1 };

/* Read {"clients":[{"name"?,"train":[["query-id","model"],…],"test":["query-id",…]},…]}; other fields are
 * ignored. PARTITION_E_BAD: unreadable, not of this form, two clients of one name, an unknown query or
 * model, a cell or test query that the dataset does not hold, a query twice; `findings` names the first
 * offender. */
must_check int partition_read(const char *path, const struct dataset *data, struct findings *findings,
			      struct partition *out);

/* Write that form, with names, atomically. */
must_check int partition_write(const struct partition *partition, const struct dataset *data, uint64_t seed,
			       const char *path);

/* All clients' training rows as one dataset, and all test queries' cells as one (both owned by the caller,
 * sorted). */
must_check int partition_pool(const struct partition *partition, const struct dataset *data,
			      struct dataset *train, struct dataset *test);
