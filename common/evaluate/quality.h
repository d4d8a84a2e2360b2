/* quality.h: iso-quality cost, calibration, cost error.                    algorithms.md §5 (kind: kernel) */
#pragma once

#include "common/evaluate/controls.h"
#include "common/evaluate/estimates.h"
#include "common/evaluate/judged.h"
#include "common/evaluate/test_table.h"

enum { QUALITY_BINS = 15 };

struct quality {           /* NaN where not reached or undefined */
	double iso_cost;   /* least cost on the router's hull with score ≥ best single's */
	double cost_save;  /* 1 − iso_cost / cost(best single) */
	double perf_gain;  /* peak / best single − 1 */
	double ece, brier; /* means over models of the per-model figures */
	double cost_error; /* mean |ln ĉ − ln c| over observed cells with c > 0 */
};

/* Least cost at which the router's hull reaches `score`; NaN: it never does. */
double quality_iso_cost(const struct judged *judged, double score);

/* Mean over the routable observed models of: the expected calibration error (QUALITY_BINS equal bins of
 * [0, 1]; estimates beyond go into the outer ones), and the mean squared error of the estimated score. */
double quality_ece(const struct test_table *table, const struct estimates *estimates);
double quality_brier(const struct test_table *table, const struct estimates *estimates);

/* Mean |ln ĉ − ln c| over the observed cells of routable models with c > 0. */
double quality_cost_error(const struct test_table *table, const struct estimates *estimates);
