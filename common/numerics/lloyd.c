/* lloyd.c: blocks of points against the centres of all restarts.                            (kind: kernel) */
#include "common/numerics/lloyd.h"

#include <math.h>
#include <string.h>

#include "common/numerics/lloyd_block.h"

enum { ALIGN = 64 };

#define NOWHERE UINT32_MAX
#define TOLERANCE 1e-4

typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

static float squared_distance(const float *a, const float *b, size_t d)
{
	quad lanes[4] = { 0 };
	size_t i = 0;
	for (; i + 16 <= d; i += 16) {
		for (size_t q = 0; q < 4; q++) {
			quad step = *(const quad *)(a + i + 4 * q) - *(const quad *)(b + i + 4 * q);
			lanes[q] += step * step;
		}
	}
	quad sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
	float total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
	for (; i < d; i++)
		total += (a[i] - b[i]) * (a[i] - b[i]);
	return total;
}

size_t lloyd_nearest(const float *centres, size_t k, size_t d, const float *x, float *distance)
{
	size_t best = 0;
	float least = INFINITY;
	for (size_t j = 0; j < k; j++) {
		float candidate = squared_distance(x, centres + j * d, d);
		if (candidate < least) {
			least = candidate;
			best = j;
		}
	}
	if (distance)
		*distance = least;
	return best;
}

static double weight_of(const struct lloyd_points *points, size_t i)
{
	return points->weight ? points->weight[i] : 1.0;
}

static bool is_among(const uint32_t *chosen, size_t n, size_t i)
{
	for (size_t j = 0; j < n; j++) {
		if (chosen[j] == i)
			return true;
	}
	return false;
}

static size_t draw_uniform(const struct lloyd_points *points, const uint32_t *chosen, size_t n,
			   struct rng *rng)
{
	size_t i;
	do {
		i = (size_t)rng_below(rng, points->n);
	} while (is_among(chosen, n, i));
	return i;
}

/* Where the remaining weight is zero, the last point not yet chosen. */
static size_t draw_weighted(const struct lloyd_points *points, const uint32_t *chosen, size_t n,
			    struct rng *rng)
{
	double left = 0.0;
	size_t last = 0;
	for (size_t i = 0; i < points->n; i++) {
		if (!is_among(chosen, n, i))
			left += points->weight[i];
	}
	double target = rng_uniform(rng) * left, passed = 0.0;
	for (size_t i = 0; i < points->n; i++) {
		if (is_among(chosen, n, i))
			continue;
		last = i;
		passed += points->weight[i];
		if (passed > target)
			break;
	}
	return last;
}

void lloyd_draw(const struct lloyd_points *points, size_t k, struct rng *rng, uint32_t *chosen)
{
	for (size_t j = 0; j < k; j++) {
		if (k == points->n)
			chosen[j] = (uint32_t)j;
		else if (points->weight)
			chosen[j] = (uint32_t)draw_weighted(points, chosen, j, rng);
		else
			chosen[j] = (uint32_t)draw_uniform(points, chosen, j, rng);
	}
}

/* One restart. */
struct attempt {
	float *centres;   /* k × d */
	double *sums;     /* k × d: Σ w·x of the points that carry the label */
	double *masses;   /* k */
	uint32_t *labels; /* n */
	bool moving;      /* has not converged */
};

struct work {
	const struct lloyd_points *points;
	const struct lloyd_rules *rules;
	struct attempt *attempts;
	float *panels;   /* the centres of those that take part in a pass, restarts·k columns */
	float *norms;    /* restarts·k: ‖c‖² */
	float *products; /* of one block with the columns */
	size_t panel_floats, product_floats;
	struct lloyd_proposals *proposals;
	double square; /* Σ w·‖x‖² */
	float doubt;   /* two candidates nearer to each other than this are decided by lloyd_nearest */
};

struct shelf {
	char *base; /* NULL: only measure */
	size_t used;
};

static void *take(struct shelf *shelf, size_t bytes)
{
	char *piece = shelf->base ? shelf->base + shelf->used : NULL;
	shelf->used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
	return piece;
}

