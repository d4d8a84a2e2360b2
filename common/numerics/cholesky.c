/* cholesky.c: LAPACK, seen row by row.                                                         (kind: kernel)
 *
 * LAPACK's columns are our rows, so its lower triangle ('L') is our upper one.
 */
#include "common/numerics/cholesky.h"

#include <assert.h>
#include <math.h>

#include "common/numerics/blas.h"

int cholesky_factor(double *a, size_t n)
{
	int order = (int)n, info = 0;
	dpotrf_("L", &order, a, &order, &info);
	return info == 0 ? CHOLESKY_E_OK : CHOLESKY_E_INDEFINITE;
}

double cholesky_log_det(const double *factor, size_t n)
{
	double sum = 0.0;
	for (size_t i = 0; i < n; i++)
		sum += log(factor[i * n + i]);
	return 2.0 * sum;
}

void cholesky_solve(const double *factor, double *b, size_t n_rhs, size_t n)
{
	int order = (int)n, many = (int)n_rhs, info = 0;
	dpotrs_("L", &order, &many, factor, &order, b, &order, &info);
	assert(info == 0);
}

void cholesky_forward(const double *factor, double *b, size_t n_rhs, size_t n)
{
	int order = (int)n, many = (int)n_rhs, info = 0;
	dtrtrs_("L", "N", "N", &order, &many, factor, &order, b, &order, &info);
	assert(info == 0);
}

void cholesky_invert(double *factor, size_t n)
{
	int order = (int)n, info = 0;
	dpotri_("L", &order, factor, &order, &info);
	assert(info == 0);
}

/* dsyevd wants 1 + 6n + 2n² doubles and 3 + 5n ints (which we keep in doubles' room); n more for the
 * eigenvalues. */
size_t cholesky_clip_doubles(size_t n)
{
	return n + (1 + 6 * n + 2 * n * n) + (3 + 5 * n);
}

int cholesky_clip(double *a, size_t n, double *workspace)
{
	int order = (int)n, info = 0, negative = 0;
	int n_work = 1 + 6 * order + 2 * order * order, n_ints = 3 + 5 * order;
	double *values = workspace, *work = workspace + n;
	int *ints = (int *)(void *)(work + n_work);
	dsyevd_("V", "L", &order, a, &order, values, work, &n_work, ints, &n_ints, &info);
	if (info != 0)
		return -1;
	/* Row i of `a` is eigenvector i: A = Σ λ_i a_iᵀ a_i over the positive ones, which come last. */
	while (negative < order && values[negative] < 0.0)
		negative++;
	for (size_t i = (size_t)negative; i < n; i++)
		cblas_dscal(order, sqrt(values[i]), a + i * n, 1);
	cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, order, order - negative, 1.0,
		    a + (size_t)negative * n, order, 0.0, work, order);
	cblas_dcopy(order * order, work, 1, a, 1);
	return negative;
}
