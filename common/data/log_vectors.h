/* log_vectors.h: where the embeddings of a log come from.                                (kind: conductor) */
#pragma once

#include "common/data/log_build.h"
#include "common/io/npy.h"

struct log_vectors {
	enum { LOG_VECTORS_ROWS, LOG_VECTORS_NPY, LOG_VECTORS_HASH } kind;
	size_t dimension;
	struct npy npy; /* NPY: row = number of the id */
	float *rows;    /* ROWS: the same, taken from the rows of the log */
	struct encoder_identity identity;
};

void log_vectors_deinit(struct log_vectors *vectors);

/* Whether rows that carry their embeddings are asked for. */
bool log_vectors_in_rows(const struct log_source *source);

/* Open what `source` names, after all files were read, and check that it fits. LOG_E_BAD: it does not, see
 * findings. */
must_check int log_vectors_open(const struct log_source *source, struct log_build *build,
				struct log_vectors *out);

/* The embedding of a query as the input has it: `number` is its id's number of appearance. */
must_check int log_vectors_read(const struct log_vectors *vectors, uint32_t number, const char *text,
				float *out);
