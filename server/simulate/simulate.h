/* simulate.h: the whole federation in one process, on a log with several models per query. (kind: conductor)
 *
 * A log is split over clients (partition.h); every learner is trained by federation, centrally and by each
 * client alone; every router is judged on the same test queries, beside the controls.        design.md §8
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/findings.h"
#include "common/learn/learners.h"
#include "server/simulate/partition.h"
#include "server/simulate/simulate_scope.h"

enum { SIMULATE_SEEDS = 64, SIMULATE_SETTINGS = 64, SIMULATE_ROUNDS = 5 };

struct simulate_setting { /* --set learner.name=text, already known to be good */
	const struct learner *learner;
	const char *name, *text;
};

struct simulate_options {
	const char *log, *embeddings, *encoder;
	double max_bad;
	bool complete_only;
	unsigned learners; /* bit i: learners[i] */
	unsigned scopes;   /* bit s: enum simulate_scope; MATCHED goes with CENTRAL */
	const char *partition;
	bool by_task;
	struct partition_protocol protocol;
	uint64_t seeds[SIMULATE_SEEDS];
	size_t n_seeds;
	size_t rounds;
	double participation;
	struct simulate_setting settings[SIMULATE_SETTINGS];
	size_t n_settings;
	size_t threads;
	const char *json, *plot, *save; /* paths, or NULL; json may be "-" */
	FILE *progress;                 /* NULL: none */
};

enum { SIMULATE_E_OK = 0, SIMULATE_E_BAD = 1 };

/* Do it all; only when everything has been computed, the files are written and the table (or JSON) goes to
 * `out`. SIMULATE_E_BAD: a person must mend something, `findings` says what. */
must_check int simulate_run(const struct simulate_options *options, FILE *out, struct findings *findings);
