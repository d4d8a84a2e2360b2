/* mlp.c: the learner: which phase asks what, settings, baselines, and the router.           (kind: kernel) */
#include "common/learn/mlp/mlp.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/learn/mlp/mlp_layout.h"
#include "common/learn/mlp/mlp_predict.h"
#include "common/learn/mlp/mlp_round.h"
#include "common/learn/mlp/mlp_scaler.h"
#include "common/learn/stream.h"
#include "common/learn/total.h"

static const struct setting mlp_settings[] = {
	{ .name = "epochs",
	  .type = SETTING_INTEGER,
	  .fallback = 1,
	  .least = 1,
	  .most = 1000,
	  .help = "passes over a client's rows per round" },
	{ .name = "lr",
	  .type = SETTING_NUMBER,
	  .fallback = 1e-3,
	  .least = 0.0,
	  .most = 1.0,
	  .help = "learning rate" },
	{ .name = "paper",
	  .type = SETTING_BOOLEAN,
	  .fallback = 0,
	  .least = 0,
	  .most = 1,
	  .help = "the published method: ln(1 + c) clamped, plain averaging, every model routable" },
	{ .name = "weight_decay",
	  .type = SETTING_NUMBER,
	  .fallback = 3e-4,
	  .least = 0.0,
	  .most = 1.0,
	  .help = "decoupled weight decay" },
	{ .name = NULL },
};

static bool is_round(const struct phase *phase)
{
	return phase->number > 0;
}

/* Uniform in ±1/√fan_in; γ = 1, β = 0. */
static void draw_parameters(const struct mlp_layout *layout, struct rng *rng, float *p[MLP_TENSORS])
{
	for (size_t i = 0; i < MLP_TENSORS; i++) {
		size_t kind = i < MLP_SCORE_WEIGHT ? i % MLP_OF_LAYER : MLP_WEIGHT;
		double bound = 1.0 / sqrt((double)layout->at[i].fan_in);
		for (size_t j = 0; j < layout->at[i].n; j++) {
			if (kind == MLP_WEIGHT || kind == MLP_BIAS)
				p[i][j] = (float)(bound * (2.0 * rng_uniform(rng) - 1.0));
			else
				p[i][j] = kind == MLP_GAMMA ? 1.0f : 0.0f;
		}
	}
}

static int mlp_init(const struct plan *plan, struct state *out)
{
	cleanup(state_deinit) struct state state = { 0 };
	struct mlp_layout layout = mlp_layout_of(plan->encoder->dimension, plan->n_models);
	float *p[MLP_TENSORS];
	struct rng rng;
	TRY(mlp_layout_add(&layout, &state.tensors));
	TRY(mlp_scaler_add(plan->n_models, &state.tensors));
	TRY(stream_open(&rng, plan->seed, 0, "coordinator", "init"));
	if (!mlp_layout_find(&layout, &state.tensors, p))
		return FAIL(-EINVAL);
	draw_parameters(&layout, &rng, p);
	*out = state;
	state = (struct state){ 0 };
	return 0;
}

static int mlp_next(const struct plan *plan, const struct state *state, struct phase *out)
{
	if (state->phase > plan->rounds)
		return LEARNER_E_FINISHED;
	*out = (struct phase){ .number = state->phase, .kind = PHASE_SUMS, .everyone = state->phase == 0 };
	return is_round(out) ? mlp_round_lanes(plan, &out->lanes) : mlp_scaler_lanes(plan, &out->lanes);
}

static int mlp_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			  const struct dataset *data, const char *client, struct answer *out)
{
	*out = (struct answer){ .rows = data->n_rows };
	TRY(total_start(&phase->lanes, out));
	return is_round(phase) ? mlp_round_contribute(plan, phase, state, data, client, out) :
				 mlp_scaler_contribute(plan, phase, data, out);
}

static int mlp_check(const struct plan *plan, const struct phase *phase, const struct state *state,
		     const struct answer *answer, const char *client, struct findings *findings)
{
	(void)state;
	return is_round(phase) ? mlp_round_check(plan, phase, answer, client, findings) :
				 mlp_scaler_check(plan, phase, answer, client, findings);
}

static int mlp_fold(const struct plan *plan, const struct phase *phase, struct state *state,
		    const struct answers *answers)
{
	return is_round(phase) ? mlp_round_fold(plan, phase, state, answers) :
				 mlp_scaler_fold(plan, phase, state, answers);
}

static int mlp_finish(const struct plan *plan, const struct state *state, size_t threads, struct router **out,
		      char **report)
{
	static const double map[][MLP_MAP] = { { 1e-6, 0.0, -6.2, 27.8 }, { 1.0, 1.0, 0.0, 700.0 } };
	cleanup(free_pointer) char *settings = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	double *cost_map;
	(void)threads;
	TRY(tensors_copy(&state->tensors, &tensors));
	TRY(tensors_add(&tensors, "cost.map", TENSOR_F64, SHAPE(MLP_MAP), &cost_map));
	memcpy(cost_map, map[settings_is(&plan->settings, "paper")], sizeof(map[0]));
	TRY(settings_json(&plan->settings, &settings));
	TRY(router_new(&mlp_predict, plan->n_models, plan->models, plan->encoder, settings, &tensors,
		       &router));
	if (report) {
		*report = strdup("{}");
		TRY_ALLOC(*report);
	}
	*out = router;
	router = NULL;
	return 0;
}

/* A value of our own table is in range. */
static void put(struct plan *plan, const char *name, double value)
{
	int result = settings_put(&plan->settings, name, value);
	(void)result;
}

static void one_round(struct plan *plan, double epochs)
{
	put(plan, "epochs", epochs);
	plan->rounds = 1;
	plan->participation = 1.0;
}

static void mlp_central(struct plan *plan)
{
	put(plan, "lr", 2e-5);
	put(plan, "weight_decay", 3e-4);
	one_round(plan, 8);
}

static void mlp_local(struct plan *plan)
{
	put(plan, "lr", 6e-5);
	put(plan, "weight_decay", 3e-4);
	one_round(plan, 15);
}

/* As many steps as all clients of the federated run took together, at its learning rate. */
static bool mlp_central_matched(struct plan *plan)
{
	double epochs =
		(double)plan->rounds * plan->participation * settings_number(&plan->settings, "epochs");
	one_round(plan, fmax(1.0, nearbyint(epochs)));
	return true;
}

const struct learner mlp_learner = {
	.name = "mlp",
	.summary = "two-layer network trained by federated averaging",
	.settings = mlp_settings,
	.predictor = &mlp_predict,
	.init = mlp_init,
	.next = mlp_next,
	.contribute = mlp_contribute,
	.check = mlp_check,
	.fold = mlp_fold,
	.finish = mlp_finish,
	.central = mlp_central,
	.local = mlp_local,
	.central_matched = mlp_central_matched,
};
