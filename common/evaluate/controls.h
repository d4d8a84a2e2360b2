/* controls.h: what every router must be seen beside.                       algorithms.md §5 (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/evaluate/judged.h"
#include "common/evaluate/test_table.h"

struct single {
	double accuracy, cost; /* means over the rows where the model is observed; NaN: nowhere */
};

enum { CONTROLS_ORACLE = JUDGED_LAMBDAS + 1 };

struct controls {
	size_t n_models;
	struct single *singles; /* K, owned */
	size_t best_single;     /* highest accuracy (tie: the cheaper one) */
	size_t cheapest_single; /* lowest cost (tie: the more accurate one) */
	struct single random;   /* mean over the models observed somewhere */
	double lo, hi;          /* mean cost of the cheapest and dearest single model: the common axis */
	double static_mix_aiq;  /* hull of the single models */
	double oracle_aiq;      /* per row argmax of score − λ·cost over the grid, and the top point */
	struct point oracle[CONTROLS_ORACLE]; /* the top point, then those by rising λ */
	double oracle_accuracy; /* score of the top point: the cheapest of each row's best models */
	double task_oracle_aiq; /* per λ and task: argmax of mean score − λ·mean cost */
};

/* The common axis alone: mean cost of the cheapest and of the dearest single model; NaN for an empty
 * table. */
void controls_axis(const struct test_table *table, double *lo, double *hi);

/* Controls of a table with at least one row. AIQ figures are NaN where lo = hi. */
must_check int controls_new(const struct test_table *table, struct controls *out);
void controls_deinit(struct controls *controls);
