/* consortium.c: clients and plans for tests of the drive loop. */
#include "tests/unit/drive/consortium.h"

#include <math.h>

#include "common/embed/encoder.h"
#include "common/numerics/rng.h"

static const char *const models[MODELS] = { "large", "middle", "small" };
static const char *const clients[CLIENTS] = { "client-00", "client-01", "client-02", "client-03" };
static const struct encoder_identity encoder = { .name = "given",
						 .dimension = DIMENSION,
						 .normalization = "l2" };

void consortium_draw(struct consortium *out)
{
	struct rng rng;
	rng_init(&rng, 7, 0);
	for (uint32_t q = 0; q < QUERIES; q++) {
		for (size_t i = 0; i < DIMENSION; i++)
			out->embeddings[q * DIMENSION + i] = (float)rng_normal(&rng);
		embed_normalize(out->embeddings + q * DIMENSION, DIMENSION);
		out->rows[q] = (struct observation){ q, q % MODELS, rng_uniform(&rng),
						     0.001 * rng_uniform(&rng), NAN };
	}
	for (size_t c = 0; c < CLIENTS; c++)
		out->data[c] = (struct dataset){ .n_models = MODELS,
						 .models = models,
						 .n_queries = QUERIES,
						 .dimension = DIMENSION,
						 .embeddings = out->embeddings,
						 .n_rows = c == EMPTY_CLIENT ? 0 : CLIENT_ROWS,
						 .rows = out->rows + (c % EMPTY_CLIENT) * CLIENT_ROWS };
}

struct plan consortium_plan(const struct learner *learner)
{
	struct plan plan = { .learner = learner->name,
			     .seed = 100,
			     .n_clients = CLIENTS,
			     .clients = clients,
			     .rounds = 2,
			     .participation = 0.5,
			     .quorum = 1.0,
			     .deadline_s = 3600,
			     .encoder = &encoder,
			     .n_models = MODELS,
			     .models = models,
			     .limit_rows = PLAN_ROWS,
			     .limit_cohort = PLAN_COHORT };
	settings_init(&plan.settings, learner->settings);
	return plan;
}
