/* ridge_schur.c: block elimination, slopes first, intercepts last.                          (kind: kernel) */
#include "common/learn/ridge/ridge_schur.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/numerics/cholesky.h"
#include "common/numerics/stats.h"

int ridge_schur_init(struct ridge_schur *schur, const struct ridge_sums *sums)
{
	size_t k = sums->k, d = sums->d;
	size_t vectors = k * (1 + RIDGE_TARGETS) + RIDGE_TARGETS + k + RIDGE_TARGETS;
	double *next = calloc(3 * d * d + vectors * d + k, sizeof(*next));
	TRY_ALLOC(next);
	*schur = (struct ridge_schur){ .sums = sums, .block = next, .slopes = next };
	schur->matrix = schur->slopes + d * d;
	schur->factor = schur->matrix + d * d;
	schur->solved = schur->factor + d * d;
	schur->log_det = schur->solved + k * (1 + RIDGE_TARGETS) * d;
	schur->right = schur->log_det + k;
	schur->rows = schur->right + RIDGE_TARGETS * d;
	return 0;
}

void ridge_schur_deinit(struct ridge_schur *schur)
{
	if (!schur)
		return;
	free(schur->block);
	*schur = (struct ridge_schur){ 0 };
}

int ridge_schur_model(const struct ridge_sums *sums, size_t model, double l1, double *out)
{
	size_t d = sums->d;
	stats_unpack(sums->xx + model * stats_packed(d), out, d);
	for (size_t i = 0; i < d; i++)
		out[i * d + i] += l1;
	if (cholesky_factor(out, d) != CHOLESKY_E_OK)
		return FAIL(-EDOM);
	return 0;
}

/* slopes += l1·I − l1²·inverse */
static void add_slopes(double *slopes, const double *inverse, double l1, size_t d)
{
	for (size_t i = 0; i < d; i++) {
		slopes[i * d + i] += l1;
		for (size_t j = i; j < d; j++)
			slopes[i * d + j] -= l1 * l1 * inverse[i * d + j];
	}
}

int ridge_schur_slopes(struct ridge_schur *schur, double l1)
{
	const struct ridge_sums *sums = schur->sums;
	size_t d = sums->d;
	schur->l1 = l1;
	memset(schur->slopes, 0, d * d * sizeof(double));
	for (size_t m = 0; m < sums->k; m++) {
		double *solved = schur->solved + m * (1 + RIDGE_TARGETS) * d;
		if (sums->n[m] <= 0.0)
			continue;
		TRY(ridge_schur_model(sums, m, l1, schur->factor));
		schur->log_det[m] = cholesky_log_det(schur->factor, d);
		memcpy(solved, sums->x + m * d, d * sizeof(double));
		for (size_t t = 0; t < RIDGE_TARGETS; t++)
			memcpy(solved + (1 + t) * d, sums->target[t].xy + m * d, d * sizeof(double));
		cholesky_solve(schur->factor, solved, 1 + RIDGE_TARGETS, d);
		cholesky_invert(schur->factor, d);
		add_slopes(schur->slopes, schur->factor, l1, d);
	}
	return 0;
}

/* One model's part in `explained` and `right`. */
static void add_right(struct ridge_schur *schur, size_t model, double delta)
{
	const struct ridge_sums *sums = schur->sums;
	size_t d = sums->d;
	const double *p = schur->solved + model * (1 + RIDGE_TARGETS) * d;
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		const double *u = p + (1 + t) * d, *b = sums->target[t].xy + model * d;
		double *right = schur->right + t * d, rest = sums->target[t].y[model] - stats_dot(p, b, d);
		for (size_t i = 0; i < d; i++)
			right[i] += schur->l1 * (u[i] - rest / delta * p[i]);
		schur->explained[t] += stats_dot(b, u, d) + rest * rest / delta;
	}
}

void ridge_schur_intercepts(struct ridge_schur *schur, double li)
{
	const struct ridge_sums *sums = schur->sums;
	size_t d = sums->d, with_rows = 0;
	memset(schur->right, 0, RIDGE_TARGETS * d * sizeof(double));
	memset(schur->explained, 0, sizeof(schur->explained));
	schur->log_det_models = 0.0;
	for (size_t m = 0; m < sums->k; m++) {
		const double *p = schur->solved + m * (1 + RIDGE_TARGETS) * d;
		if (sums->n[m] <= 0.0)
			continue;
		double delta = sums->n[m] + li - stats_dot(sums->x + m * d, p, d);
		schur->log_det_models +=
			schur->log_det[m] + log(delta) - (double)d * log(schur->l1) - log(li);
		add_right(schur, m, delta);
		for (size_t i = 0; i < d; i++)
			schur->rows[with_rows * d + i] = schur->l1 / sqrt(delta) * p[i];
		with_rows++;
	}
	memcpy(schur->matrix, schur->slopes, d * d * sizeof(double));
	stats_downdate(schur->rows, schur->matrix, with_rows, d);
}

int ridge_schur_factor(struct ridge_schur *schur, double l0)
{
	size_t d = schur->sums->d;
	memcpy(schur->factor, schur->matrix, d * d * sizeof(double));
	for (size_t i = 0; i < d; i++)
		schur->factor[i * d + i] += l0;
	if (cholesky_factor(schur->factor, d) != CHOLESKY_E_OK)
		return FAIL(-EDOM);
	return 0;
}
