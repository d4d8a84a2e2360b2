/* ridge_solve.c: from S and r to the shared slope and back to every model.                  (kind: kernel) */
#include "common/learn/ridge/ridge_solve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge_schur.h"
#include "common/numerics/cholesky.h"
#include "common/numerics/stats.h"

/* theta ← [mean; 0] + H⁻¹(c + l1·[0; w0]): a ridge of its own that is pulled towards w0. */
static int solve_model(struct ridge_schur *schur, size_t model, struct ridge_penalties penalties,
		       enum ridge_target target, double *theta)
{
	const struct ridge_sums *sums = schur->sums;
	size_t d = sums->d;
	const double *s = sums->x + model * d, *b = sums->target[target].xy + model * d,
		     *w0 = schur->right + target * d;
	double *p = schur->rows, *u = schur->rows + d;
	TRY(ridge_schur_model(sums, model, penalties.l1, schur->factor));
	memcpy(p, s, d * sizeof(double));
	for (size_t i = 0; i < d; i++)
		u[i] = b[i] + penalties.l1 * w0[i];
	cholesky_solve(schur->factor, schur->rows, 2, d);
	double delta = sums->n[model] + penalties.li - stats_dot(s, p, d);
	double intercept = (sums->target[target].y[model] - stats_dot(s, u, d)) / delta;
	theta[0] = sums->target[target].mean + intercept;
	for (size_t i = 0; i < d; i++)
		theta[1 + i] = u[i] - intercept * p[i];
	return 0;
}

int ridge_solve_theta(const struct ridge_sums *sums, enum ridge_target target,
		      struct ridge_penalties penalties, double *theta)
{
	cleanup(ridge_schur_deinit) struct ridge_schur schur = { 0 };
	size_t d = sums->d;
	TRY(ridge_schur_init(&schur, sums));
	TRY(ridge_schur_slopes(&schur, penalties.l1));
	ridge_schur_intercepts(&schur, penalties.li);
	TRY(ridge_schur_factor(&schur, penalties.l0));
	double *w0 = schur.right + target * d;
	cholesky_solve(schur.factor, w0, 1, d);
	for (size_t m = 0; m < sums->k; m++, theta += d + 1) {
		if (sums->n[m] > 0.0) {
			TRY(solve_model(&schur, m, penalties, target, theta));
			continue;
		}
		theta[0] = sums->target[target].mean;
		memcpy(theta + 1, w0, d * sizeof(double));
	}
	return 0;
}

int ridge_solve_inverses(const struct ridge_sums *sums, struct ridge_penalties penalties,
			 double *inverse_models, double *inverse_shared)
{
	cleanup(ridge_schur_deinit) struct ridge_schur schur = { 0 };
	size_t d = sums->d, order = d + 1;
	cleanup(free_pointer) double *h = calloc(order * order, sizeof(*h));
	TRY_ALLOC(h);
	for (size_t m = 0; m < sums->k; m++) {
		ridge_sums_whole(sums, m, penalties.l1, penalties.li, h);
		if (cholesky_factor(h, order) != CHOLESKY_E_OK)
			return FAIL(-EDOM);
		cholesky_invert(h, order);
		stats_pack(h, inverse_models + m * stats_packed(order), order);
	}
	TRY(ridge_schur_init(&schur, sums));
	TRY(ridge_schur_slopes(&schur, penalties.l1));
	ridge_schur_intercepts(&schur, penalties.li);
	TRY(ridge_schur_factor(&schur, penalties.l0));
	cholesky_invert(schur.factor, d);
	stats_pack(schur.factor, inverse_shared, d);
	return 0;
}
