/* ridge_evidence.c: the grid, one job per slope penalty.                                    (kind: kernel) */
#include "common/learn/ridge/ridge_evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge_schur.h"
#include "common/loop/parallel.h"
#include "common/numerics/cholesky.h"
#include "common/numerics/stats.h"

#define SIGMA2_LEAST 1e-12 /* below it there is only what quantization and cancellation left */

const double ridge_evidence_l0[RIDGE_EVIDENCE_L0] = { .01, .03, .1, .3, 1, 3, 10, 30, 100, 300 };
const double ridge_evidence_l1[RIDGE_EVIDENCE_L1] = { .1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000 };
const double ridge_evidence_li[RIDGE_EVIDENCE_LI] = { .001, .01, .1, 1, 10 };

enum { POINTS = RIDGE_EVIDENCE_L0 * RIDGE_EVIDENCE_L1 * RIDGE_EVIDENCE_LI };

struct search {
	const struct ridge_sums *sums;
	size_t threads;
	struct ridge_schur schurs[RIDGE_EVIDENCE_L1];     /* one per thread */
	struct ridge_choice found[POINTS][RIDGE_TARGETS]; /* in grid order: l0, then l1, then li */
};

/* log ev = −½ [ N ln(2πσ²) + N + Σ ln det H + ln det S − d ln l0 − K (d ln l1 + ln li) ]; `half`: L⁻¹r. */
static struct ridge_choice evidence_of(const struct ridge_schur *schur, struct ridge_penalties penalties,
				       size_t t, double log_det, const double *half)
{
	const struct ridge_sums *sums = schur->sums;
	double rows = ridge_sums_rows(sums), rest = -schur->explained[t] - stats_dot(half, half, sums->d);
	for (size_t m = 0; m < sums->k; m++)
		rest += sums->target[t].yy[m];
	double sigma2 = rows > 0.0 ? fmax(rest / rows, SIGMA2_LEAST) : SIGMA2_LEAST;
	double twice = rows * (log(2.0 * M_PI * sigma2) + 1.0) + schur->log_det_models + log_det -
		       (double)sums->d * log(penalties.l0);
	return (struct ridge_choice){ .penalties = penalties, .evidence = -0.5 * twice, .sigma2 = sigma2 };
}

/* All l0 for one (l1, li); `found` is the first of them, the next one lies a whole (l1, li) grid behind. */
static int search_shared(struct ridge_schur *schur, double l1, double li,
			 struct ridge_choice (*found)[RIDGE_TARGETS])
{
	size_t d = schur->sums->d;
	ridge_schur_intercepts(schur, li);
	for (size_t i = 0; i < RIDGE_EVIDENCE_L0; i++) {
		struct ridge_penalties penalties = { ridge_evidence_l0[i], l1, li };
		TRY(ridge_schur_factor(schur, penalties.l0));
		double log_det = cholesky_log_det(schur->factor, d);
		memcpy(schur->rows, schur->right, RIDGE_TARGETS * d * sizeof(double));
		cholesky_forward(schur->factor, schur->rows, RIDGE_TARGETS, d);
		for (size_t t = 0; t < RIDGE_TARGETS; t++)
			found[i * RIDGE_EVIDENCE_L1 * RIDGE_EVIDENCE_LI][t] =
				evidence_of(schur, penalties, t, log_det, schur->rows + t * d);
	}
	return 0;
}

static int search_slope(void *context, size_t index, size_t worker)
{
	struct search *search = context;
	struct ridge_schur *schur = &search->schurs[worker];
	double l1 = ridge_evidence_l1[index];
	TRY(ridge_schur_slopes(schur, l1));
	for (size_t j = 0; j < RIDGE_EVIDENCE_LI; j++)
		TRY(search_shared(schur, l1, ridge_evidence_li[j],
				  &search->found[index * RIDGE_EVIDENCE_LI + j]));
	return 0;
}

static void search_free(struct search **search)
{
	for (size_t i = 0; *search && i < (*search)->threads; i++)
		ridge_schur_deinit(&(*search)->schurs[i]);
	free(*search);
}

int ridge_evidence_choose(const struct ridge_sums *sums, size_t threads,
			  struct ridge_choice out[RIDGE_TARGETS])
{
	cleanup(search_free) struct search *search = calloc(1, sizeof(*search));
	TRY_ALLOC(search);
	search->sums = sums;
	search->threads = threads < 1 ? 1 : threads > RIDGE_EVIDENCE_L1 ? RIDGE_EVIDENCE_L1 : threads;
	for (size_t i = 0; i < search->threads; i++)
		TRY(ridge_schur_init(&search->schurs[i], sums));
	TRY(parallel_run(search->threads, RIDGE_EVIDENCE_L1, search_slope, search));
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		out[t] = search->found[0][t];
		for (size_t i = 1; i < POINTS; i++) {
			if (search->found[i][t].evidence > out[t].evidence)
				out[t] = search->found[i][t];
		}
	}
	return 0;
}
