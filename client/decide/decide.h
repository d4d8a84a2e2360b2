/* decide.h: one decision of a router, with everything that led to it.                      (kind: kernel)
 *
 * A model's utility is its estimated score minus lambda times its estimated cost in USD. Lambda is the
 * score that a USD is worth: given, or calibrated so that the queries of the own log would cost a budget.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"
#include "common/data/dataset.h"
#include "common/router/router.h"

enum {
	DECIDE_E_OK = 0,
	DECIDE_E_NONE = 1,  /* no model can be chosen; no text to embed; no query to calibrate on */
	DECIDE_E_BELOW = 2, /* the budget does not even pay for the cheapest choices */
};

struct decision {
	const struct router *router; /* borrowed */
	double lambda;
	size_t model;  /* the chosen one */
	size_t second; /* the next by utility among those that may be chosen; n_models: there is none */
	double *score, *cost, *utility; /* by model of the router, owned; cost in USD */
};

/* Decide for one unit vector. NONE: the router may choose no model. */
must_check int decide_query(const struct router *router, const float *x, double lambda, struct decision *out);
void decision_deinit(struct decision *decision);

/* The embedding of a text by the encoder `hash`: `dimension` numbers, of length 1. NONE: the text is too
 * short. */
must_check int decide_embed(const char *text, size_t dimension, float *x);

struct decide_budget {
	double lambda;
	double cost;     /* mean estimated cost of the router's choices at this lambda, USD per query */
	double cheapest; /* mean estimated cost of the cheapest choices */
	size_t queries;
};

/* The least lambda at which the router's choices for all queries of `data` cost at most `budget` USD per
 * query, by its own estimates. NONE: `data` has no query, or no model may be chosen. BELOW: see
 * out->cheapest. */
must_check int decide_calibrate(const struct router *router, const struct dataset *data, double budget,
				struct decide_budget *out);
