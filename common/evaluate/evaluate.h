/* evaluate.h: what a router is worth on a test table, beside the controls.          algorithms.md §5      (kind: kernel)
 *
 * All sums are over test rows in order; bootstrap draws are keyed by the seed: the same input gives the same bits for any
 * number of threads.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/evaluate/test_table.h"

enum { EVALUATE_LAMBDAS = 100, EVALUATE_RESAMPLES = 1000 };

struct point {
	double cost, score;          /* means over test rows, USD per query */
};

struct curve {
	double lambda[EVALUATE_LAMBDAS];
	struct point point[EVALUATE_LAMBDAS];
	size_t n;                    /* 0 where the router could choose no model at all */
};

/* Everything the bootstrap needs of a router: the realised (score, cost) of each row for each distinct decision vector. */
struct judged {
	struct curve curve;
	size_t n_rows, n_distinct;
	size_t which[EVALUATE_LAMBDAS];      /* λ → distinct decision vector */
	float *row_score, *row_cost;         /* n_distinct × n_rows, owned */
	double aiq, nauc, max_accuracy;      /* NaN: undefined */
};

/* λ_k = 10^(−2 + 9k/99). */
double evaluate_lambda(size_t k);

/* Route every row for every λ; argmax over the row's observed and routable models (algorithms.md §5, F). */
must_check int evaluate_router(const struct test_table *table, const struct estimates *estimates, struct judged *out);
void judged_deinit(struct judged *judged);

/* Areas of algorithms.md §5 over any points. NaN where undefined. */
double area_nauc(const struct point *points, size_t n);
double area_aiq(const struct point *points, size_t n, double lo, double hi);

struct single {
	double accuracy, cost;       /* means over the rows where the model is observed */
};

struct controls {
	size_t n_models;
	struct single *singles;      /* K, owned */
	size_t best_single, cheapest_single;
	struct single random;
	double lo, hi;               /* mean cost of the cheapest and dearest single model: the common axis */
	double static_mix_aiq;
	double oracle_aiq, oracle_accuracy;
	double task_oracle_aiq;
};

must_check int controls_new(const struct test_table *table, struct controls *out);
void controls_deinit(struct controls *controls);

struct interval {
	double low, high;            /* 2.5 and 97.5 percentile */
};

struct gains {                       /* of one router, all on the same resamples */
	struct interval aiq;
	double lift;                 /* aiq − aiq of the baseline */
	struct interval lift_interval;
	double mix_gain;             /* mean score − hull of singles at equal mean cost, at the operating point with the
	                              * largest such gain on the full table */
	struct interval mix_gain_interval;
};

/* Paired bootstrap over test queries, EVALUATE_RESAMPLES replicates; lo and hi are recomputed per replicate.
 * `baseline`[i]: index of router i's static learner in `routers`. */
must_check int bootstrap_gains(const struct test_table *table, const struct judged *const *routers, size_t n,
			       const size_t *baseline, uint64_t seed, size_t threads, struct gains *out);

struct quality {                     /* beyond the curve; NaN where not reached or undefined */
	double iso_cost;             /* least cost on the router's hull with score ≥ best single's */
	double cost_save;            /* 1 − iso_cost / cost(best single) */
	double perf_gain;            /* peak / best single − 1 */
	double ece, brier;           /* means over models of the per-model figures (15 bins) */
	double cost_error;           /* mean |ln ĉ − ln c| over observed cells with c > 0 */
};

void evaluate_quality(const struct test_table *table, const struct estimates *estimates, const struct judged *judged,
		      const struct controls *controls, struct quality *out);
