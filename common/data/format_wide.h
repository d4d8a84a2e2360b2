/* format_wide.h: one query per line, all its models beside each other:
 * {"id", "query", "scores": {model: score}, "costs": {model: USD}}.                        (kind: adapter) */
#pragma once

#include "common/data/log_build.h"

/* Does this line have `scores`, so that it is a wide one? */
bool format_wide_is(const json_t *json);

/* One line, whose query has already been numbered. Each bad cell is a bad row of its own, the others
 * count. */
must_check int format_wide_row(const json_t *json, uint32_t query, struct log_build *build);
