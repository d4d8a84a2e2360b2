/* log_vectors.c: embeddings from a file, from an encoder, or from the rows themselves.   (kind: conductor) */
#include "common/data/log_vectors.h"

#include <stdlib.h>
#include <string.h>

void log_vectors_deinit(struct log_vectors *vectors)
{
	if (vectors->kind == LOG_VECTORS_NPY)
		npy_close(&vectors->npy);
	free(vectors->rows);
	encoder_identity_deinit(&vectors->identity);
	*vectors = (struct log_vectors){ 0 };
}

bool log_vectors_in_rows(const struct log_source *source)
{
	return !source->embeddings && !source->encoder;
}

static int open_hash(const struct log_source *source, struct log_build *build, struct log_vectors *vectors)
{
	vectors->kind = LOG_VECTORS_HASH;
	vectors->dimension = hash_dimension(source->encoder);
	if (vectors->dimension == 0) {
		findings_add(build->findings, source->encoder, 0, "unknown encoder",
			     "use hash, or hash:DIM with DIM from 1 to %d", ENCODER_DIMENSION_MOST);
		return LOG_E_BAD;
	}
	return hash_identity(vectors->dimension, &vectors->identity);
}

/* The identity of embeddings made elsewhere. */
static int identify_given(const struct log_source *source, struct log_build *build,
			  struct log_vectors *vectors)
{
	const char *name = source->encoder_name ? source->encoder_name : "given";
	size_t n = strlen(name);
	if (n == 0 || n >= ENCODER_NAME || vectors->dimension == 0 ||
	    vectors->dimension > ENCODER_DIMENSION_MOST) {
		findings_add(
			build->findings, source->embeddings ? source->embeddings : source->files[0], 0,
			"embeddings cannot be used",
			"give an encoder name of 1 to %d letters (this has %zu) and 1 to %d dimensions (%zu)",
			ENCODER_NAME - 1, n, ENCODER_DIMENSION_MOST, vectors->dimension);
		return LOG_E_BAD;
	}
	return encoder_identity_given(name, vectors->dimension, &vectors->identity);
}

static int open_npy(const struct log_source *source, struct log_build *build, struct log_vectors *vectors)
{
	int r = npy_open(source->embeddings, build->findings, &vectors->npy);
	if (r != NPY_E_OK)
		return r == NPY_E_BAD ? LOG_E_BAD : r;
	vectors->kind = LOG_VECTORS_NPY;
	vectors->dimension = vectors->npy.columns;
	if (build->torn_inside) {
		findings_add(
			build->findings, build->torn.file, build->torn.line, "row without a readable id",
			"row i of %s belongs to the i-th distinct id, so none may be lost: mend the line",
			source->embeddings);
		return LOG_E_BAD;
	}
	if (vectors->npy.rows != build->ids.n) {
		findings_add(build->findings, source->embeddings, 0, "embeddings do not fit the log",
			     "%zu rows for %zu distinct ids: make one row per id, in file order",
			     vectors->npy.rows, build->ids.n);
		return LOG_E_BAD;
	}
	return identify_given(source, build, vectors);
}

static int take_rows(const struct log_source *source, struct log_build *build, struct log_vectors *vectors)
{
	if (build->dimension == 0) {
		findings_add(build->findings, source->files[0], 0, "log has no embeddings",
			     "give --encoder hash or --embeddings FILE.npy");
		return LOG_E_BAD;
	}
	vectors->dimension = build->dimension;
	vectors->rows = build->vectors;
	build->vectors = NULL;
	for (size_t number = 0; number < build->ids.n; number++)
		if (!build->queries[number].has_vector)
			memset(vectors->rows + number * vectors->dimension, 0,
			       vectors->dimension * sizeof(float));
	return identify_given(source, build, vectors);
}

int log_vectors_open(const struct log_source *source, struct log_build *build, struct log_vectors *out)
{
	if (source->embeddings && source->encoder) {
		findings_add(build->findings, source->embeddings, 0, "embeddings and an encoder",
			     "give either --embeddings or --encoder");
		return LOG_E_BAD;
	}
	if (source->encoder)
		return open_hash(source, build, out);
	return source->embeddings ? open_npy(source, build, out) : take_rows(source, build, out);
}

int log_vectors_read(const struct log_vectors *vectors, uint32_t number, const char *text, float *out)
{
	if (vectors->kind == LOG_VECTORS_HASH)
		return hash_encode(text, strlen(text), out, vectors->dimension);
	if (vectors->kind == LOG_VECTORS_NPY)
		npy_row(&vectors->npy, number, out);
	else
		memcpy(out, vectors->rows + number * vectors->dimension, vectors->dimension * sizeof(*out));
	return 0;
}
