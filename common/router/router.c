/* router.c: life and digest of a router, and the choice.                                    (kind: kernel) */
#include "common/router/router.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void router_free(struct router *router)
{
	if (!router)
		return;
	for (size_t i = 0; i < router->n_models && router->models; i++)
		free(router->models[i]);
	free(router->models);
	free(router->settings);
	encoder_identity_deinit(&router->encoder);
	tensors_deinit(&router->tensors);
	free(router);
}

void router_cleanup(struct router **router)
{
	router_free(*router);
	*router = NULL;
}

static int copy_names(struct router *router, size_t n_models, const char *const *models)
{
	router->models = calloc(n_models > 0 ? n_models : 1, sizeof(*router->models));
	TRY_ALLOC(router->models);
	router->n_models = n_models;
	for (size_t i = 0; i < n_models; i++) {
		router->models[i] = strdup(models[i]);
		TRY_ALLOC(router->models[i]);
	}
	return 0;
}

int router_new(const struct predictor *predictor, size_t n_models, const char *const *models,
	       const struct encoder_identity *encoder, const char *settings, struct tensors *tensors_take,
	       struct router **out)
{
	cleanup(router_cleanup) struct router *router = calloc(1, sizeof(*router));
	if (!router) {
		tensors_deinit(tensors_take);
		TRY_ALLOC(router);
	}
	router->predictor = predictor;
	router->tensors = *tensors_take;
	*tensors_take = (struct tensors){ 0 };
	TRY(copy_names(router, n_models, models));
	TRY(encoder_identity_copy(encoder, &router->encoder));
	router->settings = strdup(settings);
	TRY_ALLOC(router->settings);
	router->dimension = encoder->dimension;
	router->routable = tensors_data(&router->tensors, "routable", TENSOR_U8, SHAPE(n_models));
	if (!router->routable)
		return ROUTER_E_BAD;
	int result = predictor->open(router);
	if (result != 0)
		return result;
	*out = router;
	router = NULL;
	return 0;
}

int router_digest_parts(const char *schema, const char *learner, const struct encoder_identity *encoder,
			size_t n_models, const char *const *models, const char *settings,
			const struct tensors *tensors, struct digest *out)
{
	cleanup(free_pointer) char *identity = NULL;
	cleanup(digester_cleanup) struct digester *digester = NULL;
	TRY(encoder_identity_json(encoder, &identity));
	TRY(digester_new(&digester));
	digester_add_string(digester, schema);
	digester_add_string(digester, learner);
	digester_add_string(digester, identity);
	digester_add_u64(digester, n_models);
	for (size_t i = 0; i < n_models; i++)
		digester_add_string(digester, models[i]);
	digester_add_string(digester, settings);
	for (size_t i = 0; i < tensors->n; i++) {
		const struct tensor *tensor = &tensors->items[i];
		digester_add_string(digester, tensor->name);
		digester_add_string(digester, tensor_type_name(tensor->type));
		digester_add_u64(digester, tensor->rank);
		for (size_t j = 0; j < tensor->rank; j++)
			digester_add_u64(digester, tensor->shape[j]);
		digester_add(digester, tensor->data, tensor_bytes(tensor));
	}
	return digester_finish(digester, out);
}

int router_digest(const struct router *router, struct digest *out)
{
	return router_digest_parts("fedrouter.router/1", router->predictor->learner, &router->encoder,
				   router->n_models, (const char *const *)router->models, router->settings,
				   &router->tensors, out);
}

int router_choose(const double *score, const double *cost, const uint8_t *allowed, size_t n_models,
		  double lambda)
{
	int best = -1;
	double best_utility = 0.0;
	for (size_t m = 0; m < n_models; m++) {
		if (allowed && !allowed[m])
			continue;
		double utility = score[m] - lambda * cost[m];
		if (isnan(utility))
			continue;
		if (best < 0 || utility > best_utility) {
			best = (int)m;
			best_utility = utility;
		}
	}
	return best;
}
