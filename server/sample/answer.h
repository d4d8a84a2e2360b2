/* answer.h: eight models and how well, at what cost, each answers a question.      (kind: kernel)
 *
 * The chance of a right answer is the logistic function of
 *     strength of the model + its bonus for the topic + its bonus for the skill − difficulty of the question,
 * and its cost is tokens × price. So a dear model is better at nearly everything, a cheap one may be as
 * good in its own trade, and the hard questions separate them: there is something to route.
 */
#pragma once

#include <stddef.h>

#include "common/numerics/rng.h"
#include "server/sample/phrase.h"

enum { ANSWER_MODELS = 8, ANSWER_TOPICS = 8 };

extern const struct topic *const answer_topics[ANSWER_TOPICS]; /* sorted by name */

/* Their names, sorted by raw bytes. */
extern const char *const answer_models[ANSWER_MODELS];

struct answer_cell {
	double score; /* [0, 1]: 0 or 1, for graded topics in steps of 0.1 */
	double cost;  /* USD > 0 */
};

/* How all models answer this question of answer_topics[topic]. */
void answer_draw(const struct phrase *phrase, size_t topic, struct rng *rng, struct answer_cell *cells);
