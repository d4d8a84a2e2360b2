/* names.c: a hash table from string to number.                                              (kind: kernel) */
#include "common/data/names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void names_deinit(struct names *names)
{
	free(names->items);
	free(names->places);
	*names = (struct names){ 0 };
}

static size_t hash(const char *text, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)text[i]) * 0x100000001b3u;
	return (size_t)(h ^ (h >> 32));
}

static bool is_same(const char *item, const char *text, size_t n)
{
	return strncmp(item, text, n) == 0 && item[n] == '\0';
}

/* Where `text` is, or the free place where it would go. */
static uint32_t *place_of(const struct names *names, const char *text, size_t n)
{
	size_t at = hash(text, n) & names->mask;
	while (names->places[at] != 0 && !is_same(names->items[names->places[at] - 1], text, n))
		at = (at + 1) & names->mask;
	return &names->places[at];
}

static int grow(struct names *names)
{
	size_t room = names->room > 0 ? 2 * names->room : 64;
	if (room > UINT32_MAX / 4)
		return FAIL(-E2BIG);
	const char **items = realloc(names->items, room * sizeof(*items));
	TRY_ALLOC(items);
	names->items = items;
	uint32_t *places = calloc(2 * room, sizeof(*places));
	TRY_ALLOC(places);
	free(names->places);
	names->places = places;
	names->room = room;
	names->mask = 2 * room - 1;
	for (size_t i = 0; i < names->n; i++)
		*place_of(names, items[i], strlen(items[i])) = (uint32_t)i + 1;
	return 0;
}

int names_number(struct names *names, struct arena *arena, const char *text, size_t n, uint32_t *out)
{
	if (names->n == names->room)
		TRY(grow(names));
	uint32_t *place = place_of(names, text, n);
	if (*place == 0) {
		TRY(arena_copy(arena, text, n, &names->items[names->n]));
		*place = (uint32_t)++names->n;
	}
	*out = *place - 1;
	return 0;
}

static int by_bytes(const void *left, const void *right, void *items)
{
	const char *const *texts = items;
	return strcmp(texts[*(const uint32_t *)left], texts[*(const uint32_t *)right]);
}

int names_sort(const struct names *names, uint32_t **out)
{
	uint32_t *order = malloc((names->n + 1) * sizeof(*order));
	TRY_ALLOC(order);
	for (size_t i = 0; i < names->n; i++)
		order[i] = (uint32_t)i;
	if (names->n > 1)
		qsort_r(order, names->n, sizeof(*order), by_bytes, names->items);
	*out = order;
	return 0;
}
