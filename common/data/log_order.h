/* log_order.h: from order of appearance to the order that everybody shares.                    (kind: kernel)
 *
 * Three steps, in this sequence: queries (sorted by id, with unit embeddings; one without is dropped with its
 * rows), rows (sorted by query and model, one per key, the last one), pruning (models without any score or
 * any cost leave with their rows, then queries without a row).
 */
#pragma once

#include "common/data/log_vectors.h"

struct log_order {
	size_t n_queries;
	struct query *queries;
	uint32_t *numbers; /* of appearance, by query */
	float *embeddings; /* n_queries × dimension */
	size_t n_models;
	const char **models;
	size_t n_rows;
	struct observation *rows;
};

void log_order_deinit(struct log_order *order);

must_check int log_order_queries(struct log_build *build, const struct log_vectors *vectors,
				 struct log_order *order);
must_check int log_order_rows(struct log_build *build,
			      struct log_order *order); /* takes the rows of `build` */
/* `keep_models`: models stay whatever they lack. */
must_check int log_order_prune(struct log_build *build, size_t dimension, bool keep_models,
			       struct log_order *order);
