/* A partition file over a log of six queries and three models: what is taken keeps the rules, and is the same
 * when it is written and read again. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "server/simulate/partition.h"

enum { QUERIES = 6, MODELS = 3 };

static const char *const models[MODELS] = { "a", "b", "c" };
static const struct query queries[QUERIES] = { { "q0", "?", "t" }, { "q1", "?", "t" }, { "q2", "?", "t" },
					       { "q3", "?", "u" }, { "q4", "?", "u" }, { "q5", "?", "u" } };

/* Query 5 has no row at all, query 4 only those of one model. */
static struct dataset log_of_six(struct observation *rows)
{
	struct dataset data = {
		.n_models = MODELS, .models = models, .n_queries = QUERIES, .queries = queries, .rows = rows
	};
	for (uint32_t q = 0; q < QUERIES - 1; q++)
		for (uint32_t m = 0; m < (q == 4 ? 1 : MODELS); m++)
			rows[data.n_rows++] = (struct observation){ q, m, 0.5, 1.0, (double)NAN };
	return data;
}

static void compare(const struct partition *a, const struct partition *b)
{
	FUZZ_NEED(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct partition_client *x = &a->clients[i], *y = &b->clients[i];
		FUZZ_NEED(strcmp(x->name, y->name) == 0);
		FUZZ_NEED(i == 0 || strcmp(a->clients[i - 1].name, x->name) < 0);
		FUZZ_NEED(x->n_test == y->n_test && x->train.n_rows == y->train.n_rows);
		for (size_t j = 0; j < x->n_test; j++)
			FUZZ_NEED(x->test[j] == y->test[j] && x->test[j] < QUERIES);
		for (size_t j = 0; j < x->train.n_rows; j++)
			FUZZ_NEED(x->train.rows[j].query == y->train.rows[j].query &&
				  x->train.rows[j].model == y->train.rows[j].model);
	}
}

static void check(const struct partition *partition, const struct dataset *data)
{
	struct findings findings = { 0 };
	struct partition again = { 0 };
	struct dataset train = { 0 }, test = { 0 };
	FUZZ_NEED(partition_pool(partition, data, &train, &test) == 0);
	FUZZ_NEED(train.n_rows + test.n_rows <= data->n_rows);
	FUZZ_NEED(partition_write(partition, data, 100, fuzz_path()) == 0);
	FUZZ_NEED(partition_read(fuzz_path(), data, &findings, &again) == PARTITION_E_OK);
	compare(partition, &again);
	partition_deinit(&again);
	dataset_deinit(&train);
	dataset_deinit(&test);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct observation rows[QUERIES * MODELS];
	const struct dataset data = log_of_six(rows);
	struct findings findings = { 0 };
	struct partition partition = { 0 };
	int r = partition_read(fuzz_file(bytes, n), &data, &findings, &partition);
	fuzz_judge(r, &findings);
	if (r == PARTITION_E_OK)
		check(&partition, &data);
	partition_deinit(&partition);
	return 0;
}
