/* bootstrap.c: replicates in blocks of eight, and percentiles over them.                       (kind: kernel)
 *
 * A block knows how often each row was drawn in each of its replicates. A router's sums are those of its
 * first decision vector, then move by the rows that turn: the cost is that of the turns, not of λ × rows.
 */
#include "common/evaluate/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "common/loop/parallel.h"
#include "common/numerics/rng.h"

enum { LANES = 8, BLOCKS = BOOTSTRAP_RESAMPLES / LANES };

_Static_assert(BOOTSTRAP_RESAMPLES % LANES == 0, "replicates come in whole blocks");

struct bootstrap {
	const struct test_table *table;
	const struct judged *const *routers;
	size_t n;
	uint64_t seed;
	size_t *operating;      /* n: distinct decision vector of the mix gain */
	double *aiq, *mix_gain; /* n × BOOTSTRAP_RESAMPLES */
};

static void bootstrap_deinit(struct bootstrap *bootstrap)
{
	free(bootstrap->operating);
	free(bootstrap->aiq);
	free(bootstrap->mix_gain);
}

struct block {
	double *counts;               /* rows × LANES */
	struct point *singles[LANES]; /* K each, observed ones first */
	size_t n_singles[LANES];
	double lo[LANES], hi[LANES];
	struct point at[LANES][JUDGED_LAMBDAS];
};

static void block_free(struct block **block)
{
	if (!*block)
		return;
	free((*block)->counts);
	for (size_t l = 0; l < LANES; l++)
		free((*block)->singles[l]);
	free(*block);
}

static int block_new(const struct test_table *table, struct block **out)
{
	cleanup(block_free) struct block *block = calloc(1, sizeof(*block));
	TRY_ALLOC(block);
	block->counts = calloc(table->n * LANES, sizeof(double));
	TRY_ALLOC(block->counts);
	for (size_t l = 0; l < LANES; l++) {
		block->singles[l] = calloc(table->n_models, sizeof(struct point));
		TRY_ALLOC(block->singles[l]);
	}
	*out = block;
	block = NULL;
	return 0;
}

static void draw(struct block *block, size_t n_rows, uint64_t seed, size_t first_replicate)
{
	for (size_t l = 0; l < LANES; l++) {
		struct rng rng;
		rng_init(&rng, seed, first_replicate + l);
		for (size_t i = 0; i < n_rows; i++)
			block->counts[rng_below(&rng, n_rows) * LANES + l] += 1.0;
	}
}

/* sums[l] += counts[l] · value */
static void add(double *restrict sums, const double *restrict counts, double value)
{
	for (size_t l = 0; l < LANES; l++)
		sums[l] += counts[l] * value;
}

static void measure_singles(struct block *block, const struct test_table *table)
{
	for (size_t l = 0; l < LANES; l++)
		block->lo[l] = block->hi[l] = NAN;
	for (size_t m = 0; m < table->n_models; m++) {
		double score[LANES] = { 0 }, cost[LANES] = { 0 }, weight[LANES] = { 0 };
		for (size_t r = 0; r < table->n; r++) {
			size_t cell = r * table->n_models + m;
			if (isnan(table->score[cell]))
				continue;
			add(score, block->counts + r * LANES, table->score[cell]);
			add(cost, block->counts + r * LANES, table->cost[cell]);
			add(weight, block->counts + r * LANES, 1.0);
		}
		for (size_t l = 0; l < LANES; l++) {
			if (weight[l] == 0.0)
				continue;
			struct point point = { cost[l] / weight[l], score[l] / weight[l] };
			block->singles[l][block->n_singles[l]++] = point;
			block->lo[l] = fmin(block->lo[l], point.cost);
			block->hi[l] = fmax(block->hi[l], point.cost);
		}
	}
}

/* block->at[l][j]: the router's point of decision vector j in replicate l; NaN where no decided row was
 * drawn. */
static void walk(struct block *block, const struct test_table *table, const struct judged *router)
{
	double score[LANES] = { 0 }, cost[LANES] = { 0 }, weight[LANES] = { 0 };
	for (size_t r = 0; r < table->n; r++) {
		if (router->first[r] == JUDGED_UNDECIDED)
			continue;
		size_t cell = r * table->n_models + router->first[r];
		add(score, block->counts + r * LANES, table->score[cell]);
		add(cost, block->counts + r * LANES, table->cost[cell]);
		add(weight, block->counts + r * LANES, 1.0);
	}
	for (size_t j = 0, t = 0; j < router->n_distinct; j++) {
		for (; t < router->turns_end[j]; t++) {
			const struct turn *turn = &router->turns[t];
			size_t from = turn->row * table->n_models + turn->from;
			size_t to = turn->row * table->n_models + turn->to;
			add(score, block->counts + turn->row * LANES, table->score[to] - table->score[from]);
			add(cost, block->counts + turn->row * LANES, table->cost[to] - table->cost[from]);
		}
		for (size_t l = 0; l < LANES; l++)
			block->at[l][j] = (struct point){ cost[l] / weight[l], score[l] / weight[l] };
	}
}

