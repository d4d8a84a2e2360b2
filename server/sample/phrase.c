/* phrase.c: draws a phrase, fills its gaps, adds conditions and courtesy.       (kind: kernel) */
#include "server/sample/phrase.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 4 };

static const struct topic_list common[] = {
	{ "person", "Ms Okafor|Mr Lindqvist|Dr Haddad|Ms Novak|Mr Tanaka|Ms Ferreira|Mr Adeyemi|Ms Kowalska|"
		    "Dr Petrov|Ms Iyer|Mr Moreau|Ms Schreiber|Mr Quispe|Ms Dahl" },
	{ "city", "Utrecht|Graz|Porto|Malmo|Lyon|Turin|Bergen|Gdansk|Leeds|Basel|Tampere|Bilbao" },
	{ "month", "January|February|March|April|May|June|July|August|September|October|November|December" },
	{ "day", "1|2|3|5|7|8|10|11|12|14|15|17|18|20|21|23|24|26|27|28" },
	{ "weekday", "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday" },
	{ .name = NULL },
};

static const char *const openings = "Quick question: |Please help. |Hello! |For my notes: |One more thing: ";
static const char *const closings =
	" Please be brief.| Thank you.| Answer in one paragraph.| Name your sources.";
static const char *const joints = "Assume that |Note that |Keep in mind that |Consider that |Mind that ";

static size_t count_items(const char *items)
{
	size_t n = 1;
	for (; *items; items++)
		n += *items == '|';
	return n;
}

/* Item `index` of "one|two|three". */
static const char *item(const char *items, size_t index, size_t *n)
{
	while (index-- > 0)
		items = strchr(items, '|') + 1;
	*n = strcspn(items, "|");
	return items;
}

static const char *find_list(const struct topic_list *lists, const char *name, size_t n)
{
	for (; lists->name; lists++)
		if (strlen(lists->name) == n && strncmp(lists->name, name, n) == 0)
			return lists->items;
	return NULL;
}

struct drawing {
	const struct topic *topic;
	struct rng *rng;
	FILE *out;
};

static void fill(struct drawing *drawing, const char *text, size_t n, int depth);

static void draw_item(struct drawing *drawing, const char *items, int depth)
{
	size_t n;
	const char *text = item(items, (size_t)rng_below(drawing->rng, count_items(items)), &n);
	fill(drawing, text, n, depth);
}

static void draw_number(struct drawing *drawing, int digits)
{
	for (int i = 0; i < digits; i++)
		fputc('0' + (int)(i == 0 ? 1 + rng_below(drawing->rng, 9) : rng_below(drawing->rng, 10)),
		      drawing->out);
}

static void fill_gap(struct drawing *drawing, const char *name, size_t n, int depth)
{
	const char *items = find_list(drawing->topic->lists, name, n);
	if (!items)
		items = find_list(common, name, n);
	if (items && depth < DEEPEST)
		draw_item(drawing, items, depth + 1);
	else if (n == 1 && isdigit((unsigned char)*name))
		draw_number(drawing, *name - '0');
}

static void fill(struct drawing *drawing, const char *text, size_t n, int depth)
{
	for (size_t i = 0; i < n; i++) {
		const char *end = text[i] == '{' ? memchr(text + i, '}', n - i) : NULL;
		if (!end) {
			fputc(text[i], drawing->out);
			continue;
		}
		fill_gap(drawing, text + i + 1, (size_t)(end - text) - i - 1, depth);
		i = (size_t)(end - text);
	}
}

/* Hard questions come with one or two conditions, some of medium difficulty with one. */
static int draw_conditions(struct drawing *drawing, int level)
{
	uint64_t chance = rng_below(drawing->rng, 10);
	int n = level == 2 ? 1 + (chance < 4) : level == 1 && chance < 3;
	for (int i = 0; i < n; i++) {
		fputc(' ', drawing->out);
		draw_item(drawing, joints, 0);
		draw_item(drawing, drawing->topic->conditions, 0);
		fputc('.', drawing->out);
	}
	return n;
}

static const struct topic_phrase *draw_phrase(struct drawing *drawing)
{
	static const int levels[10] = { 0, 0, 0, 0, 1, 1, 1, 2, 2, 2 };
	int level = levels[rng_below(drawing->rng, 10)];
	const struct topic_phrase *phrase = drawing->topic->phrases;
	size_t n = 0;
	for (size_t i = 0; phrase[i].text; i++)
		n += phrase[i].level == level;
	for (uint64_t left = rng_below(drawing->rng, n); phrase->level != level || left > 0; phrase++)
		left -= phrase->level == level;
	return phrase;
}

static void capitalise(char *text)
{
	text[0] = (char)toupper((unsigned char)text[0]);
}

int phrase_draw(const struct topic *topic, struct rng *rng, struct phrase *out)
{
	char *text = NULL;
	size_t n;
	struct drawing drawing = { topic, rng, open_memstream(&text, &n) };
	if (!drawing.out)
		return FAIL(-errno);
	if (rng_below(rng, 4) == 0)
		draw_item(&drawing, openings, 0);
	const struct topic_phrase *phrase = draw_phrase(&drawing);
	fill(&drawing, phrase->text, strlen(phrase->text), 0);
	int conditions = draw_conditions(&drawing, phrase->level);
	if (rng_below(rng, 5) == 0)
		draw_item(&drawing, closings, 0);
	if (fclose(drawing.out) != 0 || !text) {
		free(text);
		return FAIL(-ENOMEM);
	}
	capitalise(text);
	*out = (struct phrase){ text, phrase->level, conditions, phrase->skill };
	return 0;
}

void phrase_deinit(struct phrase *phrase)
{
	free(phrase->text);
	*phrase = (struct phrase){ 0 };
}
