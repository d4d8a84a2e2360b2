/* arena.h: strings that live as long as the log they came from.                             (kind: kernel) */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

struct arena {
	struct arena_block *blocks; /* newest first */
};

void arena_deinit(struct arena *arena);

/* A copy of `n` bytes with a NUL behind them; lent until the arena goes. */
must_check int arena_copy(struct arena *arena, const char *text, size_t n, const char **out);
