/* plan.h: everything that is fixed before a run starts.                                        (kind: kernel)
 *
 * Learner, roster, models, encoder, seed, rounds, limits and the learner's settings. Plan and logs together
 * decide every byte of the router that comes out. The file form is YAML (design.md §2).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/embed/encoder.h"
#include "common/plan/settings.h"

enum { PLAN_ROWS = 65536, PLAN_COHORT = 64, PLAN_NAME = 64, PLAN_ROUTABLE_ROWS = 5 };

struct plan {
	const char *learner;
	uint64_t seed;
	size_t n_clients;
	const char *const *clients; /* the roster, sorted by raw bytes; [a-z0-9][a-z0-9._-]{0,63} */
	uint32_t rounds;            /* learners that iterate */
	double participation;       /* share of the roster per round */
	double quorum;
	uint32_t deadline_s;
	double held_out;
	const struct encoder_identity *encoder;
	size_t n_models;
	const char *const *models; /* sorted by raw bytes */
	uint64_t limit_rows;       /* a client may contribute at most so many */
	uint64_t limit_cohort;
	struct settings settings;
};

/* Clients of one round: participation of the roster, half rounds to even, at least 1. */
size_t plan_cohort(const struct plan *plan);

/* The plan as the text of its file: YAML; real numbers with as many digits (at most 17) as tell them from
 * every other double. Malloc'ed, `n` bytes, no NUL behind them. */
must_check int plan_yaml(const struct plan *plan, char **out, size_t *n);

/* Write that file, atomically. */
must_check int plan_write(const struct plan *plan, const char *path);
