/* quality.c: iso-quality cost, calibration and cost error.                                  (kind: kernel) */
#include "common/evaluate/quality.h"

#include <math.h>
#include <stdbool.h>

double quality_iso_cost(const struct judged *judged, double score)
{
	struct point corner[JUDGED_LAMBDAS];
	size_t n = area_hull(judged->at, judged->n_distinct, corner);
	for (size_t i = 0; i < n; i++) {
		if (corner[i].score < score)
			continue;
		if (i == 0)
			return corner[0].cost;
		double share = (score - corner[i - 1].score) / (corner[i].score - corner[i - 1].score);
		return corner[i - 1].cost + share * (corner[i].cost - corner[i - 1].cost);
	}
	return NAN;
}

static bool is_routable(const struct estimates *estimates, size_t m)
{
	return !estimates->routable || estimates->routable[m];
}

static size_t bin_of(double estimate)
{
	double bin = floor(estimate * QUALITY_BINS);
	return bin < 0.0 ? 0 : bin >= QUALITY_BINS ? QUALITY_BINS - 1 : (size_t)bin;
}

/* Both return NaN for a model that is nowhere observed. */
static double ece_of(const struct test_table *table, const struct estimates *estimates, size_t m)
{
	double excess[QUALITY_BINS] = { 0 }, sum = 0.0; /* Σ (â − y) per bin: n_b·(mean â − mean y) */
	size_t n = 0;
	for (size_t cell = m; cell < table->n * table->n_models; cell += table->n_models) {
		if (isnan(table->score[cell]))
			continue;
		excess[bin_of(estimates->score[cell])] += estimates->score[cell] - table->score[cell];
		n++;
	}
	for (size_t b = 0; b < QUALITY_BINS; b++)
		sum += fabs(excess[b]);
	return sum / (double)n;
}

static double brier_of(const struct test_table *table, const struct estimates *estimates, size_t m)
{
	double sum = 0.0;
	size_t n = 0;
	for (size_t cell = m; cell < table->n * table->n_models; cell += table->n_models) {
		if (isnan(table->score[cell]))
			continue;
		double error = estimates->score[cell] - table->score[cell];
		sum += error * error;
		n++;
	}
	return sum / (double)n;
}

static double mean_over_models(const struct test_table *table, const struct estimates *estimates,
			       double (*figure)(const struct test_table *, const struct estimates *, size_t))
{
	double sum = 0.0;
	size_t n = 0;
	for (size_t m = 0; m < table->n_models; m++) {
		double value = is_routable(estimates, m) ? figure(table, estimates, m) : NAN;
		if (isnan(value))
			continue;
		sum += value;
		n++;
	}
	return sum / (double)n;
}

double quality_ece(const struct test_table *table, const struct estimates *estimates)
{
	return mean_over_models(table, estimates, ece_of);
}

double quality_brier(const struct test_table *table, const struct estimates *estimates)
{
	return mean_over_models(table, estimates, brier_of);
}

double quality_cost_error(const struct test_table *table, const struct estimates *estimates)
{
	double sum = 0.0;
	size_t n = 0;
	for (size_t cell = 0; cell < table->n * table->n_models; cell++) {
		if (!(table->cost[cell] > 0.0) || !is_routable(estimates, cell % table->n_models))
			continue;
		sum += fabs(log(estimates->cost[cell]) - log(table->cost[cell]));
		n++;
	}
	return sum / (double)n;
}
