/* ridge_variance.h: how far to trust an estimated score.                                    (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/router/router.h"

enum { RIDGE_VARIANCE_E_OK = 0, RIDGE_VARIANCE_E_NONE = 1 };

/* Variance of the estimated score of `model` at x (dimension floats):
 * σ²·(zᵀH⁻¹z + l1²·hᵀS⁻¹h), z = [1; x], [h0; h] = H⁻¹z. `workspace`: 2·(dimension + 1) doubles.
 * RIDGE_VARIANCE_E_NONE: the router was made without `variance: true`. */
must_check int ridge_variance(const struct router *router, size_t model, const float *x, double *workspace,
			      double *out);
