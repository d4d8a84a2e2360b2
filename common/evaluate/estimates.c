/* estimates.c: estimates follow the rows of their table.                                    (kind: kernel) */
#include "common/evaluate/estimates.h"

#include <stdlib.h>
#include <string.h>

void estimates_deinit(struct estimates *estimates)
{
	free(estimates->score);
	free(estimates->cost);
	*estimates = (struct estimates){ 0 };
}

int estimates_select(const struct test_table *table, const struct estimates *estimates,
		     const struct test_table *selected, struct estimates *out)
{
	size_t k = table->n_models, cells = selected->n * k;
	cleanup(estimates_deinit) struct estimates kept = { .routable = estimates->routable };
	kept.score = calloc(cells > 0 ? cells : 1, sizeof(double));
	kept.cost = calloc(cells > 0 ? cells : 1, sizeof(double));
	TRY_ALLOC(kept.score);
	TRY_ALLOC(kept.cost);
	for (size_t r = 0, s = 0; s < selected->n; r++) {
		if (table->query[r] != selected->query[s])
			continue;
		memcpy(kept.score + s * k, estimates->score + r * k, k * sizeof(double));
		memcpy(kept.cost + s * k, estimates->cost + r * k, k * sizeof(double));
		s++;
	}
	*out = kept;
	kept = (struct estimates){ 0 };
	return 0;
}
