/* names.h: strings numbered in order of first appearance.                                   (kind: kernel) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/data/arena.h"

struct names {
	const char **items; /* the strings, in the arena */
	size_t n;
	size_t room;
	uint32_t *places; /* open addressing: index + 1, 0 is free; at most half are taken */
	size_t mask;
};

void names_deinit(struct names *names);

/* The number of `text`, which is copied into the arena when it is new (its number is then the old
 * `names->n`). */
must_check int names_number(struct names *names, struct arena *arena, const char *text, size_t n,
			    uint32_t *out);

/* Numbers of all names in raw byte order of their strings; a malloc'ed array of `n`. */
must_check int names_sort(const struct names *names, uint32_t **out);
