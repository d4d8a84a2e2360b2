/* kmeans.c: the order of the phases, and what can be set.                                   (kind: kernel) */
#include "common/learn/kmeans/kmeans.h"

#include <errno.h>

#include "common/learn/kmeans/kmeans_cells.h"
#include "common/learn/kmeans/kmeans_centroids.h"
#include "common/learn/kmeans/kmeans_router.h"

enum { CENTRAL_K = 30, CLIENT_K = 8, MOST_K = 1024 };

static const struct setting kmeans_settings[] = {
	{ "k_local", SETTING_INTEGER, 15, 1, MOST_K, "centroids that a client sends at most" },
	{ "k_global", SETTING_INTEGER, 20, 1, MOST_K, "common centres" },
	{ "paper", SETTING_BOOLEAN, 0, 0, 1,
	  "as published: stale labels, no merging, empty cells block their model" },
	{ .name = NULL },
};

static int kmeans_init(const struct plan *plan, struct state *out)
{
	(void)plan;
	*out = (struct state){ 0 };
	return 0;
}

static int kmeans_next(const struct plan *plan, const struct state *state, struct phase *out)
{
	size_t k;
	if (state->phase >= KMEANS_PHASES)
		return LEARNER_E_FINISHED;
	*out = (struct phase){ .number = state->phase, .kind = PHASE_GATHER, .everyone = true };
	if (state->phase == KMEANS_PHASE_CENTROIDS)
		return 0;
	if (!kmeans_centroids_centres(state, plan->encoder->dimension, &k))
		return FAIL(-EINVAL);
	out->kind = PHASE_SUMS;
	return kmeans_cells_lanes(plan, k, &out->lanes);
}

static int kmeans_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			     const struct dataset *data, const char *client, struct answer *out)
{
	if (phase->number == KMEANS_PHASE_CENTROIDS)
		return kmeans_centroids_contribute(plan, data, client, out);
	return kmeans_cells_contribute(phase, state, data, out);
}

static int kmeans_check(const struct plan *plan, const struct phase *phase, const struct state *state,
			const struct answer *answer, const char *client, struct findings *findings)
{
	(void)state;
	if (phase->number == KMEANS_PHASE_CENTROIDS)
		return kmeans_centroids_check(plan, answer, client, findings);
	return kmeans_cells_check(phase, answer, client, findings);
}

static int kmeans_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		       const struct answers *answers)
{
	if (phase->number == KMEANS_PHASE_CENTROIDS)
		return kmeans_centroids_fold(plan, answers, state);
	return kmeans_cells_fold(phase, answers, state);
}

static int kmeans_finish(const struct plan *plan, const struct state *state, size_t threads,
			 struct router **out, char **report)
{
	(void)threads;
	return kmeans_cells_finish(plan, state, out, report);
}

static void put_k(struct plan *plan, double k)
{
	if (settings_put(&plan->settings, "k_local", k) != 0 ||
	    settings_put(&plan->settings, "k_global", k) != 0)
		(void)FAIL(-EINVAL);
}

static void kmeans_central(struct plan *plan)
{
	put_k(plan, CENTRAL_K);
}

static void kmeans_local(struct plan *plan)
{
	put_k(plan, CLIENT_K);
}

const struct learner kmeans_learner = {
	.name = "kmeans",
	.summary = "clusters of queries, with a mean score and cost per cluster and model",
	.settings = kmeans_settings,
	.predictor = &kmeans_router_predictor,
	.init = kmeans_init,
	.next = kmeans_next,
	.contribute = kmeans_contribute,
	.check = kmeans_check,
	.fold = kmeans_fold,
	.finish = kmeans_finish,
	.central = kmeans_central,
	.local = kmeans_local,
};
