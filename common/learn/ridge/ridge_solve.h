/* ridge_solve.h: the coefficients at given penalties, and how far to trust them.            (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/learn/ridge/ridge_evidence.h"

/* theta: [K, d + 1], intercept first: prediction of model m at x is theta_m · [1; x]. sums: centred. A
 * model without rows gets [mean; w0]. -EDOM: sums that no rows can give.   algorithms.md §10, steps 1 to 4 */
must_check int ridge_solve_theta(const struct ridge_sums *sums, enum ridge_target target,
				 struct ridge_penalties penalties, double *theta);

/* inverse_models: [K, (d+1)(d+2)/2], the upper triangles of H_m⁻¹ (intercept first), row by row;
 * inverse_shared: [d(d+1)/2], that of S⁻¹. For ridge_variance.h. */
must_check int ridge_solve_inverses(const struct ridge_sums *sums, struct ridge_penalties penalties,
				    double *inverse_models, double *inverse_shared);