/* Lay the work out in `base`; returns its size. */
static size_t lay_out(struct work *work, void *base)
{
	const struct lloyd_points *points = work->points;
	size_t k = work->rules->k, restarts = work->rules->restarts, d = points->d;
	struct shelf shelf = { .base = base };
	work->attempts = take(&shelf, restarts * sizeof(*work->attempts));
	work->panel_floats = lloyd_block_panel_floats(restarts * k, d);
	work->product_floats = lloyd_block_product_floats(restarts * k);
	work->panels = take(&shelf, work->panel_floats * sizeof(float));
	work->norms = take(&shelf, restarts * k * sizeof(float));
	work->products = take(&shelf, work->product_floats * sizeof(float));
	work->proposals = take(&shelf, sizeof(*work->proposals));
	for (size_t r = 0; r < restarts; r++) {
		struct attempt attempt = { .moving = true };
		attempt.centres = take(&shelf, k * d * sizeof(float));
		attempt.sums = take(&shelf, k * d * sizeof(double));
		attempt.masses = take(&shelf, k * sizeof(double));
		attempt.labels = take(&shelf, points->n * sizeof(uint32_t));
		if (base)
			work->attempts[r] = attempt;
	}
	return shelf.used;
}

size_t lloyd_workspace(const struct lloyd_points *points, const struct lloyd_rules *rules)
{
	struct work work = { .points = points, .rules = rules };
	return lay_out(&work, NULL);
}

static double squared_norm(const float *x, size_t d)
{
	double sum = 0.0;
	for (size_t i = 0; i < d; i++)
		sum += (double)x[i] * x[i];
	return sum;
}

/* A distance by the product errs by at most 2(d + 2)·u·reach, one by lloyd_nearest by 4(d/16 + 12)·u·reach, u
 * = 2^-24, reach = max ‖x‖² ≥ ‖c‖² (centres are means of points): the difference of two candidates by twice
 * both. */
static void measure_points(struct work *work)
{
	const struct lloyd_points *points = work->points;
	double reach = 0.0;
	work->square = 0.0;
	for (size_t i = 0; i < points->n; i++) {
		double square = squared_norm(points->x + i * points->d, points->d);
		work->square += weight_of(points, i) * square;
		reach = fmax(reach, square);
	}
	work->doubt = (float)(8.0 * ((double)points->d + 16.0) * 0x1p-24 * reach);
}

static void start_from(struct work *work, const uint32_t *starts)
{
	const struct lloyd_points *points = work->points;
	size_t k = work->rules->k, d = points->d;
	/* Columns and points that a last panel or block lacks are computed with, and never read. */
	memset(work->panels, 0, work->panel_floats * sizeof(float));
	memset(work->products, 0, work->product_floats * sizeof(float));
	for (size_t r = 0; r < work->rules->restarts; r++) {
		struct attempt *attempt = &work->attempts[r];
		for (size_t j = 0; j < k; j++)
			memcpy(attempt->centres + j * d, points->x + starts[r * k + j] * d,
			       d * sizeof(float));
		memset(attempt->sums, 0, k * d * sizeof(double));
		memset(attempt->masses, 0, k * sizeof(double));
		memset(attempt->labels, 0xff, points->n * sizeof(uint32_t)); /* NOWHERE */
	}
}

static void add_weighted(double *restrict sum, const float *restrict x, double weight, size_t d)
{
	for (size_t i = 0; i < d; i++)
		sum[i] += weight * x[i];
}

/* Labels rarely change after the first passes, so sums follow the points that move instead of starting
 * again. */
static void move(struct attempt *attempt, const struct lloyd_points *points, size_t i, uint32_t label)
{
	const float *x = points->x + i * points->d;
	double weight = weight_of(points, i);
	uint32_t old = attempt->labels[i];
	if (old == label)
		return;
	if (old != NOWHERE) {
		add_weighted(attempt->sums + old * points->d, x, -weight, points->d);
		attempt->masses[old] -= weight;
	}
	add_weighted(attempt->sums + label * points->d, x, weight, points->d);
	attempt->masses[label] += weight;
	attempt->labels[i] = label;
}

static void assign_block(struct work *work, struct attempt *attempt, size_t first, size_t n)
{
	const struct lloyd_points *points = work->points;
	const struct lloyd_proposals *proposals = work->proposals;
	for (size_t i = 0; i < n; i++) {
		uint32_t label = proposals->index[i];
		if (proposals->second[i] - proposals->best[i] <= work->doubt)
			label = (uint32_t)lloyd_nearest(attempt->centres, work->rules->k, points->d,
							points->x + (first + i) * points->d, NULL);
		move(attempt, points, first + i, label);
	}
}

static bool takes_part(const struct attempt *attempt, bool all)
{
	return all || attempt->moving;
}

