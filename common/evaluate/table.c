/* table.c: rows of figures, and sentences that say no more than they show.                 (kind: adapter) */
#include "common/evaluate/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 48, NAME_LEAST = 36 };

/* All routers of one learner, scope and kind of test, of one seed or of several: sums over them, then
 * means. A figure that one of them lacks is lacking in the mean (NaN). */
struct row {
	const struct table_router *first; /* names it */
	size_t n, n_above, n_below;       /* of which the lift's interval lies above or below 0 */
	double aiq, aiq_low, aiq_high, aiq_min, aiq_max;
	double lift, lift_low, lift_high, lift_min, lift_max;
	double mix_gain, mix_gain_low, mix_gain_high;
	double nauc, max_accuracy, cost_save, bytes_up, seconds;
};

static bool is_same_row(const struct table_router *a, const struct table_router *b)
{
	return strcmp(a->learner, b->learner) == 0 && strcmp(a->scope, b->scope) == 0 && a->own == b->own;
}

static void add_router(struct row *row, const struct table_router *router)
{
	const struct gains *gains = &router->gains;
	row->n++;
	row->n_above += gains->lift_interval.low > 0.0;
	row->n_below += gains->lift_interval.high < 0.0;
	row->aiq += router->aiq;
	row->aiq_low += gains->aiq.low;
	row->aiq_high += gains->aiq.high;
	row->aiq_min = fmin(row->aiq_min, router->aiq);
	row->aiq_max = fmax(row->aiq_max, router->aiq);
	row->lift += gains->lift;
	row->lift_low += gains->lift_interval.low;
	row->lift_high += gains->lift_interval.high;
	row->lift_min = fmin(row->lift_min, gains->lift);
	row->lift_max = fmax(row->lift_max, gains->lift);
	row->mix_gain += gains->mix_gain;
	row->mix_gain_low += gains->mix_gain_interval.low;
	row->mix_gain_high += gains->mix_gain_interval.high;
	row->nauc += router->nauc;
	row->max_accuracy += router->max_accuracy;
	row->cost_save += router->quality.cost_save;
	row->bytes_up += router->bytes_up;
	row->seconds += router->seconds;
}

static void divide(struct row *row)
{
	double *const figures[] = {
		&row->aiq,          &row->aiq_low,   &row->aiq_high,     &row->lift,          &row->lift_low,
		&row->lift_high,    &row->mix_gain,  &row->mix_gain_low, &row->mix_gain_high, &row->nauc,
		&row->max_accuracy, &row->cost_save, &row->bytes_up,     &row->seconds,
	};
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		*figures[i] /= (double)row->n;
}

static struct row collect(const struct table_seed *seeds, size_t n_seeds, const struct table_router *like)
{
	struct row row = { .first = like, .aiq_min = NAN, .aiq_max = NAN, .lift_min = NAN, .lift_max = NAN };
	for (size_t s = 0; s < n_seeds; s++) {
		for (size_t i = 0; i < seeds[s].n_routers; i++) {
			if (is_same_row(&seeds[s].routers[i], like))
				add_router(&row, &seeds[s].routers[i]);
		}
	}
	divide(&row);
	return row;
}

/* Whether router `i` of a seed is the first of its row. */
static bool opens_row(const struct table_seed *seed, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (is_same_row(&seed->routers[j], &seed->routers[i]))
			return false;
	}
	return true;
}

