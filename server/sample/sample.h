/* sample.h: a synthetic consortium as files that import and simulate read.   (kind: conductor) */
#pragma once

#include "common/base/error.h"
#include "server/sample/world.h"

enum { SAMPLE_E_OK = 0, SAMPLE_E_TAKEN = 1 };

/* DIR/all.jsonl (wide form, every cell), DIR/clients/NAME/log.jsonl (canonical, what each client logged) and
 * DIR/partition.json, whose training cells are those logs. DIR is made, its parent must be there.
 * SAMPLE_E_TAKEN: DIR is there and not an empty folder; nothing was written. */
must_check int sample_write(const struct world *world, uint64_t seed, const char *dir);
