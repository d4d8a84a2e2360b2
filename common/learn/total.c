/* total.c: between real values, words of a contribution and the state.                      (kind: kernel) */
#include "common/learn/total.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int total_start(const struct lanes *lanes, struct answer *answer)
{
	answer->words = calloc(lanes->words > 0 ? lanes->words : 1, sizeof(*answer->words));
	TRY_ALLOC(answer->words);
	return 0;
}

int total_put_part(const struct lanes *lanes, const char *name, size_t first, size_t n, const double *values,
		   struct answer *answer)
{
	const struct lane *lane = lanes_find(lanes, name);
	assert(lane && first <= lane->n && n <= lane->n - first);
	struct lane part = *lane;
	part.first += first;
	part.n = n;
	if (lanes_quantize(lanes, &part, values, answer->rows, answer->words, NULL, &answer->clipped) !=
	    LANES_E_OK)
		return FAIL(-ERANGE);
	return 0;
}

int total_put(const struct lanes *lanes, const char *name, const double *values, struct answer *answer)
{
	return total_put_part(lanes, name, 0, lanes_find(lanes, name)->n, values, answer);
}

int total_keep(const struct phase *phase, struct state *state, const struct answers *answers)
{
	int64_t *kept;
	TRY(tensors_add(&state->tensors, "total", TENSOR_I64, SHAPE(phase->lanes.words), &kept));
	memcpy(kept, answers->total, phase->lanes.words * sizeof(*kept));
	return 0;
}

const uint64_t *total_words(const struct state *state, const struct lanes *lanes)
{
	return tensors_data(&state->tensors, "total", TENSOR_I64, SHAPE(lanes->words));
}

void total_values(const struct lanes *lanes, const char *name, const uint64_t *words, double *values)
{
	const struct lane *lane = lanes_find(lanes, name);
	assert(lane);
	lanes_values(lane, words, values);
}