static int run_block(void *context, size_t index, size_t worker)
{
	(void)worker;
	struct bootstrap *bootstrap = context;
	const struct test_table *table = bootstrap->table;
	cleanup(block_free) struct block *block = NULL;
	TRY(block_new(table, &block));
	draw(block, table->n, bootstrap->seed, index * LANES);
	measure_singles(block, table);
	for (size_t i = 0; i < bootstrap->n; i++) {
		const struct judged *router = bootstrap->routers[i];
		walk(block, table, router);
		for (size_t l = 0; l < LANES; l++) {
			size_t cell = i * BOOTSTRAP_RESAMPLES + index * LANES + l;
			bootstrap->aiq[cell] = bootstrap->mix_gain[cell] = NAN;
			if (router->n_distinct == 0 || isnan(block->at[l][0].cost))
				continue;
			struct point operating = block->at[l][bootstrap->operating[i]];
			bootstrap->aiq[cell] =
				area_aiq(block->at[l], router->n_distinct, block->lo[l], block->hi[l]);
			bootstrap->mix_gain[cell] =
				operating.score -
				area_hull_at(block->singles[l], block->n_singles[l], operating.cost);
		}
	}
	return 0;
}

/* The operating point with the largest gain over the mix of the single models, on the table as it is. */
static double largest_gain(const struct judged *router, const struct point *singles, size_t n, size_t *where)
{
	double most = NAN;
	*where = 0;
	for (size_t j = 0; j < router->n_distinct; j++) {
		double gain = router->at[j].score - area_hull_at(singles, n, router->at[j].cost);
		if (j == 0 || gain > most) {
			most = gain;
			*where = j;
		}
	}
	return most;
}

static int find_operating_points(struct bootstrap *bootstrap, struct gains *out)
{
	cleanup(block_free) struct block *block = NULL;
	const struct test_table *table = bootstrap->table;
	TRY(block_new(table, &block));
	for (size_t i = 0; i < table->n * LANES; i++)
		block->counts[i] = 1.0;
	measure_singles(block, table);
	for (size_t i = 0; i < bootstrap->n; i++)
		out[i].mix_gain = largest_gain(bootstrap->routers[i], block->singles[0], block->n_singles[0],
					       &bootstrap->operating[i]);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t n, double share)
{
	double place = share * (double)(n - 1);
	size_t i = (size_t)place;
	return i + 1 < n ? sorted[i] + (place - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

/* Of the values of `x` (minus those of `y`, may be NULL) that are defined. */
static struct interval percentiles(const double *x, const double *y)
{
	double sorted[BOOTSTRAP_RESAMPLES];
	size_t n = 0;
	for (size_t i = 0; i < BOOTSTRAP_RESAMPLES; i++) {
		double value = y ? x[i] - y[i] : x[i];
		if (!isnan(value))
			sorted[n++] = value;
	}
	if (n == 0)
		return (struct interval){ NAN, NAN };
	qsort(sorted, n, sizeof(double), by_value);
	return (struct interval){ quantile(sorted, n, 0.025), quantile(sorted, n, 0.975) };
}

static void summarise(const struct bootstrap *bootstrap, const size_t *baseline, struct gains *out)
{
	for (size_t i = 0; i < bootstrap->n; i++) {
		const double *aiq = bootstrap->aiq + i * BOOTSTRAP_RESAMPLES;
		out[i].aiq = percentiles(aiq, NULL);
		out[i].mix_gain_interval = percentiles(bootstrap->mix_gain + i * BOOTSTRAP_RESAMPLES, NULL);
		out[i].lift = NAN;
		out[i].lift_interval = (struct interval){ NAN, NAN };
		if (baseline[i] >= bootstrap->n)
			continue;
		out[i].lift = bootstrap->routers[i]->aiq - bootstrap->routers[baseline[i]]->aiq;
		out[i].lift_interval = percentiles(aiq, bootstrap->aiq + baseline[i] * BOOTSTRAP_RESAMPLES);
	}
}

int bootstrap_gains(const struct test_table *table, const struct judged *const *routers, size_t n,
		    const size_t *baseline, uint64_t seed, size_t threads, struct gains *out)
{
	cleanup(bootstrap_deinit) struct bootstrap bootstrap = { table, routers, n, seed, NULL, NULL, NULL };
	bootstrap.operating = calloc(n + 1, sizeof(size_t));
	bootstrap.aiq = calloc(n * BOOTSTRAP_RESAMPLES + 1, sizeof(double));
	bootstrap.mix_gain = calloc(n * BOOTSTRAP_RESAMPLES + 1, sizeof(double));
	TRY_ALLOC(bootstrap.operating);
	TRY_ALLOC(bootstrap.aiq);
	TRY_ALLOC(bootstrap.mix_gain);
	TRY(find_operating_points(&bootstrap, out));
	TRY(parallel_run(threads, BLOCKS, run_block, &bootstrap));
	summarise(&bootstrap, baseline, out);
	return 0;
}
