/* A router's file: read as a whole, and its arrays handed to their predictor as if the digest were right. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/io/safetensors.h"
#include "common/learn/learners.h"
#include "common/router/artefact.h"

enum { MODELS_MOST = 8, QUERIES = 2, ALIGNMENT = 64 };

static const char *const models[MODELS_MOST] = { "a", "b", "c", "d", "e", "f", "g", "h" };

/* Whatever a predictor took, it can predict with. */
static void predict(const struct router *router)
{
	double score[QUERIES * MODELS_MOST], cost[QUERIES * MODELS_MOST];
	size_t bytes = router->predictor->workspace(router, QUERIES) + ALIGNMENT;
	cleanup(free_pointer) float *x = calloc(QUERIES * router->dimension, sizeof(*x));
	cleanup(free_pointer) void *workspace = aligned_alloc(ALIGNMENT, bytes / ALIGNMENT * ALIGNMENT);
	FUZZ_NEED(x && workspace);
	x[0] = 1.0f;
	router->predictor->predict(router, x, QUERIES, score, cost, workspace);
	int m = router_choose(score, cost, router->routable, router->n_models, 1.0);
	FUZZ_NEED(m >= -1 && m < (int)router->n_models && (m < 0 || router->routable[m]));
}

static void make_router(struct tensors *tensors_take, const json_t *metadata)
{
	const char *learner = json_string_value(json_object_get(metadata, "learner"));
	const char *encoder = json_string_value(json_object_get(metadata, "encoder"));
	const struct predictor *predictor = learner ? learners_predictor(learner) : NULL;
	const struct tensor *routable = tensors_find(tensors_take, "routable");
	cleanup(encoder_identity_deinit) struct encoder_identity identity = { 0 };
	cleanup(router_cleanup) struct router *router = NULL;
	if (!predictor || !routable || routable->n > MODELS_MOST || !encoder ||
	    encoder_identity_parse(encoder, &identity) != 0)
		return;
	int r = router_new(predictor, routable->n, models, &identity, "{}", tensors_take, &router);
	FUZZ_NEED(r == ROUTER_E_OK || r == ROUTER_E_BAD);
	if (r == ROUTER_E_OK)
		predict(router);
}

static void read_whole(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	const struct artefact_reader reader = { .find = learners_predictor };
	struct artefact_notes notes;
	cleanup(router_cleanup) struct router *router = NULL;
	int r = artefact_read(fuzz_file(bytes, n), &reader, &findings, &notes, &router);
	fuzz_judge(r, &findings);
	FUZZ_NEED((r == ARTEFACT_E_OK) == (router != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	struct tensors tensors = { 0 };
	json_t *metadata = NULL;
	read_whole(bytes, n);
	int r = safetensors_parse(bytes, n, "x", &findings, &tensors, &metadata);
	fuzz_judge(r, &findings);
	if (r == SAFETENSORS_E_OK)
		make_router(&tensors, metadata);
	json_decref(metadata);
	tensors_deinit(&tensors);
	return 0;
}
