/* appraise.h: what routers are worth on the organization's own held-out queries.        (kind: conductor)
 *
 * A router and a static learner trained here on the rows that are not held out stand beside the federated
 * router. All are judged twice: on the held-out queries with two or more observed models, as simulate does;
 * and, where some have one label only, on all of them by doubly robust values whose estimates are those of
 * the local ridge, which has not seen these rows.                                          design.md §§2, 7
 */
#pragma once

#include "client/decide/decide_router.h"
#include "common/evaluate/evaluate.h"
#include "common/evaluate/bootstrap.h"

enum { APPRAISE_ROUTERS = 4, APPRAISE_LOCAL_STATIC = 0, APPRAISE_LOCAL_RIDGE = 1 };

struct appraise_task {
	struct client_store *store;
	const struct client_names *names;
	const struct decide_router *federated; /* NULL: there is none, local ones alone */
	const struct decide_router *baseline;  /* federated static learner; NULL: the local one serves */
	double held_out;                       /* share of the queries */
	size_t threads;
};

struct appraise_router {
	const char *learner, *scope; /* scope: "local", "federated" */
	uint64_t version;            /* 0: not of the store */
	char digest[65];
	const struct router *router;
	size_t baseline; /* its static learner; its own number: it is one */
	struct router *owned;
};

struct appraise_result { /* of one router on one test */
	struct judged judged;
	struct gains gains;
	double over_local; /* AIQ minus the local ridge's, and its interval; NaN for local ones */
	struct interval over_local_interval;
};

struct appraise_test {
	struct test_table table; /* n = 0: nothing was judged */
	struct controls controls;
	struct appraise_result results[APPRAISE_ROUTERS];
};

struct appraisal {
	struct client_snapshot own; /* all rows of the models that are judged */
	size_t training_rows, held_out_rows, held_out_queries;
	size_t n_routers;
	struct appraise_router routers[APPRAISE_ROUTERS];
	struct appraise_test observed; /* queries with two or more observed models */
	struct appraise_test robust;   /* all held-out queries; n = 0 where all are in `observed` */
};

enum { APPRAISE_E_OK = 0, APPRAISE_E_BAD = 1, APPRAISE_E_ENCODER = 2 };

/* BAD: too little to train on or to judge by. ENCODER: the router wants another encoder's embeddings. What a
 * person can do is in `findings`. What the task points to must outlive `out`. */
must_check int appraise(const struct appraise_task *task, struct findings *findings, struct appraisal *out);
void appraisal_deinit(struct appraisal *appraisal);

/* For a person. */
void appraise_print(const struct appraisal *appraisal, FILE *out);

/* The picture of the test with more queries, atomically. */
must_check int appraise_plot(const struct appraisal *appraisal, const char *path);
