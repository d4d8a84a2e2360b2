/* ridge_check.c: sums that rows could have given, and making them so.                       (kind: kernel) */
#include "common/learn/ridge/ridge_check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge_evidence.h"
#include "common/numerics/cholesky.h"
#include "common/numerics/stats.h"

/* Why no rows can have given the sums of this model, or NULL. Unit vectors have ‖x‖² = 1 within float32
 * rounding; `slack` is what a lane allows beyond it. */
static const char *impossible(const struct ridge_sums *sums, size_t model)
{
	size_t d = sums->d;
	double n = sums->n[model], slack = n * 0x1p-10, trace = 0.0;
	double y = sums->target[RIDGE_SCORE].y[model], yy = sums->target[RIDGE_SCORE].yy[model];
	double l = sums->target[RIDGE_LOG_COST].y[model], ll = sums->target[RIDGE_LOG_COST].yy[model];
	const double *gram = sums->xx + model * stats_packed(d);
	if (n < 0.0)
		return "a negative count";
	if (y < 0.0 || y > n || yy < 0.0 || yy > y + n * 0x1p-30)
		return "scores outside [0,1]";
	if (ll < 0.0 || l * l > n * ll * (1.0 + 0x1p-20) + 0x1p-20)
		return "log costs whose squares are too small";
	for (size_t i = 0; i < d; i++) {
		if (gram[0] < 0.0)
			return "a negative square";
		for (size_t j = 0; j < d - i; j++) {
			if (fabs(gram[j]) > n + slack)
				return "a product of unit vectors beyond 1";
		}
		trace += gram[0];
		gram += d - i;
	}
	return fabs(trace - n) > slack ? "embeddings that are not unit vectors" : NULL;
}

int ridge_check_answer(const struct plan *plan, const struct lanes *lanes, const struct answer *answer,
		       const char *client, struct findings *findings)
{
	cleanup(ridge_sums_deinit) struct ridge_sums sums = { 0 };
	TRY(ridge_sums_init(&sums, plan->n_models, plan->encoder->dimension));
	ridge_sums_read(lanes, answer->words, &sums);
	for (size_t m = 0; m < sums.k; m++) {
		const char *why = impossible(&sums, m);
		if (!why)
			continue;
		findings_add(findings, client, 0, "impossible sums", "model %s: %s", plan->models[m], why);
		return LEARNER_E_BAD;
	}
	if (ridge_sums_rows(&sums) != (double)answer->rows) {
		findings_add(findings, client, 0, "counts do not add up",
			     "%g rows in the sums, %llu announced", ridge_sums_rows(&sums),
			     (unsigned long long)answer->rows);
		return LEARNER_E_BAD;
	}
	return LEARNER_E_OK;
}

static void from_whole(struct ridge_sums *sums, size_t model, const double *whole)
{
	size_t d = sums->d, order = d + 1;
	double *gram = sums->xx + model * stats_packed(d);
	sums->n[model] = whole[0];
	memcpy(sums->x + model * d, whole + 1, d * sizeof(double));
	for (size_t i = 1; i < order; gram += order - i, i++)
		memcpy(gram, whole + i * order + i, (order - i) * sizeof(double));
}

static int repair_model(struct ridge_sums *sums, size_t model, double *whole)
{
	size_t order = sums->d + 1;
	cleanup(free_pointer) double *workspace = calloc(cholesky_clip_doubles(order), sizeof(*workspace));
	TRY_ALLOC(workspace);
	ridge_sums_whole(sums, model, 0.0, 0.0, whole);
	if (cholesky_clip(whole, order, workspace) < 0)
		return FAIL(-EDOM);
	from_whole(sums, model, whole);
	return 0;
}

int ridge_check_repair(struct ridge_sums *sums, size_t *repaired)
{
	size_t order = sums->d + 1;
	cleanup(free_pointer) double *whole = calloc(order * order, sizeof(*whole));
	TRY_ALLOC(whole);
	*repaired = 0;
	for (size_t m = 0; m < sums->k; m++) {
		if (sums->n[m] <= 0.0)
			continue;
		ridge_sums_whole(sums, m, ridge_evidence_l1[0], ridge_evidence_li[0], whole);
		if (cholesky_factor(whole, order) == CHOLESKY_E_OK)
			continue;
		TRY(repair_model(sums, m, whole));
		++*repaired;
	}
	return 0;
}
