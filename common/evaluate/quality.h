/* quality.h: iso-quality cost, calibration, cost error.                    algorithms.md §5 (kind: kernel) */
#pragma once

#include "common/evaluate/controls.h"
#include "common/evaluate/estimates.h"
#include "common/evaluate/judged.h"
#include "common/evaluate/test_table.h"

enum { QUALITY_BINS = 15 };

struct quality {                     /* NaN where not reached or undefined */
	double iso_cost;             /* least cost on the router's hull with score ≥ best single's */
	double cost_save;            /* 1 − iso_cost / cost(best single) */
	double perf_gain;            /* peak / best single − 1 */
	double ece, brier;           /* means over models of the per-model figures */
	double cost_error;           /* mean |ln ĉ − ln c| over observed cells with c > 0 */
};
