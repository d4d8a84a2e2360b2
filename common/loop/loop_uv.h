/* loop_uv.h: libuv's loop for the other files of this room.                              (kind: adapter) */
#pragma once

#include <uv.h>

#include "common/loop/loop.h"

/* Borrowed. */
uv_loop_t *loop_uv(struct loop *loop);
