/* learners.c: the list of all learners.                                                     (kind: kernel) */
#include "common/learn/learners.h"

#include <string.h>

#include "common/learn/kmeans/kmeans.h"
#include "common/learn/mlp/mlp.h"
#include "common/learn/ridge/ridge.h"
#include "common/learn/static/static.h"

const struct learner *const learners[] = {
	&static_learner, &ridge_learner, &kmeans_learner, &mlp_learner, NULL,
};

const struct learner *learners_find(const char *name)
{
	for (size_t i = 0; learners[i]; i++) {
		if (strcmp(learners[i]->name, name) == 0)
			return learners[i];
	}
	return NULL;
}

const struct predictor *learners_predictor(const char *learner)
{
	const struct learner *found = learners_find(learner);
	return found ? found->predictor : NULL;
}
