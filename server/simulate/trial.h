/* trial.h: one seed of a simulation: split, train everything, judge everything.          (kind: conductor) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/findings.h"
#include "common/evaluate/bootstrap.h"
#include "common/evaluate/evaluate.h"
#include "common/evaluate/off_policy.h"
#include "server/simulate/partition.h"
#include "server/simulate/simulate.h"
#include "server/simulate/training.h"

enum { TRIAL_PRICES = 10 };

struct trial_value { /* doubly robust, of the router that takes `lambda` for its price (trial_value.h) */
	double lambda;
	struct off_policy_value value;
	struct off_policy_value gain; /* paired, over the static learner at the same price */
};

struct trial_result { /* a router on a test table */
	size_t training;
	int client; /* whose test queries; TRAINING_ALL: everybody's */
	struct judged judged;
	struct quality quality;
	struct gains gains;
	struct trial_value *values; /* TRIAL_PRICES; NULL: every query has two or more observed models */
};

struct trial_tests {
	struct test_table table;  /* the queries with two or more observed models */
	struct controls controls; /* zero where the table is empty */
};

struct trial {
	uint64_t seed;
	struct partition partition;
	const char **clients;        /* names */
	struct dataset *client_data; /* views of the partition's */
	struct dataset train, test;  /* all clients' */
	size_t n_test_queries;       /* with an observation, comparable or not */
	struct trial_tests tests;
	struct trial_tests *own; /* by client */
	size_t n_trainings;
	struct training *trainings; /* by learner, scope, client */
	size_t n_results;
	struct trial_result *results; /* by training; all test queries first, then each client's own */
};

/* What is the same for all seeds. */
struct trial_world {
	const struct simulate_options *options;
	const struct encoder_identity *encoder;
	const struct dataset *data;
};

void trial_deinit(struct trial *trial);

enum { TRIAL_E_OK = 0, TRIAL_E_BAD = 1 };

/* TRIAL_E_BAD: `findings` says why. */
must_check int trial_run(const struct trial_world *world, uint64_t seed, struct findings *findings,
			 struct trial *out);
