/* format_canonical.h: {"id", "query", "model", "score", "cost"}: one observation per line. (kind: adapter) */
#pragma once

#include "common/data/log_build.h"

/* One row, whose query has already been numbered. */
must_check int format_canonical_row(const json_t *json, uint32_t query, struct log_build *build);
