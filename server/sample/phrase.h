/* phrase.h: one question of a topic, with its gaps filled.                      (kind: kernel) */
#pragma once

#include "common/base/error.h"
#include "common/numerics/rng.h"
#include "server/sample/topic.h"

struct phrase {
	char *text;     /* owned */
	int level;      /* 0 … TOPIC_LEVELS − 1 */
	int conditions; /* how many were added */
	enum topic_skill skill;
};

/* Draw level, phrase, fillings and conditions. `out->text` is plain text without gaps; the caller owns it. */
must_check int phrase_draw(const struct topic *topic, struct rng *rng, struct phrase *out);
void phrase_deinit(struct phrase *phrase);
