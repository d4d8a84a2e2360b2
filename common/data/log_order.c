/* log_order.c: sorts queries, models and rows.                                              (kind: kernel) */
#include "common/data/log_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DROPPED UINT32_MAX

void log_order_deinit(struct log_order *order)
{
	free(order->queries);
	free(order->numbers);
	free(order->embeddings);
	free(order->models);
	free(order->rows);
	*order = (struct log_order){ 0 };
}

/* Give rows their new query or model numbers; those of dropped ones go. Returns how many stay. */
static size_t renumber(struct observation *rows, size_t n_rows, const uint32_t *changed, bool models)
{
	size_t n = 0;
	for (size_t i = 0; i < n_rows; i++) {
		struct observation row = rows[i];
		uint32_t *number = models ? &row.model : &row.query;
		*number = changed[*number];
		if (*number != DROPPED)
			rows[n++] = row;
	}
	return n;
}

static int count_rows(const struct log_build *build, size_t **out)
{
	size_t *counts = calloc(build->ids.n + 1, sizeof(*counts));
	TRY_ALLOC(counts);
	for (size_t i = 0; i < build->n_rows; i++)
		counts[build->rows[i].query]++;
	*out = counts;
	return 0;
}

static void tell_unplaced(const struct log_build *build, uint32_t number, const struct log_vectors *vectors)
{
	const struct log_place *place = &build->queries[number].place;
	if (vectors->kind == LOG_VECTORS_NPY)
		findings_add(build->findings, place->file, place->line, "embedding is zero or not finite",
			     "row %u of the embeddings, counted from 0, has no direction: make it again",
			     number);
	else if (vectors->kind == LOG_VECTORS_HASH)
		findings_add(build->findings, place->file, place->line, "text is too short for its encoder",
			     "its grams cancel each other: use more dimensions, or remove the query");
	else
		findings_add(build->findings, place->file, place->line, "query has no usable embedding",
			     "give one of its rows an embedding, or remove the query");
}

/* Read and normalize the vector of one query into the next place. False: it has no direction. */
static int place_query(const struct log_build *build, uint32_t number, const struct log_vectors *vectors,
		       struct log_order *order, bool *is_placed)
{
	const struct log_build_query *query = &build->queries[number];
	float *x = order->embeddings + order->n_queries * vectors->dimension;
	TRY(log_vectors_read(vectors, number, query->text, x));
	*is_placed = embed_normalize(x, vectors->dimension);
	if (!*is_placed)
		return 0;
	order->numbers[order->n_queries] = number;
	order->queries[order->n_queries++] =
		(struct query){ .id = build->ids.items[number], .text = query->text, .task = query->task };
	return 0;
}

int log_order_queries(struct log_build *build, const struct log_vectors *vectors, struct log_order *order)
{
	size_t n = build->ids.n;
	cleanup(free_pointer) uint32_t *sorted = NULL, *changed = malloc((n + 1) * sizeof(*changed));
	cleanup(free_pointer) size_t *counts = NULL;
	order->queries = malloc((n + 1) * sizeof(*order->queries));
	order->numbers = malloc((n + 1) * sizeof(*order->numbers));
	order->embeddings = malloc((n + 1) * vectors->dimension * sizeof(*order->embeddings));
	TRY_ALLOC(changed && order->queries && order->numbers && order->embeddings);
	TRY(names_sort(&build->ids, &sorted));
	TRY(count_rows(build, &counts));
	for (size_t i = 0; i < n; i++) {
		bool is_placed = false;
		changed[sorted[i]] = (uint32_t)order->n_queries;
		if (counts[sorted[i]] > 0)
			TRY(place_query(build, sorted[i], vectors, order, &is_placed));
		if (is_placed)
			continue;
		changed[sorted[i]] = DROPPED;
		build->report.rows_bad += counts[sorted[i]];
	}
	for (uint32_t number = 0; number < n; number++) { /* in the order of the file, as a person mends it */
		if (changed[number] == DROPPED && counts[number] > 0)
			tell_unplaced(build, number, vectors);
	}
	build->n_rows = renumber(build->rows, build->n_rows, changed, false);
	return 0;
}

static int sort_models(struct log_build *build, struct log_order *order)
{
	size_t n = build->models.n;
	cleanup(free_pointer) uint32_t *sorted = NULL, *changed = malloc((n + 1) * sizeof(*changed));
	order->models = malloc((n + 1) * sizeof(*order->models));
	TRY_ALLOC(changed && order->models);
	TRY(names_sort(&build->models, &sorted));
	for (size_t m = 0; m < n; m++) {
		changed[sorted[m]] = (uint32_t)m;
		order->models[m] = build->models.items[sorted[m]];
	}
	order->n_models = n;
	renumber(build->rows, build->n_rows, changed, true);
	return 0;
}

