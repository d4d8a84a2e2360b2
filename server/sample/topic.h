/* topic.h: what people of one trade ask: phrases with gaps, and the words that fill them.  (kind: kernel)
 *
 * A gap is written {name}: one item of the list of that name, of the topic or common to all (phrase.c). Items
 * may have gaps themselves. {2}, {3}, {4} are numbers of so many digits.
 */
#pragma once

#include <stdbool.h>

enum {
	TOPIC_LISTS = 12,
	TOPIC_PHRASES = 16,
	TOPIC_LEVELS = 3, /* easy, medium, hard */
};

enum topic_skill { TOPIC_RECALL, TOPIC_EXTRACT, TOPIC_WRITE, TOPIC_REASON, TOPIC_SKILLS };

struct topic_list {
	const char *name;
	const char *items; /* "one|two|three" */
};

struct topic_phrase {
	int level; /* 0 … TOPIC_LEVELS − 1 */
	enum topic_skill skill;
	const char *text;
};

struct topic {
	const char *name;                           /* the task label */
	bool graded;                                /* answers are marked in steps, not as right or wrong */
	struct topic_list lists[TOPIC_LISTS];       /* ends with name NULL */
	const char *conditions;                     /* "one|two|three": what makes a question harder */
	struct topic_phrase phrases[TOPIC_PHRASES]; /* ends with text NULL; some of each level */
};

extern const struct topic topic_banking, topic_clinical, topic_code, topic_energy, topic_law, topic_mail,
	topic_maths, topic_public;
