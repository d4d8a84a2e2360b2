/* decide.c: estimates, utilities, and the price at which a budget is kept.                 (kind: kernel) */
#include "client/decide/decide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/evaluate/predictions.h"

/* Beyond the last price nothing but the cost counts; STEPS halvings of the range between them (in decades)
 * are as fine as a double can say. */
#define PRICE_LEAST 1e-9
#define PRICE_MOST 1e15
enum { STEPS = 60 };

void decision_deinit(struct decision *decision)
{
	free(decision->score);
	free(decision->cost);
	free(decision->utility);
	*decision = (struct decision){ 0 };
}

static size_t find_second(const struct decision *decision)
{
	const struct router *router = decision->router;
	size_t second = router->n_models;
	for (size_t m = 0; m < router->n_models; m++) {
		if (m == decision->model || !router->routable[m] || isnan(decision->utility[m]))
			continue;
		if (second == router->n_models || decision->utility[m] > decision->utility[second])
			second = m;
	}
	return second;
}

static int estimate(const struct router *router, const float *x, struct decision *out)
{
	size_t k = router->n_models;
	uint32_t query = 0;
	struct dataset data = { .n_queries = 1, .dimension = router->dimension, .embeddings = x };
	out->score = calloc(k, sizeof(*out->score));
	out->cost = calloc(k, sizeof(*out->cost));
	out->utility = calloc(k, sizeof(*out->utility));
	TRY_ALLOC(out->score && out->cost && out->utility);
	return predictions_make(router, &data, &query, 1, out->score, out->cost);
}

int decide_query(const struct router *router, const float *x, double lambda, struct decision *out)
{
	cleanup(decision_deinit) struct decision decision = { .router = router, .lambda = lambda };
	TRY(estimate(router, x, &decision));
	int chosen = router_choose(decision.score, decision.cost, router->routable, router->n_models, lambda);
	if (chosen < 0)
		return DECIDE_E_NONE;
	for (size_t m = 0; m < router->n_models; m++)
		decision.utility[m] = decision.score[m] - lambda * decision.cost[m];
	decision.model = (size_t)chosen;
	decision.second = find_second(&decision);
	*out = decision;
	decision = (struct decision){ 0 };
	return DECIDE_E_OK;
}

int decide_embed(const char *text, size_t dimension, float *x)
{
	TRY(hash_encode(text, strlen(text), x, dimension));
	return embed_normalize(x, dimension) ? DECIDE_E_OK : DECIDE_E_NONE;
}

/* --- the budget --- */

struct estimates_of_all {
	const struct router *router;
	size_t n;
	double *score, *cost;
};

static void estimates_deinit_all(struct estimates_of_all *all)
{
	free(all->score);
	free(all->cost);
}

static int estimate_all(const struct router *router, const struct dataset *data, struct estimates_of_all *out)
{
	size_t n = data->n_queries, cells = n * router->n_models + 1;
	cleanup(free_pointer) uint32_t *queries = calloc(n + 1, sizeof(*queries));
	out->router = router;
	out->n = n;
	out->score = malloc(cells * sizeof(*out->score));
	out->cost = malloc(cells * sizeof(*out->cost));
	TRY_ALLOC(queries && out->score && out->cost);
	for (size_t q = 0; q < n; q++)
		queries[q] = (uint32_t)q;
	return predictions_make(router, data, queries, n, out->score, out->cost);
}

/* Mean estimated cost of the choices at a price; it never rises with the price. NaN: no choice. */
static double mean_cost(const struct estimates_of_all *all, double lambda)
{
	const struct router *router = all->router;
	size_t k = router->n_models, n = 0;
	double sum = 0.0;
	for (size_t q = 0; q < all->n; q++) {
		const double *cost = all->cost + q * k;
		int chosen = router_choose(all->score + q * k, cost, router->routable, k, lambda);
		sum += chosen < 0 ? 0.0 : cost[chosen];
		n += chosen >= 0;
	}
	return n > 0 ? sum / (double)n : NAN;
}

/* Halve the range of prices, in decades, until its upper end is the least price that keeps the budget. */
static double least_price(const struct estimates_of_all *all, double budget)
{
	double low = log10(PRICE_LEAST), high = log10(PRICE_MOST);
	for (int step = 0; step < STEPS; step++) {
		double middle = (low + high) / 2.0;
		if (mean_cost(all, pow(10.0, middle)) <= budget)
			high = middle;
		else
			low = middle;
	}
	return pow(10.0, high);
}

int decide_calibrate(const struct router *router, const struct dataset *data, double budget,
		     struct decide_budget *out)
{
	cleanup(estimates_deinit_all) struct estimates_of_all all = { 0 };
	TRY(estimate_all(router, data, &all));
	*out = (struct decide_budget){ .cheapest = mean_cost(&all, PRICE_MOST), .queries = data->n_queries };
	if (isnan(out->cheapest))
		return DECIDE_E_NONE;
	if (out->cheapest > budget)
		return DECIDE_E_BELOW;
	out->lambda = mean_cost(&all, 0.0) <= budget ? 0.0 : least_price(&all, budget);
	out->cost = mean_cost(&all, out->lambda);
	return DECIDE_E_OK;
}
