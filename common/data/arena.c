/* arena.c: blocks of strings, freed together.                                               (kind: kernel) */
#include "common/data/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20 };

struct arena_block {
	struct arena_block *next;
	size_t used, room;
	char bytes[];
};

void arena_deinit(struct arena *arena)
{
	while (arena && arena->blocks) {
		struct arena_block *block = arena->blocks;
		arena->blocks = block->next;
		free(block);
	}
}

int arena_copy(struct arena *arena, const char *text, size_t n, const char **out)
{
	struct arena_block *block = arena->blocks;
	if (!block || block->room - block->used < n + 1) {
		size_t room = n + 1 > BLOCK_BYTES ? n + 1 : BLOCK_BYTES;
		block = malloc(sizeof(*block) + room);
		TRY_ALLOC(block);
		*block = (struct arena_block){ .next = arena->blocks, .room = room };
		arena->blocks = block;
	}
	char *copy = block->bytes + block->used;
	memcpy(copy, text, n);
	copy[n] = '\0';
	block->used += n + 1;
	*out = copy;
	return 0;
}
