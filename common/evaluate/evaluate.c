/* evaluate.c: decisions of a router for every λ, and their curve.                           (kind: kernel) */
#include "common/evaluate/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include "common/router/router.h"

double evaluate_lambda(size_t k)
{
	return judged_lambda(k);
}

/* What may be chosen in each row: observed and routable. */
static void mark_allowed(const struct test_table *table, const uint8_t *routable, uint8_t *allowed)
{
	size_t k = table->n_models;
	for (size_t cell = 0; cell < table->n * k; cell++)
		allowed[cell] = !isnan(table->score[cell]) && (!routable || routable[cell % k]);
}

struct decider {
	const struct test_table *table;
	const struct estimates *estimates;
	uint8_t *allowed; /* n × K */
	uint16_t *chosen; /* n: the last vector */
	size_t room;      /* of judged->turns */
};

static uint16_t choose(const struct decider *decider, size_t row, double lambda)
{
	size_t k = decider->table->n_models;
	int m = router_choose(decider->estimates->score + row * k, decider->estimates->cost + row * k,
			      decider->allowed + row * k, k, lambda);
	return m < 0 ? JUDGED_UNDECIDED : (uint16_t)m;
}

static int add_turn(struct decider *decider, struct judged *judged, size_t *n, struct turn turn)
{
	if (*n == decider->room) {
		size_t room = decider->room * 2 + 64;
		struct turn *larger = realloc(judged->turns, room * sizeof(*larger));
		TRY_ALLOC(larger);
		judged->turns = larger;
		decider->room = room;
	}
	judged->turns[(*n)++] = turn;
	return 0;
}

static struct point realised(const struct decider *decider, size_t n_decided)
{
	const struct test_table *table = decider->table;
	struct point sum = { 0 };
	for (size_t r = 0; r < table->n; r++) {
		if (decider->chosen[r] == JUDGED_UNDECIDED)
			continue;
		size_t cell = r * table->n_models + decider->chosen[r];
		sum.cost += table->cost[cell];
		sum.score += table->score[cell];
	}
	return (struct point){ sum.cost / (double)n_decided, sum.score / (double)n_decided };
}

/* λ_0: the first vector. */
static void decide_first(struct decider *decider, struct judged *judged)
{
	for (size_t r = 0; r < judged->n_rows; r++) {
		decider->chosen[r] = judged->first[r] = choose(decider, r, judged_lambda(0));
		judged->n_decided += judged->first[r] != JUDGED_UNDECIDED;
	}
	if (judged->n_decided == 0)
		return;
	judged->n_distinct = 1;
	judged->at[0] = realised(decider, judged->n_decided);
}

/* λ_k: what turned since λ_(k−1). */
static int decide_next(struct decider *decider, struct judged *judged, size_t k)
{
	size_t before = judged->turns_end[judged->n_distinct - 1], n = before;
	for (size_t r = 0; r < judged->n_rows; r++) {
		uint16_t m = choose(decider, r, judged_lambda(k));
		if (m == decider->chosen[r])
			continue;
		TRY(add_turn(decider, judged, &n, (struct turn){ (uint32_t)r, decider->chosen[r], m }));
		decider->chosen[r] = m;
	}
	if (n > before) {
		judged->at[judged->n_distinct] = realised(decider, judged->n_decided);
		judged->turns_end[judged->n_distinct++] = n;
	}
	judged->which[k] = judged->n_distinct - 1;
	return 0;
}

static int decide(struct decider *decider, struct judged *judged)
{
	decide_first(decider, judged);
	if (judged->n_decided == 0)
		return 0;
	for (size_t k = 1; k < JUDGED_LAMBDAS; k++)
		TRY(decide_next(decider, judged, k));
	judged->curve.n = JUDGED_LAMBDAS;
	for (size_t k = 0; k < JUDGED_LAMBDAS; k++) {
		judged->curve.lambda[k] = judged_lambda(k);
		judged->curve.point[k] = judged->at[judged->which[k]];
	}
	return 0;
}

static void measure(const struct test_table *table, struct judged *judged)
{
	judged->aiq = judged->nauc = judged->max_accuracy = NAN;
	if (judged->curve.n == 0)
		return;
	double lo, hi;
	controls_axis(table, &lo, &hi);
	judged->aiq = area_aiq(judged->at, judged->n_distinct, lo, hi);
	judged->nauc = area_nauc(judged->curve.point, judged->curve.n);
	judged->max_accuracy = 0.0;
	for (size_t j = 0; j < judged->n_distinct; j++)
		judged->max_accuracy = fmax(judged->max_accuracy, judged->at[j].score);
}

int evaluate_router(const struct test_table *table, const struct estimates *estimates, struct judged *out)
{
	cleanup(judged_deinit) struct judged judged = { .n_rows = table->n };
	cleanup(free_pointer) uint8_t *allowed = calloc(table->n * table->n_models + 1, 1);
	cleanup(free_pointer) uint16_t *chosen = calloc(table->n + 1, sizeof(*chosen));
	judged.first = calloc(table->n + 1, sizeof(*judged.first));
	TRY_ALLOC(allowed);
	TRY_ALLOC(chosen);
	TRY_ALLOC(judged.first);
	mark_allowed(table, estimates->routable, allowed);
	struct decider decider = { table, estimates, allowed, chosen, 0 };
	TRY(decide(&decider, &judged));
	measure(table, &judged);
	*out = judged;
	judged = (struct judged){ 0 };
	return 0;
}

void evaluate_quality(const struct test_table *table, const struct estimates *estimates,
		      const struct judged *judged, const struct controls *controls, struct quality *out)
{
	const struct single *best = &controls->singles[controls->best_single];
	double iso_cost = quality_iso_cost(judged, best->accuracy);
	*out = (struct quality){
		.iso_cost = iso_cost,
		.cost_save = 1.0 - iso_cost / best->cost,
		.perf_gain = judged->max_accuracy / best->accuracy - 1.0,
		.ece = quality_ece(table, estimates),
		.brier = quality_brier(table, estimates),
		.cost_error = quality_cost_error(table, estimates),
	};
}
