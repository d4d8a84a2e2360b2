/* lanes.h: the only thing that leaves a client: sums of its rows as fixed-point integers.      (kind: kernel)
 *
 * A contribution is a vector of 64-bit words laid out by a table of lanes. A lane is an array of one meaning;
 * the value of a word is word · 2^−scale, rounded half to even, and words add modulo 2^64 as two's
 * complement. Addition is exact and commutes: the same contributions give the same bits in whatever order
 * they arrive, and subtracting one gives the bytes from before. The table follows from learner, plan and
 * model list; both sides derive it and compare its digest.
 *
 * Overflow is impossible by construction: |value| ≤ bound · rows (or bound, for lanes bounded per
 * contribution), and a table is only accepted where bound · 2^scale · (rows · cohort) < 2^63.
 * design.md §4, algorithms.md §10
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/crypto/digest.h"

enum { LANE_NAME = 32, LANE_RANK = 3, LANES_MOST = 32 };

/* Scales and bounds of design.md §4. */
#define LANE_COUNT_BOUND 1.0
#define LANE_UNIT_BOUND (1.0 + 0x1p-10) /* sums of embeddings (unit vectors), scores and their products */
enum {
	LANE_UNIT_SCALE = 38,
	LANE_LOG_SCALE = 33,
	LANE_LOG_SQUARE_SCALE = 28,
	LANE_USD_SCALE = 32,
	LANE_DELTA_SCALE = 40
};
#define LANE_LOG_BOUND 32.0
#define LANE_LOG_SQUARE_BOUND 1024.0
#define LANE_USD_BOUND 64.0
#define LANE_DELTA_BOUND 8.0

enum lane_kind {
	LANE_PER_ROW,          /* bound holds for each row; beyond it is an error */
	LANE_PER_ROW_CLIPPED,  /* beyond bound · rows a value is clipped and counted */
	LANE_PER_CONTRIBUTION, /* bound holds for the whole contribution; beyond it is clipped and counted */
};

struct lane {
	char name[LANE_NAME];
	size_t rank, shape[LANE_RANK];
	size_t first, n; /* its words: first … first + n − 1 */
	int scale;
	double bound;
	enum lane_kind kind;
};

struct lanes {
	struct lane items[LANES_MOST];
	size_t n;
	size_t words;    /* of a contribution */
	uint64_t rows;   /* a client may contribute at most so many (plan: limits.rows) */
	uint64_t cohort; /* at most so many contributions are added (plan: limits.cohort) */
};

/* An empty table. -EOVERFLOW unless rows · cohort ≤ 2^24. */
must_check int lanes_init(struct lanes *lanes, uint64_t rows, uint64_t cohort);

/* Add a lane behind the last. `bound` > 0. -EOVERFLOW where its totals could reach 2^63, -EINVAL for a name
 * that is taken or too long, too many dimensions or lanes. */
must_check int lanes_add(struct lanes *lanes, const char *name, size_t rank, const size_t *shape, int scale,
			 double bound, enum lane_kind kind);

/* The lane of that name, or NULL. */
const struct lane *lanes_find(const struct lanes *lanes, const char *name);

/* SHA-256 over the table: names, shapes, scales, bounds, kinds, rows, cohort. */
must_check int lanes_digest(const struct lanes *lanes, struct digest *out);

enum { LANES_E_OK = 0, LANES_E_BEYOND = 1 };

/* Write a finished sum into its words: words[i] = llrint(values[i] · 2^scale), half to even. `rows`: how many
 * rows this client summed. LANES_E_BEYOND: a value is not finite, or beyond its bound in a lane that does not
 * clip (first such index in *where, if not NULL). `clipped` counts values that were clipped. */
must_check int lanes_quantize(const struct lanes *lanes, const struct lane *lane, const double *values,
			      uint64_t rows, uint64_t *words, size_t *where, size_t *clipped);

/* The real values of one lane of a contribution or total. */
void lanes_values(const struct lane *lane, const uint64_t *words, double *values);

/* What a peer sent is checked before it is added: `rows` ≤ limits.rows and every |word| within its lane's
 * bound for so many rows. LANES_E_BEYOND names the first offender in `findings` under `who`. */
must_check int lanes_check(const struct lanes *lanes, const uint64_t *words, uint64_t rows, const char *who,
			   struct findings *findings);

/* total += part, total −= part, word by word modulo 2^64. */
void lanes_sum(uint64_t *total, const uint64_t *part, size_t n);
void lanes_subtract(uint64_t *total, const uint64_t *part, size_t n);