static size_t count_characters(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static const char *write_number(char cell[CELL], const char *format, double value)
{
	if (isnan(value))
		snprintf(cell, CELL, "n/a");
	else
		snprintf(cell, CELL, format, value);
	return cell;
}

static const char *write_aiq(char cell[CELL], const struct row *row)
{
	if (isnan(row->aiq))
		snprintf(cell, CELL, "n/a");
	else if (row->first->client)
		snprintf(cell, CELL, "%.3f (%.3f .. %.3f)", row->aiq, row->aiq_min, row->aiq_max);
	else
		snprintf(cell, CELL, "%.3f [%.3f, %.3f]", row->aiq, row->aiq_low, row->aiq_high);
	return cell;
}

static const char *write_lift(char cell[CELL], const struct row *row)
{
	bool excludes_zero = row->lift_low > 0.0 || row->lift_high < 0.0;
	if (strcmp(row->first->learner, "static") == 0)
		snprintf(cell, CELL, "baseline");
	else if (isnan(row->lift))
		snprintf(cell, CELL, "n/a");
	else if (row->first->client)
		snprintf(cell, CELL, "%+.3f (%+.3f .. %+.3f)", row->lift, row->lift_min, row->lift_max);
	else
		snprintf(cell, CELL, "%+.3f [%+.3f, %+.3f]%s", row->lift, row->lift_low, row->lift_high,
			 excludes_zero ? " *" : "");
	return cell;
}

static const char *write_bytes(char cell[CELL], double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	size_t u = 0;
	for (; bytes >= 1000.0 && u < 3; u++)
		bytes /= 1000.0;
	snprintf(cell, CELL, u == 0 ? "%.0f %s" : "%.1f %s", bytes, units[u]);
	return cell;
}

/* Rounded to a tenth, and nothing is 0.0, not -0.0. */
static double tenths(double percent)
{
	return round(10.0 * percent) / 10.0 + 0.0;
}

static void print_row(FILE *out, const struct row *row)
{
	char cells[8][CELL];
	snprintf(cells[0], CELL, "%s %s%s", row->first->learner, row->first->scope,
		 row->first->own ? ", own" : "");
	fprintf(out, "  %-24s %-23s %-26s %6s %6s %8s %9s %9s\n", cells[0], write_aiq(cells[1], row),
		write_lift(cells[2], row), write_number(cells[3], "%.3f", row->nauc),
		write_number(cells[4], "%.3f", row->max_accuracy),
		write_number(cells[5], "%.1f %%", tenths(100.0 * row->cost_save)),
		write_bytes(cells[6], row->bytes_up), write_number(cells[7], "%.1f", row->seconds));
}

static void print_rows(FILE *out, const struct table_seed *seeds, size_t n_seeds)
{
	fprintf(out, "\n  %-24s %-23s %-26s %6s %6s %8s %9s %9s\n", "router", "AIQ [95 % CI]",
		"lift over static [95 % CI]", "nAUC", "peak", "CostSave", "up/client", "seconds");
	for (size_t i = 0; i < seeds->n_routers; i++) {
		if (!opens_row(seeds, i))
			continue;
		struct row row = collect(seeds, n_seeds, &seeds->routers[i]);
		print_row(out, &row);
	}
}

/* A name and spaces up to `width`, counted in characters rather than bytes. */
static void print_name(FILE *out, const char *name, size_t width)
{
	size_t n = count_characters(name);
	fprintf(out, "  %s%*s", name, n < width ? (int)(width - n) : 0, "");
}

static void print_singles(FILE *out, const struct table *table, const struct controls *controls)
{
	size_t width = NAME_LEAST;
	for (size_t m = 0; m < controls->n_models; m++) {
		size_t n = count_characters(table->models[m]);
		width = n > width ? n : width;
	}
	print_name(out, "single models", width);
	fprintf(out, " %8s %18s\n", "accuracy", "USD/1,000 queries");
	for (size_t m = 0; m < controls->n_models; m++) {
		const struct single *single = &controls->singles[m];
		char accuracy[CELL], cost[CELL];
		print_name(out, table->models[m], width);
		fprintf(out, " %8s %18s%s%s\n", write_number(accuracy, "%.3f", single->accuracy),
			write_number(cost, "%.4f", 1000.0 * single->cost),
			m == controls->best_single ? "  best" : "",
			m == controls->cheapest_single ? "  cheapest" : "");
	}
	print_name(out, "random choice", width);
	fprintf(out, " %8.3f %18.4f\n", controls->random.accuracy, 1000.0 * controls->random.cost);
}

static void print_seed(FILE *out, const struct table *table, const struct table_seed *seed)
{
	const struct controls *controls = seed->controls;
	char mix[CELL], oracle[CELL];
	fprintf(out, "Seed %llu: %zu test queries, %zu models\n\n", (unsigned long long)seed->seed,
		seed->n_queries, table->n_models);
	print_singles(out, table, controls);
	fprintf(out,
		"  static mix AIQ %s (best mix of single models, chosen in hindsight); "
		"oracle AIQ %s, accuracy %.3f\n",
		write_number(mix, "%.3f", controls->static_mix_aiq),
		write_number(oracle, "%.3f", controls->oracle_aiq), controls->oracle_accuracy);
	print_rows(out, seed, 1);
}

static double mean_static_mix(const struct table *table)
{
	double sum = 0.0;
	for (size_t s = 0; s < table->n_seeds; s++)
		sum += table->seeds[s].controls->static_mix_aiq;
	return sum / (double)table->n_seeds;
}

/* Where it stands against the static learner … */
static void print_standing(FILE *out, const struct row *row, size_t n_seeds)
{
	const char *direction = row->lift < 0.0 ? "below" : "above", *verdict = "not distinguishable";
	fprintf(out, "  %s %s ", row->first->scope, row->first->learner);
	if (isnan(row->lift) || isnan(row->lift_low)) {
		fprintf(out, "has no static learner to be compared with");
		return;
	}
	if (row->lift_low > 0.0)
		verdict = "distinguishable, better";
	if (row->lift_high < 0.0)
		verdict = "distinguishable, worse";
	fprintf(out, "is %s the static learner by %+.3f [%+.3f, %+.3f]: %s", direction, row->lift,
		row->lift_low, row->lift_high, verdict);
	if (n_seeds > 1)
		fprintf(out, " (above in %zu, below in %zu of %zu seeds)", row->n_above, row->n_below,
			n_seeds);
}

/* … and against the mix, which needs no router at all. Returns whether it is above. */
static bool print_against_mix(FILE *out, const struct row *row, double mix)
{
	fprintf(out, ";\n    AIQ %.3f %s the static mix (%.3f)", row->aiq,
		row->aiq > mix ? "is above" : "does not reach", mix);
	fprintf(out, "; largest gain over the mix at equal cost %+.3f [%+.3f, %+.3f]\n", row->mix_gain,
		row->mix_gain_low, row->mix_gain_high);
	return row->aiq > mix;
}

/* The row that speaks for a learner: its first one that is about all test queries and one router. */
static bool speaks(const struct table_seed *seed, size_t i)
{
	if (seed->routers[i].client || strcmp(seed->routers[i].learner, "static") == 0)
		return false;
	for (size_t j = 0; j < i; j++) {
		if (!seed->routers[j].client &&
		    strcmp(seed->routers[j].learner, seed->routers[i].learner) == 0)
			return false;
	}
	return true;
}

static void print_sentences(FILE *out, const struct table *table)
{
	const struct table_seed *seed = table->seeds;
	double mix = mean_static_mix(table);
	size_t compared = 0, above = 0;
	fprintf(out, "\n");
	for (size_t i = 0; i < seed->n_routers; i++) {
		if (!speaks(seed, i))
			continue;
		struct row row = collect(table->seeds, table->n_seeds, &seed->routers[i]);
		if (isnan(row.aiq) || isnan(mix)) {
			fprintf(out,
				"  %s %s has no AIQ here: no test query has two models, all models cost the "
				"same, or none has the 5 observations that a router needs\n",
				row.first->scope, row.first->learner);
			continue;
		}
		print_standing(out, &row, table->n_seeds);
		above += print_against_mix(out, &row, mix);
		compared++;
	}
	if (compared > 0 && above == 0)
		fprintf(out,
			"  No learner is above the static mix: here, mixing single models without looking "
			"at the query does as well.\n");
}

void table_print(const struct table *table, FILE *out)
{
	if (table->n_seeds == 0)
		return;
	for (size_t s = 0; s < table->n_seeds; s++) {
		print_seed(out, table, &table->seeds[s]);
		fprintf(out, "\n");
	}
	if (table->n_seeds > 1) {
		fprintf(out,
			"All %zu seeds: means of the figures and of the bounds (the seeds share queries, so "
			"several of them do not narrow an interval)\n  static mix AIQ %.3f\n",
			table->n_seeds, mean_static_mix(table));
		print_rows(out, table->seeds, table->n_seeds);
		fprintf(out, "\n");
	}
	fprintf(out, "  *: the interval of the lift excludes 0. (..): least and greatest of the clients.\n");
	print_sentences(out, table);
}