/* The centres of all that take part as columns, one after the other; returns how many. */
static size_t pack_centres(struct work *work, bool all)
{
	size_t k = work->rules->k, d = work->points->d, columns = 0;
	for (size_t r = 0; r < work->rules->restarts; r++) {
		const float *centres = work->attempts[r].centres;
		if (!takes_part(&work->attempts[r], all))
			continue;
		lloyd_block_pack(centres, columns, k, d, work->panels);
		for (size_t j = 0; j < k; j++)
			work->norms[columns + j] = (float)squared_norm(centres + j * d, d);
		columns += k;
	}
	return columns;
}

/* Assign all points in every attempt that is still moving (all: in every one). */
static void pass(struct work *work, bool all)
{
	const struct lloyd_points *points = work->points;
	size_t k = work->rules->k, d = points->d, columns = pack_centres(work, all);
	for (size_t first = 0; first < points->n && columns > 0; first += LLOYD_BLOCK) {
		size_t n = points->n - first < LLOYD_BLOCK ? points->n - first : LLOYD_BLOCK;
		lloyd_block_products(work->panels, columns, points->x + first * d, n, d, work->products);
		for (size_t r = 0, column = 0; r < work->rules->restarts; r++) {
			if (!takes_part(&work->attempts[r], all))
				continue;
			lloyd_block_propose(work->norms + column, work->products + column * LLOYD_BLOCK, k,
					    work->proposals);
			assign_block(work, &work->attempts[r], first, n);
			column += k;
		}
	}
}

/* New centres from the sums; true: they hardly moved. */
static bool update(struct work *work, struct attempt *attempt, struct rng *rng)
{
	const struct lloyd_points *points = work->points;
	size_t d = points->d;
	double shift = 0.0, size = 0.0;
	for (size_t j = 0; j < work->rules->k; j++) {
		float *centre = attempt->centres + j * d;
		const float *seed = NULL;
		if (attempt->masses[j] <= 0.0)
			seed = points->x + rng_below(rng, points->n) * d;
		for (size_t i = 0; i < d; i++) {
			float old = centre[i];
			centre[i] = seed ? seed[i] : (float)(attempt->sums[j * d + i] / attempt->masses[j]);
			shift += ((double)centre[i] - old) * ((double)centre[i] - old);
			size += (double)old * old;
		}
	}
	return sqrt(shift) < TOLERANCE * (sqrt(size) + 1e-8);
}

/* Σ w‖x − c‖² = Σ w‖x‖² + Σ_j (mass_j·‖c_j‖² − 2·c_j·sum_j), whichever centres the labels came from. */
static double inertia_of(const struct work *work, const struct attempt *attempt)
{
	size_t k = work->rules->k, d = work->points->d;
	double inertia = work->square;
	for (size_t j = 0; j < k; j++) {
		const float *centre = attempt->centres + j * d;
		double dot = 0.0;
		for (size_t i = 0; i < d; i++)
			dot += centre[i] * attempt->sums[j * d + i];
		inertia += attempt->masses[j] * squared_norm(centre, d) - 2.0 * dot;
	}
	return fmax(inertia, 0.0);
}

static void choose_best(const struct work *work, struct lloyd_result *result)
{
	size_t k = work->rules->k, d = work->points->d;
	const struct attempt *best = NULL;
	for (size_t r = 0; r < work->rules->restarts; r++) {
		double inertia = inertia_of(work, &work->attempts[r]);
		if (best && inertia >= result->inertia)
			continue;
		best = &work->attempts[r];
		result->inertia = inertia;
	}
	memcpy(result->centres, best->centres, k * d * sizeof(float));
	memcpy(result->labels, best->labels, work->points->n * sizeof(uint32_t));
	memcpy(result->masses, best->masses, k * sizeof(double));
}

void lloyd_cluster(const struct lloyd_points *points, const struct lloyd_rules *rules, const uint32_t *starts,
		   struct rng *rng, struct lloyd_result *result, void *workspace)
{
	struct work work = { .points = points, .rules = rules };
	lay_out(&work, workspace);
	measure_points(&work);
	start_from(&work, starts);
	result->iterations = 0;
	size_t moving = rules->restarts;
	for (size_t i = 0; i < rules->iterations && moving > 0; i++) {
		pass(&work, false);
		for (size_t r = 0; r < rules->restarts; r++) {
			struct attempt *attempt = &work.attempts[r];
			if (!attempt->moving)
				continue;
			result->iterations++;
			attempt->moving = !update(&work, attempt, rng);
			moving -= !attempt->moving;
		}
	}
	if (!rules->stale)
		pass(&work, true);
	choose_best(&work, result);
}
