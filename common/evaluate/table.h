/* table.h: what a person reads after simulate: every router beside the controls.              (kind: adapter)
 *
 * Per seed, and over the seeds when there are several: the controls, a row per learner and scope, and a
 * sentence per learner that says whether it is distinguishable from the static learner and where it stands
 * against the mix of single models. Local learners, and learners judged on each client's own queries, are
 * one row for all clients: means and range.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/error.h"
#include "common/evaluate/bootstrap.h"
#include "common/evaluate/controls.h"
#include "common/evaluate/quality.h"

struct table_router {
	const char *learner;            /* "ridge" … */
	const char *scope;              /* "federated", "central", "central-matched", "local" */
	const char *client;             /* where scope is local or `own`; else NULL */
	bool own;                       /* judged on the client's own test queries; else on all of them */
	double aiq, nauc, max_accuracy; /* of struct judged */
	struct gains gains;             /* lift NaN: no static learner of this scope */
	struct quality quality;
	double bytes_up; /* per participating client, whole run */
	double seconds;
};

struct table_seed {
	uint64_t seed;
	size_t n_queries; /* test queries */
	const struct controls *controls;
	const struct table_router *routers;
	size_t n_routers;
};

struct table {
	size_t n_models;
	const char *const *models;
	size_t n_seeds;
	const struct table_seed *seeds;
};

/* Controls, then a line per learner and scope, means over seeds with intervals, then what follows in
 * words. */
void table_print(const struct table *table, FILE *out);
