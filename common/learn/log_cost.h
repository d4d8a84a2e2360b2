/* log_cost.h: the unit in which costs are learned: the logarithm of micro-dollars.             (kind: kernel)
 *
 * ℓ(c) = ln(10⁶·c + 0.1), ĉ = 10⁻⁶·exp(clip(ℓ̂, −6.2, 27.8)), so a predicted cost is positive and finite
 * whatever ℓ̂ is. ℓ̂ estimates the mean of the logarithm: ĉ is nearer the median.
 *                                                                              algorithms.md §9, rows 2 and 3
 */
#pragma once

#include <math.h>

static inline double log_cost(double usd)
{
	return log(1e6 * usd + 0.1);
}

static inline double log_cost_usd(double log_cost)
{
	return 1e-6 * exp(fmin(fmax(log_cost, -6.2), 27.8));
}
