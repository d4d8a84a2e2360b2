/* answer.c: eight models and how well, at what cost, each answers a question.   (kind: kernel) */
#include "server/sample/answer.h"

#include <math.h>
#include <string.h>

enum { BANKING, CLINICAL, CODE, ENERGY, LAW, MAIL, MATHS, PUBLIC };

const struct topic *const answer_topics[ANSWER_TOPICS] = {
	[BANKING] = &topic_banking, [CLINICAL] = &topic_clinical, [CODE] = &topic_code,
	[ENERGY] = &topic_energy,   [LAW] = &topic_law,           [MAIL] = &topic_mail,
	[MATHS] = &topic_maths,     [PUBLIC] = &topic_public,
};

enum { ATLAS_XL, BRIDGE_REASON, CEDAR_CODE, DUNE_MINI, EMBER_8B, FERN_MED, LARCH_LAW, QUILL_70B };

const char *const answer_models[ANSWER_MODELS] = {
	[ATLAS_XL] = "atlas-xl",         [BRIDGE_REASON] = "bridge-reason", [CEDAR_CODE] = "cedar-code-32b",
	[DUNE_MINI] = "dune-mini",       [EMBER_8B] = "ember-8b",           [FERN_MED] = "fern-med-13b",
	[LARCH_LAW] = "larch-legal-24b", [QUILL_70B] = "quill-70b",
};

struct model {
	double price_in, price_out; /* USD per million tokens */
	double verbosity;           /* tokens out, relative */
	double strength;            /* in logits, like the bonuses */
	double topics[ANSWER_TOPICS];
	double skills[TOPIC_SKILLS];
};

static const struct model models[ANSWER_MODELS] = {
	[ATLAS_XL] = { 5.0, 15.0, 1.2, 2.0, { 0 }, { 0 } },
	[BRIDGE_REASON] = { 2.0,
			    8.0,
			    2.6,
			    1.3,
			    { [CODE] = 1.0, [ENERGY] = 1.2, [MATHS] = 1.8, [MAIL] = -0.8, [PUBLIC] = -0.6 },
			    { [TOPIC_REASON] = 0.6, [TOPIC_WRITE] = -0.4 } },
	[CEDAR_CODE] = { 0.3,
			 0.6,
			 0.9,
			 0.2,
			 { [CODE] = 2.4, [MATHS] = 0.9, [LAW] = -0.9, [CLINICAL] = -0.8, [MAIL] = -0.5 },
			 { 0 } },
	[DUNE_MINI] = { 0.15,
			0.6,
			1.0,
			0.7,
			{ [PUBLIC] = 0.3, [CLINICAL] = -0.3 },
			{ [TOPIC_EXTRACT] = 0.5 } },
	[EMBER_8B] = { 0.05, 0.08, 0.8, -0.2, { [MAIL] = 0.7, [MATHS] = -0.6 }, { [TOPIC_EXTRACT] = 0.5 } },
	[FERN_MED] = { 0.25,
		       0.4,
		       0.8,
		       0.1,
		       { [CLINICAL] = 2.3, [CODE] = -1.0, [MATHS] = -0.9, [BANKING] = -0.4 },
		       { [TOPIC_RECALL] = 0.3 } },
	[LARCH_LAW] = { 0.5,
			1.0,
			1.1,
			0.2,
			{ [LAW] = 2.3, [BANKING] = 1.7, [PUBLIC] = 0.8, [CODE] = -0.9, [MATHS] = -0.7 },
			{ 0 } },
	[QUILL_70B] = { 0.9,
			0.9,
			1.0,
			0.9,
			{ [MAIL] = 1.3, [PUBLIC] = 1.2, [MATHS] = -0.8, [CODE] = -0.4 },
			{ [TOPIC_WRITE] = 0.5 } },
};

static double difficulty(const struct phrase *phrase, struct rng *rng)
{
	return 1.3 * (phrase->level - 1) + 0.3 * phrase->conditions + 0.4 * rng_normal(rng);
}

static double chance(const struct model *model, size_t topic, enum topic_skill skill, double hardness)
{
	double ability = model->strength + model->topics[topic] + model->skills[skill];
	return 1.0 / (1.0 + exp(hardness - ability));
}

static double mark(double p, bool graded, struct rng *rng)
{
	if (!graded)
		return rng_uniform(rng) < p ? 1.0 : 0.0;
	double steps = rint(10.0 * (p + 0.12 * rng_normal(rng)));
	return fmin(fmax(steps, 0.0), 10.0) / 10.0;
}

/* About 4.2 characters a token and a system prompt of 60; the answer's length follows from the skill, the
 * level and the model. */
static double price(const struct model *model, const struct phrase *phrase, struct rng *rng)
{
	static const double lengths[TOPIC_SKILLS] = {
		[TOPIC_RECALL] = 90, [TOPIC_EXTRACT] = 40, [TOPIC_WRITE] = 260, [TOPIC_REASON] = 380
	};
	double in = rint(60.0 + (double)strlen(phrase->text) / 4.2);
	double usual = lengths[phrase->skill] * (1.0 + 0.4 * phrase->level) * model->verbosity;
	double out = fmax(1.0, rint(usual * exp(0.25 * rng_normal(rng))));
	return (in * model->price_in + out * model->price_out) / 1e6;
}

void answer_draw(const struct phrase *phrase, size_t topic, struct rng *rng, struct answer_cell *cells)
{
	double hardness = difficulty(phrase, rng);
	for (size_t m = 0; m < ANSWER_MODELS; m++) {
		double p = chance(&models[m], topic, phrase->skill, hardness);
		cells[m].score = mark(p, answer_topics[topic]->graded, rng);
		cells[m].cost = price(&models[m], phrase, rng);
	}
}
