/* appraise_print.c: an appraisal for a person: tables, sentences, a picture.              (kind: adapter) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/appraise/appraise.h"
#include "common/evaluate/svg.h"

enum { CELL = 64, NAME = 64, PER = 1000 };

static const char *write_interval(char cell[CELL], const char *format, double value,
				  const struct interval *interval)
{
	if (isnan(value))
		snprintf(cell, CELL, "n/a");
	else
		snprintf(cell, CELL, format, value, interval->low, interval->high,
			 interval->low > 0.0 || interval->high < 0.0 ? " *" : "");
	return cell;
}

static void print_singles(const struct appraisal *appraisal, const struct appraise_test *test, FILE *out)
{
	fprintf(out, "  %-34s %8s %14s\n", "single model", "score", "USD per 1,000");
	for (size_t m = 0; m < test->controls.n_models; m++) {
		const struct single *single = &test->controls.singles[m];
		if (isnan(single->accuracy))
			fprintf(out, "  %-34s %8s %14s\n", appraisal->own.data.models[m], "n/a", "n/a");
		else
			fprintf(out, "  %-34s %8.3f %14.4f%s\n", appraisal->own.data.models[m],
				single->accuracy, PER * single->cost,
				m == test->controls.best_single ? "  best" : "");
	}
}

static void name_router(const struct appraise_router *router, char name[NAME])
{
	if (router->version > 0)
		snprintf(name, NAME, "%s %s (version %llu)", router->scope, router->learner,
			 (unsigned long long)router->version);
	else
		snprintf(name, NAME, "%s %s", router->scope, router->learner);
}

static void print_routers(const struct appraisal *appraisal, const struct appraise_test *test, FILE *out)
{
	char name[NAME], aiq[CELL], lift[CELL], local[CELL];
	fprintf(out, "\n  %-34s %-23s %-27s %-27s %6s\n", "router", "AIQ [95 % CI]", "over static [95 % CI]",
		"over local ridge [95 % CI]", "peak");
	for (size_t i = 0; i < appraisal->n_routers; i++) {
		const struct appraise_result *result = &test->results[i];
		name_router(&appraisal->routers[i], name);
		if (isnan(result->judged.aiq))
			snprintf(aiq, CELL, "n/a");
		else
			snprintf(aiq, CELL, "%.3f [%.3f, %.3f]", result->judged.aiq, result->gains.aiq.low,
				 result->gains.aiq.high);
		write_interval(lift, "%+.3f [%+.3f, %+.3f]%s", result->gains.lift,
			       &result->gains.lift_interval);
		write_interval(local, "%+.3f [%+.3f, %+.3f]%s", result->over_local,
			       &result->over_local_interval);
		fprintf(out, "  %-34s %-23s %-27s %-27s %6.3f\n", name, aiq,
			appraisal->routers[i].baseline == i ? "baseline" : lift,
			i == APPRAISE_LOCAL_RIDGE ? "baseline" : local, result->judged.max_accuracy);
	}
}

/* What follows for the last router, which is the one in question. */
static void print_verdict(const struct appraisal *appraisal, const struct appraise_test *test, FILE *out)
{
	size_t last = appraisal->n_routers - 1;
	const struct appraise_result *result = &test->results[last];
	const struct interval *interval =
		last > APPRAISE_LOCAL_RIDGE ? &result->over_local_interval : &result->gains.lift_interval;
	char name[NAME];
	name_router(&appraisal->routers[last], name);
	fprintf(out, "\n  %s ", name);
	if (isnan(interval->low))
		fprintf(out, "cannot be compared on so few queries\n");
	else
		fprintf(out, "%s %s\n",
			interval->low > 0.0  ? "is better than" :
			interval->high < 0.0 ? "is worse than" :
					       "is not distinguishable from",
			last > APPRAISE_LOCAL_RIDGE ? "the router that is learned here alone" :
						      "the static learner");
}

static void print_test(const struct appraisal *appraisal, const struct appraise_test *test, FILE *out)
{
	print_singles(appraisal, test, out);
	print_routers(appraisal, test, out);
	print_verdict(appraisal, test, out);
}

void appraise_print(const struct appraisal *appraisal, FILE *out)
{
	fprintf(out, "%zu rows to train on, %zu rows of %zu queries held out, %zu models\n",
		appraisal->training_rows, appraisal->held_out_rows, appraisal->held_out_queries,
		appraisal->own.data.n_models);
	for (size_t i = 0; i < appraisal->own.outside.n; i++)
		fprintf(out, "left out: %llu rows of \"%s\", which the router does not have\n",
			(unsigned long long)appraisal->own.outside.items[i].rows,
			appraisal->own.outside.items[i].name);
	fprintf(out, "\nOn the %zu held-out queries with two or more observed models:\n\n",
		appraisal->observed.table.n);
	if (appraisal->observed.table.n > 0)
		print_test(appraisal, &appraisal->observed, out);
	else
		fprintf(out, "  there is none\n");
	if (appraisal->robust.table.n > 0) {
		fprintf(out, "\nOn all %zu held-out queries, doubly robust:\n\n", appraisal->robust.table.n);
		print_test(appraisal, &appraisal->robust, out);
	}
	fprintf(out, "\n  *: the interval excludes 0\n");
}

/* --- the picture --- */

int appraise_plot(const struct appraisal *appraisal, const char *path)
{
	bool is_robust = appraisal->robust.table.n > appraisal->observed.table.n;
	const struct appraise_test *test = is_robust ? &appraisal->robust : &appraisal->observed;
	size_t k = test->controls.n_models;
	cleanup(free_pointer) struct svg_mark *singles = calloc(k + 1, sizeof(*singles));
	struct svg_curve curves[APPRAISE_ROUTERS];
	char names[APPRAISE_ROUTERS][NAME], subtitle[CELL * 2];
	TRY_ALLOC(singles);
	for (size_t m = 0; m < k; m++)
		singles[m] = (struct svg_mark){ appraisal->own.data.models[m],
						{ test->controls.singles[m].cost,
						  test->controls.singles[m].accuracy } };
	for (size_t i = 0; i < appraisal->n_routers; i++) {
		name_router(&appraisal->routers[i], names[i]);
		curves[i] = (struct svg_curve){ names[i], test->results[i].judged.curve.point,
						test->results[i].judged.curve.n };
	}
	snprintf(subtitle, sizeof(subtitle), "%zu queries%s", test->table.n,
		 is_robust ? ", doubly robust" : " with two or more observed models");
	struct svg_plot plot = { .title = "What routing is worth on the own held-out queries",
				 .subtitle = subtitle,
				 .n_singles = k,
				 .singles = singles,
				 .random = { test->controls.random.cost, test->controls.random.accuracy },
				 .n_routers = appraisal->n_routers,
				 .routers = curves };
	return svg_write(&plot, path);
}
