/* Random logs against the plainest way to put them in order. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 400, QUERIES = 40, MODELS = 6 };

/* What row i says. A value of −1 is missing. */
struct said {
	int query, model, score, cost;
};

static uint64_t state;

static int draw(int n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (int)((state >> 33) % (unsigned)n);
}

/* Query 0 and model 0 are named so that they sort last. */
static void name(char out[8], char kind, int number)
{
	snprintf(out, 8, "%c%d", number == 0 ? 'z' : kind, number * 7919 % 1000);
}

static void draw_rows(struct said rows[ROWS])
{
	for (int i = 0; i < ROWS; i++) {
		rows[i] = (struct said){ draw(QUERIES), draw(MODELS), draw(4) - 1, draw(4) - 1 };
		if (rows[i].score < 0 && rows[i].cost < 0)
			rows[i].score = 0;
		if (rows[i].model == 3) /* never has a cost: this model is left out */
			rows[i] = (struct said){ rows[i].query, 3, 1, -1 };
	}
}

static void print_number(FILE *out, const char *key, int value, double unit)
{
	if (value >= 0)
		fprintf(out, ",\"%s\":%g", key, value * unit);
}

static struct reading read_rows(const struct said rows[ROWS])
{
	char *text = NULL, query[8], model[8];
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (int i = 0; i < ROWS; i++) {
		name(query, 'q', rows[i].query);
		name(model, 'm', rows[i].model);
		fprintf(out, "{\"id\":\"%s\",\"query\":\"text of %s\",\"model\":\"%s\"", query, query, model);
		print_number(out, "score", rows[i].score, 0.5);
		print_number(out, "cost", rows[i].cost, 0.125);
		fputs("}\n", out);
	}
	fclose(out);
	struct reading reading = reading_text("log.jsonl", text, 0);
	free(text);
	return reading;
}

/* The last row of a key, or NULL. */
static const struct said *last_of(const struct said rows[ROWS], int query, int model)
{
	for (int i = ROWS - 1; i >= 0; i--)
		if (rows[i].query == query && rows[i].model == model)
			return &rows[i];
	return NULL;
}

static void is_value(double value, int said, double unit)
{
	if (said < 0)
		ck_assert_double_nan(value);
	else
		ck_assert_double_eq(value, said * unit);
}

static size_t compare_cell(const struct reading *reading, const struct said rows[ROWS], int query, int model)
{
	char id[8], model_name[8];
	name(id, 'q', query);
	name(model_name, 'm', model);
	const struct said *said = model == 3 ? NULL : last_of(rows, query, model);
	const struct observation *row = reading_row(reading, id, model_name);
	ck_assert_msg(!said == !row, "%s, %s: %s", id, model_name, row ? "not said" : "lost");
	if (row) {
		is_value(row->score, said->score, 0.5);
		is_value(row->cost, said->cost, 0.125);
	}
	return row != NULL;
}

static void is_sorted(const struct dataset *data)
{
	for (size_t q = 1; q < data->n_queries; q++)
		ck_assert_int_lt(strcmp(data->queries[q - 1].id, data->queries[q].id), 0);
	for (size_t m = 1; m < data->n_models; m++)
		ck_assert_int_lt(strcmp(data->models[m - 1], data->models[m]), 0);
	for (size_t i = 1; i < data->n_rows; i++)
		ck_assert(data->rows[i - 1].query < data->rows[i].query ||
			  (data->rows[i - 1].query == data->rows[i].query &&
			   data->rows[i - 1].model < data->rows[i].model));
}

START_TEST(the_last_row_of_every_key_is_kept_and_all_is_sorted)
{
	static struct said rows[ROWS];
	state = 1;
	for (int repetition = 0; repetition < 20; repetition++) {
		draw_rows(rows);
		struct reading reading = read_rows(rows);
		size_t n = 0;
		for (int query = 0; query < QUERIES; query++)
			for (int model = 0; model < MODELS; model++)
				n += compare_cell(&reading, rows, query, model);
		ck_assert_uint_eq(reading.data->n_rows, n);
		is_sorted(reading.data);
		reading_close(&reading);
	}
}
END_TEST

/* Each query keeps the embedding of its own text, wherever pruning moved it. */
START_TEST(embeddings_move_with_their_queries)
{
	static struct said rows[ROWS];
	state = 99;
	draw_rows(rows);
	for (int i = 0; i < ROWS; i++)
		if (rows[i].query % 3 == 1)
			rows[i] = (struct said){ rows[i].query, 3, 1, -1 };
	struct reading reading = read_rows(rows);
	ck_assert_uint_lt(reading.data->n_queries, QUERIES);
	for (size_t q = 0; q < reading.data->n_queries; q++) {
		const char *text = reading.data->queries[q].text;
		float x[8], raw[8];
		ck_assert_int_eq(hash_encode(text, strlen(text), x, 8), 0);
		log_raw_embedding(reading.log, q, raw);
		ck_assert_mem_eq(raw, x, sizeof(x));
		ck_assert(embed_normalize(x, 8));
		ck_assert_mem_eq(reading.data->embeddings + 8 * q, x, sizeof(x));
		ck_assert_str_eq(text + strlen("text of "), reading.data->queries[q].id);
	}
	is_sorted(reading.data);
	reading_close(&reading);
}
END_TEST

START_TEST(the_order_of_rows_changes_nothing_but_which_row_wins)
{
	static struct said rows[ROWS], turned[ROWS];
	state = 5;
	for (int i = 0; i < ROWS; i++) /* every key once */
		rows[i] = (struct said){ i / MODELS, i % MODELS == 3 ? 4 : i % MODELS, i % 3, i % 5 };
	for (int i = 0; i < ROWS; i++)
		turned[i] = rows[ROWS - 1 - i];
	struct reading a = read_rows(rows), b = read_rows(turned);
	ck_assert_uint_eq(a.data->n_queries, b.data->n_queries);
	ck_assert_mem_eq(a.data->embeddings, b.data->embeddings, a.data->n_queries * 8 * sizeof(float));
	for (size_t i = 0; i < a.data->n_rows; i++) {
		ck_assert_uint_eq(a.data->rows[i].query, b.data->rows[i].query);
		ck_assert_uint_eq(a.data->rows[i].model, b.data->rows[i].model);
	}
	reading_close(&a);
	reading_close(&b);
}
END_TEST

SUITE_MAIN("data/log_order", the_last_row_of_every_key_is_kept_and_all_is_sorted,
	   embeddings_move_with_their_queries, the_order_of_rows_changes_nothing_but_which_row_wins)
