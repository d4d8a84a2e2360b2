/* partition.c: the clients' parts, and all of them as one.                      (kind: kernel) */
#include "server/simulate/partition.h"

#include <stdlib.h>
#include <string.h>

void partition_deinit(struct partition *partition)
{
	if (!partition)
		return;
	for (size_t c = 0; c < partition->n; c++) {
		free(partition->clients[c].name);
		free(partition->clients[c].test);
		dataset_deinit(&partition->clients[c].train);
	}
	free(partition->clients);
	*partition = (struct partition){ 0 };
}

static int pool_train(const struct partition *partition, const struct dataset *data, struct dataset *out)
{
	size_t n = 0;
	for (size_t c = 0; c < partition->n; c++)
		n += partition->clients[c].train.n_rows;
	TRY(dataset_like(data, n, out));
	for (size_t c = 0; c < partition->n; c++) {
		const struct dataset *train = &partition->clients[c].train;
		if (train->n_rows > 0)
			memcpy(out->rows + out->n_rows, train->rows, train->n_rows * sizeof(*train->rows));
		out->n_rows += train->n_rows;
	}
	dataset_sort(out);
	return 0;
}

static int pool_test(const struct partition *partition, const struct dataset *data, struct dataset *out)
{
	cleanup(free_pointer) char *tested = calloc(data->n_queries + 1, 1);
	TRY_ALLOC(tested);
	for (size_t c = 0; c < partition->n; c++)
		for (size_t i = 0; i < partition->clients[c].n_test; i++)
			tested[partition->clients[c].test[i]] = 1;
	size_t n = 0;
	for (size_t i = 0; i < data->n_rows; i++)
		n += tested[data->rows[i].query] != 0;
	TRY(dataset_like(data, n, out));
	for (size_t i = 0; i < data->n_rows; i++)
		if (tested[data->rows[i].query])
			out->rows[out->n_rows++] = data->rows[i];
	return 0;
}

int partition_pool(const struct partition *partition, const struct dataset *data, struct dataset *train,
		   struct dataset *test)
{
	cleanup(dataset_deinit) struct dataset all_train = { 0 };
	TRY(pool_train(partition, data, &all_train));
	TRY(pool_test(partition, data, test));
	*train = all_train;
	all_train.rows = NULL;
	return 0;
}
