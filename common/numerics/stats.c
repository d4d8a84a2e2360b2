/* stats.c: Gram matrices and weighted sums of rows.                                         (kind: kernel) */
#include "common/numerics/stats.h"

#include <assert.h>
#include <string.h>

#include "common/numerics/blas.h"

void stats_gram(const float *const *x, double *gram, double *wide, size_t n, size_t d)
{
	assert(n <= STATS_BLOCK);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < d; j++)
			wide[i * d + j] = (double)x[i][j];
	}
	cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)d, (int)n, 1.0, wide, (int)d, 1.0, gram,
		    (int)d);
}

void stats_weighted(const double *wide, const double *weight, double *sum, size_t n, size_t d)
{
	for (size_t i = 0; i < n; i++) {
		double w = weight ? weight[i] : 1.0;
		for (size_t j = 0; j < d; j++)
			sum[j] += w * wide[i * d + j];
	}
}

size_t stats_packed(size_t d)
{
	return d * (d + 1) / 2;
}

void stats_pack(const double *matrix, double *packed, size_t d)
{
	for (size_t i = 0; i < d; i++) {
		memcpy(packed, matrix + i * d + i, (d - i) * sizeof(*packed));
		packed += d - i;
	}
}

void stats_unpack(const double *packed, double *matrix, size_t d)
{
	for (size_t i = 0; i < d; i++) {
		memcpy(matrix + i * d + i, packed, (d - i) * sizeof(*packed));
		packed += d - i;
	}
}

void stats_downdate(const double *rows, double *matrix, size_t n, size_t d)
{
	cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)d, (int)n, -1.0, rows, (int)d, 1.0, matrix,
		    (int)d);
}

/* Two lanes: what every x86-64 and ARMv8 has. */
typedef double pair __attribute__((vector_size(16), aligned(8)));

double stats_dot(const double *a, const double *b, size_t n)
{
	pair lanes[4] = { 0 };
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		for (size_t j = 0; j < 4; j++)
			lanes[j] += *(const pair *)(a + i + 2 * j) * *(const pair *)(b + i + 2 * j);
	}
	pair sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
	double rest = 0.0;
	for (; i < n; i++)
		rest += a[i] * b[i];
	return (sum[0] + sum[1]) + rest;
}
