/* ridge_variance.c: σ²·(zᵀH⁻¹z + l1²·hᵀS⁻¹h).                                               (kind: kernel) */
#include "common/learn/ridge/ridge_variance.h"

#include <string.h>

#include "common/numerics/stats.h"

/* out ← P x for a symmetric matrix given as its packed upper triangle. */
static void times_packed(const double *packed, const double *x, double *out, size_t n)
{
	memset(out, 0, n * sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		out[i] += stats_dot(packed, x + i, n - i);
		for (size_t j = i + 1; j < n; j++)
			out[j] += packed[j - i] * x[i];
		packed += n - i;
	}
}

int ridge_variance(const struct router *router, size_t model, const float *x, double *workspace, double *out)
{
	size_t k = router->n_models, d = router->dimension, order = d + 1;
	const double *inverse =
		tensors_data(&router->tensors, "inverse_models", TENSOR_F64, SHAPE(k, stats_packed(order)));
	const double *shared =
		tensors_data(&router->tensors, "inverse_shared", TENSOR_F64, SHAPE(stats_packed(d)));
	const double *sigma2 = tensors_data(&router->tensors, "sigma2", TENSOR_F64, SHAPE(2));
	const double *penalties = tensors_data(&router->tensors, "penalties", TENSOR_F64, SHAPE(2, 3));
	if (!inverse || !shared || !sigma2 || !penalties)
		return RIDGE_VARIANCE_E_NONE;
	double *z = workspace, *h = workspace + order, l1 = penalties[1];
	z[0] = 1.0;
	for (size_t i = 0; i < d; i++)
		z[1 + i] = (double)x[i];
	times_packed(inverse + model * stats_packed(order), z, h, order);
	double own = stats_dot(z, h, order);
	times_packed(shared, h + 1, z, d);
	*out = sigma2[0] * (own + l1 * l1 * stats_dot(h + 1, z, d));
	return RIDGE_VARIANCE_E_OK;
}
