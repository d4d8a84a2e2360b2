/* consortium.h: four clients with drawn rows, for tests of the drive loop; the last has no row. */
#pragma once

#include <stddef.h>

#include "common/data/dataset.h"
#include "common/learn/learners.h"
#include "common/plan/plan.h"

enum { CLIENTS = 4, MODELS = 3, DIMENSION = 6, QUERIES = 120, CLIENT_ROWS = 40, EMPTY_CLIENT = 3 };

struct consortium {
	struct observation rows[QUERIES];
	float embeddings[QUERIES * DIMENSION];
	struct dataset data[CLIENTS]; /* 40, 40, 40 and no rows */
};

void consortium_draw(struct consortium *out);

/* A plan of two rounds with half of the four clients each. */
struct plan consortium_plan(const struct learner *learner);
