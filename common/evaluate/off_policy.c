/* off_policy.c: doubly robust values.                                                       (kind: kernel) */
#include "common/evaluate/off_policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void off_policy_log_deinit(struct off_policy_log *log)
{
	free(log->propensity);
	*log = (struct off_policy_log){ 0 };
}

/* A row by the label of its task. */
struct labelled {
	const char *task;
	size_t row;
};

static int by_task(const void *a, const void *b)
{
	const struct labelled *p = a, *q = b;
	int order = strcmp(p->task, q->task);
	return order != 0 ? order : (p->row > q->row) - (p->row < q->row);
}

/* Rows first … end − 1 are one task: each model's share among them, where none was logged. */
static void fill_shares(const struct dataset *data, const struct labelled *rows, size_t n, size_t *count,
			double *propensity)
{
	memset(count, 0, data->n_models * sizeof(*count));
	for (size_t i = 0; i < n; i++)
		count[data->rows[rows[i].row].model]++;
	for (size_t i = 0; i < n; i++) {
		const struct observation *row = &data->rows[rows[i].row];
		propensity[rows[i].row] =
			isnan(row->propensity) ? (double)count[row->model] / (double)n : row->propensity;
	}
}

static size_t label_rows(const struct dataset *data, struct labelled *out)
{
	size_t n = 0;
	for (size_t i = 0; i < data->n_rows; i++) {
		if (observation_has_both(&data->rows[i]))
			out[n++] = (struct labelled){ data->queries[data->rows[i].query].task, i };
	}
	qsort(out, n, sizeof(*out), by_task);
	return n;
}

int off_policy_log_new(const struct dataset *data, const double *score, const double *cost,
		       struct off_policy_log *out)
{
	cleanup(free_pointer) struct labelled *rows = calloc(data->n_rows + 1, sizeof(*rows));
	cleanup(free_pointer) size_t *count = calloc(data->n_models + 1, sizeof(*count));
	cleanup(free_pointer) double *propensity = calloc(data->n_rows + 1, sizeof(*propensity));
	TRY_ALLOC(rows);
	TRY_ALLOC(count);
	TRY_ALLOC(propensity);
	size_t n = label_rows(data, rows);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(rows[end].task, rows[i].task) == 0;)
			end++;
		fill_shares(data, rows + i, end - i, count, propensity);
	}
	*out = (struct off_policy_log){ data, score, cost, propensity };
	propensity = NULL;
	return 0;
}

struct pair {
	double score, cost;
};

static struct pair row_value(const struct off_policy_log *log, size_t i, size_t chosen)
{
	const struct observation *row = &log->data->rows[i];
	size_t cell = i * log->data->n_models;
	struct pair value = { log->score[cell + chosen], log->cost[cell + chosen] };
	if (chosen == row->model) {
		double weight = fmin(1.0 / log->propensity[i], OFF_POLICY_WEIGHT_MOST);
		value.score += weight * (row->score - log->score[cell + chosen]);
		value.cost += weight * (row->cost - log->cost[cell + chosen]);
	}
	return value;
}

static struct pair row_difference(const struct off_policy_log *log, size_t i, const uint16_t *policy,
				  const uint16_t *other)
{
	struct pair value = row_value(log, i, policy[i]);
	if (other) {
		struct pair less = row_value(log, i, other[i]);
		value.score -= less.score;
		value.cost -= less.cost;
	}
	return value;
}

/* Mean over the rows of the query that begins at row *i, which moves to the next query's; returns how many
 * rows count. */
static size_t next_query(const struct off_policy_log *log, size_t *i, const uint16_t *policy,
			 const uint16_t *other, struct pair *out)
{
	const struct dataset *data = log->data;
	uint32_t query = data->rows[*i].query;
	size_t n = 0;
	*out = (struct pair){ 0 };
	for (; *i < data->n_rows && data->rows[*i].query == query; ++*i) {
		if (!observation_has_both(&data->rows[*i]))
			continue;
		struct pair value = row_difference(log, *i, policy, other);
		out->score += value.score;
		out->cost += value.cost;
		n++;
	}
	out->score /= (double)n;
	out->cost /= (double)n;
	return n;
}

static double standard_error(double squares, size_t n)
{
	return n < 2 ? NAN : sqrt(squares / (double)(n - 1) / (double)n);
}

void off_policy_difference(const struct off_policy_log *log, const uint16_t *policy, const uint16_t *other,
			   struct off_policy_value *out)
{
	struct pair mean = { 0 }, squares = { 0 }, value; /* Welford's running sums */
	size_t n = 0;
	for (size_t i = 0; i < log->data->n_rows;) {
		if (next_query(log, &i, policy, other, &value) == 0)
			continue;
		n++;
		double score_step = value.score - mean.score, cost_step = value.cost - mean.cost;
		mean.score += score_step / (double)n;
		mean.cost += cost_step / (double)n;
		squares.score += score_step * (value.score - mean.score);
		squares.cost += cost_step * (value.cost - mean.cost);
	}
	*out = (struct off_policy_value){
		.score = n ? mean.score : NAN,
		.score_error = standard_error(squares.score, n),
		.cost = n ? mean.cost : NAN,
		.cost_error = standard_error(squares.cost, n),
		.queries = n,
	};
}

void off_policy_value(const struct off_policy_log *log, const uint16_t *policy, struct off_policy_value *out)
{
	off_policy_difference(log, policy, NULL, out);
}

/* Row r of the table: means over the counted rows of its query, from row *i on. */
static void fill_row(const struct off_policy_log *log, size_t *i, size_t r, struct test_table *table)
{
	const struct dataset *data = log->data;
	size_t n = 0, k = table->n_models;
	double *score = table->score + r * k, *cost = table->cost + r * k;
	for (size_t m = 0; m < k; m++)
		score[m] = cost[m] = 0.0;
	for (; *i < data->n_rows && data->rows[*i].query <= table->query[r]; ++*i) {
		if (data->rows[*i].query < table->query[r] || !observation_has_both(&data->rows[*i]))
			continue;
		for (size_t m = 0; m < k; m++) {
			struct pair value = row_value(log, *i, m);
			score[m] += value.score;
			cost[m] += value.cost;
		}
		n++;
	}
	for (size_t m = 0; m < k; m++) {
		score[m] /= (double)n;
		cost[m] /= (double)n;
	}
}

int off_policy_table(const struct off_policy_log *log, struct test_table *out)
{
	TRY(test_table_new(log->data, out));
	for (size_t r = 0, i = 0; r < out->n; r++)
		fill_row(log, &i, r, out);
	return 0;
}

size_t off_policy_comparable(const struct dataset *data)
{
	size_t comparable = 0;
	for (size_t i = 0, end; i < data->n_rows; i = end) {
		size_t both = 0;
		for (end = i; end < data->n_rows && data->rows[end].query == data->rows[i].query; end++)
			both += observation_has_both(&data->rows[end]);
		comparable += both >= 2;
	}
	return comparable;
}
