/* ridge.c: the learner: one phase of sums, then penalties, solve, router.                (kind: conductor) */
#include "common/learn/ridge/ridge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/learn/ridge/ridge_check.h"
#include "common/learn/ridge/ridge_evidence.h"
#include "common/learn/ridge/ridge_predict.h"
#include "common/learn/ridge/ridge_solve.h"
#include "common/learn/ridge/ridge_sums.h"
#include "common/learn/total.h"
#include "common/loop/parallel.h"
#include "common/numerics/stats.h"

static int ridge_init(const struct plan *plan, struct state *out)
{
	(void)plan;
	*out = (struct state){ 0 };
	return 0;
}

static int ridge_next(const struct plan *plan, const struct state *state, struct phase *out)
{
	if (state->phase > 0)
		return LEARNER_E_FINISHED;
	*out = (struct phase){ .number = 0, .kind = PHASE_SUMS, .everyone = true };
	return ridge_sums_lanes(plan, &out->lanes);
}

static int ridge_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			    const struct dataset *data, const char *client, struct answer *out)
{
	(void)plan;
	(void)state;
	(void)client;
	return ridge_sums_add(&phase->lanes, data, out);
}

static int ridge_check(const struct plan *plan, const struct phase *phase, const struct state *state,
		       const struct answer *answer, const char *client, struct findings *findings)
{
	(void)state;
	return ridge_check_answer(plan, &phase->lanes, answer, client, findings);
}

static int ridge_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		      const struct answers *answers)
{
	(void)plan;
	return total_keep(phase, state, answers);
}

struct solving {
	const struct ridge_sums *sums;
	const struct ridge_choice *choices;
	double *theta[RIDGE_TARGETS];
};

static int solve_target(void *context, size_t index, size_t worker)
{
	struct solving *solving = context;
	(void)worker;
	return ridge_solve_theta(solving->sums, (enum ridge_target)index, solving->choices[index].penalties,
				 solving->theta[index]);
}

static int add_inverses(const struct ridge_sums *sums, struct ridge_penalties penalties,
			struct tensors *tensors)
{
	double *models, *shared;
	TRY(tensors_add(tensors, "inverse_models", TENSOR_F64, SHAPE(sums->k, stats_packed(sums->d + 1)),
			&models));
	TRY(tensors_add(tensors, "inverse_shared", TENSOR_F64, SHAPE(stats_packed(sums->d)), &shared));
	return ridge_solve_inverses(sums, penalties, models, shared);
}

static int make_tensors(const struct ridge_sums *sums, const struct ridge_choice *choices, size_t threads,
			struct tensors *tensors)
{
	struct solving solving = { .sums = sums, .choices = choices };
	double *sigma2, *penalties;
	uint8_t *routable;
	TRY(tensors_add(tensors, "theta_score", TENSOR_F64, SHAPE(sums->k, sums->d + 1),
			&solving.theta[RIDGE_SCORE]));
	TRY(tensors_add(tensors, "theta_log_cost", TENSOR_F64, SHAPE(sums->k, sums->d + 1),
			&solving.theta[RIDGE_LOG_COST]));
	TRY(tensors_add(tensors, "sigma2", TENSOR_F64, SHAPE(RIDGE_TARGETS), &sigma2));
	TRY(tensors_add(tensors, "penalties", TENSOR_F64, SHAPE(RIDGE_TARGETS, 3), &penalties));
	TRY(tensors_add(tensors, "routable", TENSOR_U8, SHAPE(sums->k), &routable));
	TRY(parallel_run(threads, RIDGE_TARGETS, solve_target, &solving));
	for (size_t t = 0; t < RIDGE_TARGETS; t++) {
		sigma2[t] = choices[t].sigma2;
		penalties[3 * t] = choices[t].penalties.l0;
		penalties[3 * t + 1] = choices[t].penalties.l1;
		penalties[3 * t + 2] = choices[t].penalties.li;
	}
	for (size_t m = 0; m < sums->k; m++)
		routable[m] = sums->n[m] >= PLAN_ROUTABLE_ROWS;
	return 0;
}

static int report_json(const struct ridge_choice *choices, size_t repaired, char **out)
{
	const struct ridge_choice *score = &choices[RIDGE_SCORE], *log_cost = &choices[RIDGE_LOG_COST];
	int n = asprintf(
		out,
		"{\"penalties_score\":[%.17g,%.17g,%.17g],\"penalties_log_cost\":[%.17g,%.17g,%.17g],"
		"\"evidence_score\":%.17g,\"evidence_log_cost\":%.17g,\"sigma2_score\":%.17g,"
		"\"sigma2_log_cost\":%.17g,\"models_repaired\":%zu}",
		score->penalties.l0, score->penalties.l1, score->penalties.li, log_cost->penalties.l0,
		log_cost->penalties.l1, log_cost->penalties.li, score->evidence, log_cost->evidence,
		score->sigma2, log_cost->sigma2, repaired);
	if (n < 0) {
		*out = NULL;
		return FAIL(-ENOMEM);
	}
	return 0;
}

static int read_state(const struct plan *plan, const struct state *state, struct ridge_sums *sums,
		      size_t *repaired)
{
	struct lanes lanes;
	TRY(ridge_sums_lanes(plan, &lanes));
	const uint64_t *total = total_words(state, &lanes);
	if (!total)
		return FAIL(-EINVAL);
	TRY(ridge_sums_init(sums, plan->n_models, plan->encoder->dimension));
	ridge_sums_read(&lanes, total, sums);
	TRY(ridge_check_repair(sums, repaired));
	ridge_sums_centre(sums);
	return 0;
}

static int ridge_finish(const struct plan *plan, const struct state *state, size_t threads,
			struct router **out, char **report)
{
	cleanup(ridge_sums_deinit) struct ridge_sums sums = { 0 };
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	cleanup(free_pointer) char *settings = NULL;
	cleanup(router_cleanup) struct router *router = NULL;
	struct ridge_choice choices[RIDGE_TARGETS];
	size_t repaired = 0;
	TRY(read_state(plan, state, &sums, &repaired));
	TRY(ridge_evidence_choose(&sums, threads, choices));
	TRY(make_tensors(&sums, choices, threads, &tensors));
	if (settings_is(&plan->settings, "variance"))
		TRY(add_inverses(&sums, choices[RIDGE_SCORE].penalties, &tensors));
	TRY(settings_json(&plan->settings, &settings));
	TRY(router_new(ridge_learner.predictor, plan->n_models, plan->models, plan->encoder, settings,
		       &tensors, &router));
	if (report)
		TRY(report_json(choices, repaired, report));
	*out = router;
	router = NULL;
	return 0;
}

static const struct setting ridge_settings[] = {
	{ "variance", SETTING_BOOLEAN, 0, 0, 1, "put the inverse matrices into the artefact (large)" },
	{ .name = NULL },
};

const struct learner ridge_learner = {
	.name = "ridge",
	.summary = "hierarchical ridge on the embedding: exact in one round, penalties by evidence",
	.settings = ridge_settings,
	.predictor = &ridge_predict_predictor,
	.init = ridge_init,
	.next = ridge_next,
	.contribute = ridge_contribute,
	.check = ridge_check,
	.fold = ridge_fold,
	.finish = ridge_finish,
};
