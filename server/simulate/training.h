/* training.h: one learner trained in one scope.                                         (kind: conductor) */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/findings.h"
#include "common/drive/drive.h"
#include "common/plan/plan.h"
#include "server/simulate/simulate.h"

enum { TRAINING_ALL = -1 };

struct training {
	const struct learner *learner;
	enum simulate_scope scope;
	int client;  /* index, where scope is local; else TRAINING_ALL */
	bool wanted; /* false: only the baseline of `lift` */
	struct plan plan;
	/* What came of it. */
	struct router *router; /* owned; dropped once judged, unless it is to be saved */
	char *report;          /* owned JSON: what the learner says about it */
	uint32_t rounds, phases;
	double bytes_up, bytes_down; /* per client that took part, whole run */
	size_t clipped;
	double seconds; /* wall clock; the only figure that differs between two equal runs */
	char digest[65];
};

void training_deinit(struct training *training);

/* What does not depend on learner and scope. */
struct training_world {
	const struct simulate_options *options;
	const struct encoder_identity *encoder;
	size_t n_models;
	const char *const *models;
	uint64_t seed;
	size_t n_clients;
	const char *const *clients; /* names, sorted */
	const struct dataset *data; /* by client */
	const struct dataset *pooled;
};

/* Make the plan of training->learner in training->scope. False: the learner has no such baseline. */
bool training_plan(const struct training_world *world, struct training *training);

/* Whether `a` is the static learner on the labels of `b`, in its scope (central for central-matched). */
bool training_is_baseline(const struct training *a, const struct training *b);

/* How many rows it learns from. */
size_t training_rows(const struct training_world *world, const struct training *training);

enum { TRAINING_E_OK = 0, TRAINING_E_BAD = 1 };

/* Whether the sums of all clients fit their lanes (rows × clients ≤ 2^24); if not, `findings` says so. */
must_check int training_fits(const struct training_world *world, struct findings *findings);

/* Run it. A single client (central, local) is trained on the calling thread where `threads` is 1. */
must_check int training_run(const struct training_world *world, size_t threads, struct training *training);
