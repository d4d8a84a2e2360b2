/* judged.h: a router's decisions on a test table for every λ, and the curve they make.         (kind: kernel)
 *
 * Decisions change little from one λ to the next, so they are kept as the first λ's choice and the rows
 * that turn to another model on the way from one distinct decision vector to the next. The bootstrap works
 * on these alone.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/evaluate/area.h"

enum { JUDGED_LAMBDAS = 100, JUDGED_UNDECIDED = UINT16_MAX };

struct curve {
	double lambda[JUDGED_LAMBDAS];
	struct point point[JUDGED_LAMBDAS];
	size_t n; /* 0 where the router could choose no model at all */
};

struct turn {
	uint32_t row;
	uint16_t from, to; /* models */
};

struct judged {
	struct curve curve;
	size_t n_rows, n_decided; /* rows, and those in which some model could be chosen */
	size_t n_distinct;
	size_t which[JUDGED_LAMBDAS];     /* λ → distinct decision vector, never falling */
	uint16_t *first;                  /* n_rows: choices of vector 0; JUDGED_UNDECIDED: none ever */
	struct turn *turns;               /* owned, by distinct vector, then row */
	size_t turns_end[JUDGED_LAMBDAS]; /* vector j: turns turns_end[j − 1] … turns_end[j] − 1 */
	struct point at[JUDGED_LAMBDAS];  /* n_distinct: the curve's points without repetition */
	double aiq, nauc, max_accuracy;   /* NaN: undefined */
};

/* λ_k = 10^(−2 + 9k/99), the grid of algorithms.md §5. */
double judged_lambda(size_t k);

void judged_deinit(struct judged *judged);