/* One stable counting sort of `from` into `to` by query or by model, of which there are `n_keys`. */
static int sort_by(const struct observation *from, size_t n, bool models, size_t n_keys,
		   struct observation *to)
{
	cleanup(free_pointer) size_t *places = calloc(n_keys + 1, sizeof(*places));
	TRY_ALLOC(places);
	for (size_t i = 0; i < n; i++)
		places[(models ? from[i].model : from[i].query) + 1]++;
	for (size_t key = 0; key < n_keys; key++)
		places[key + 1] += places[key];
	for (size_t i = 0; i < n; i++)
		to[places[models ? from[i].model : from[i].query]++] = from[i];
	return 0;
}

/* By model, then stably by query: rows of one key stay in order of appearance. Takes the rows from
 * `build`. */
static int sort_rows(struct log_build *build, struct log_order *order)
{
	cleanup(free_pointer) struct observation *by_model = malloc((build->n_rows + 1) * sizeof(*by_model));
	TRY_ALLOC(by_model);
	TRY(sort_by(build->rows, build->n_rows, true, order->n_models, by_model));
	TRY(sort_by(by_model, build->n_rows, false, order->n_queries, build->rows));
	order->rows = build->rows;
	order->n_rows = build->n_rows;
	build->rows = NULL;
	build->n_rows = build->rows_room = 0;
	return 0;
}

static bool is_same_value(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* Of the rows with one key the last stays. */
static void unite_rows(struct log_order *order, struct log_report *report)
{
	size_t n = 0;
	for (size_t i = 0; i < order->n_rows; i++) {
		struct observation row = order->rows[i], *last = n > 0 ? &order->rows[n - 1] : NULL;
		if (!last || last->query != row.query || last->model != row.model) {
			order->rows[n++] = row;
			continue;
		}
		bool is_same = is_same_value(last->score, row.score) && is_same_value(last->cost, row.cost) &&
			       is_same_value(last->propensity, row.propensity);
		report->duplicates += is_same;
		report->replaced += !is_same;
		*last = row;
	}
	order->n_rows = n;
}

int log_order_rows(struct log_build *build, struct log_order *order)
{
	TRY(sort_models(build, order));
	TRY(sort_rows(build, order));
	unite_rows(order, &build->report);
	return 0;
}

struct seen {
	size_t scores, costs;
};

static int count_values(const struct log_order *order, struct seen **out)
{
	struct seen *seen = calloc(order->n_models + 1, sizeof(*seen));
	TRY_ALLOC(seen);
	for (size_t i = 0; i < order->n_rows; i++) {
		const struct observation *row = &order->rows[i];
		seen[row->model].scores += !isnan(row->score);
		seen[row->model].costs += !isnan(row->cost);
	}
	*out = seen;
	return 0;
}

/* Models keep their order, so rows stay sorted. */
static int drop_models(struct log_build *build, struct log_order *order)
{
	cleanup(free_pointer) uint32_t *changed = malloc((order->n_models + 1) * sizeof(*changed));
	cleanup(free_pointer) struct seen *seen = NULL;
	TRY_ALLOC(changed);
	TRY(count_values(order, &seen));
	size_t n = 0;
	for (size_t m = 0; m < order->n_models; m++) {
		const char *name = order->models[m];
		changed[m] = DROPPED;
		if (seen[m].scores > 0 && seen[m].costs > 0) {
			changed[m] = (uint32_t)n;
			order->models[n++] = name;
		} else if (seen[m].scores + seen[m].costs > 0) {
			findings_add(build->findings, build->place.file, 0, "note: model is left out",
				     "\"%s\" has %zu scores and %zu costs: log both to route to it", name,
				     seen[m].scores, seen[m].costs);
		}
	}
	order->n_models = n;
	order->n_rows = renumber(order->rows, order->n_rows, changed, true);
	return 0;
}

/* Rows are sorted by query: queries without one are skipped. */
static void drop_queries(struct log_order *order, size_t dimension)
{
	size_t n = 0;
	for (size_t i = 0; i < order->n_rows;) {
		uint32_t from = order->rows[i].query;
		order->queries[n] = order->queries[from];
		order->numbers[n] = order->numbers[from];
		memmove(order->embeddings + n * dimension, order->embeddings + from * dimension,
			dimension * sizeof(*order->embeddings));
		while (i < order->n_rows && order->rows[i].query == from)
			order->rows[i++].query = (uint32_t)n;
		n++;
	}
	order->n_queries = n;
}

int log_order_prune(struct log_build *build, size_t dimension, bool keep_models, struct log_order *order)
{
	if (!keep_models)
		TRY(drop_models(build, order));
	drop_queries(order, dimension);
	return 0;
}
