/* router.h: what comes out of learning: estimates of score and cost, and the choice.           (kind: kernel)
 *
 * A router is a set of tensors and the predictor that reads them. It is immutable once made; deciding
 * allocates nothing: the caller brings a workspace. Files: artefact.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/crypto/digest.h"
#include "common/embed/encoder.h"
#include "common/io/tensors.h"

struct router;

/* One method's way of reading its tensors. Learners export theirs (learn/learner.h). */
struct predictor {
	const char *learner; /* "ridge" … */
	/* Check that every tensor has the right type and shape and every number is usable, and fill
	 * router->view. Nonzero positive (ROUTER_E_BAD): the tensors are not such a router's. */
	int (*open)(struct router *router);
	/* Bytes of workspace (64-byte aligned) for predicting at most `n` queries at once. */
	size_t (*workspace)(const struct router *router, size_t n);
	/* x: n × dimension unit vectors. score, cost: n × K; estimated score (not clipped) and cost in USD (>
	 * 0). */
	void (*predict)(const struct router *router, const float *x, size_t n, double *score, double *cost,
			void *workspace);
};

enum { ROUTER_E_OK = 0, ROUTER_E_BAD = 1 };
enum { ROUTER_VIEWS = 24 };

struct router {
	const struct predictor *predictor;
	size_t n_models;
	char **models;                   /* owned, sorted by raw bytes */
	struct encoder_identity encoder; /* owned */
	char *settings;                  /* owned, canonical JSON */
	struct tensors tensors; /* owned; always has "routable" (U8 [K]): 0 = never choose this model */
	size_t dimension;
	const uint8_t *routable;        /* the tensor's array */
	const void *view[ROUTER_VIEWS]; /* the predictor's own pointers into the tensors, set by `open` */
};

void router_free(struct router *router);
void router_cleanup(struct router **router);

/* Make a router out of `tensors_take` (taken also on failure). Calls predictor->open. ROUTER_E_BAD: it
 * refused. */
must_check int router_new(const struct predictor *predictor, size_t n_models, const char *const *models,
			  const struct encoder_identity *encoder, const char *settings,
			  struct tensors *tensors_take, struct router **out);

/* SHA-256 over schema, learner, encoder identity, model list, settings, then per tensor in name order: name,
 * type, shape, bytes (design.md §4). */
must_check int router_digest(const struct router *router, struct digest *out);

/* The rule of the digest for anything made of tensors (states use it as well). */
must_check int router_digest_parts(const char *schema, const char *learner,
				   const struct encoder_identity *encoder, size_t n_models,
				   const char *const *models, const char *settings,
				   const struct tensors *tensors, struct digest *out);

/* argmax over the models with allowed[m] ≠ 0 of score[m] − lambda·cost[m]; the lowest index wins a tie.
 * A model whose estimates give no number is never chosen. -1: no model is left. `allowed` NULL: all. */
int router_choose(const double *score, const double *cost, const uint8_t *allowed, size_t n_models,
		  double lambda);
