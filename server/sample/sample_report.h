/* sample_report.h: what was written, for a person and for a script.                        (kind: adapter) */
#pragma once

#include <stdio.h>

#include "common/base/error.h"
#include "server/sample/world.h"

/* A few lines: clients, queries, observations and the files that hold them. */
void sample_report_print(const struct world *world, const char *dir, FILE *out);

/* JSON, schema fedrouter.sample/1: {schema, out, seed, queries, models[], clients[] {name, train, test,
 * observations}}, where train and test are queries. */
must_check int sample_report_json(const struct world *world, uint64_t seed, const char *dir, FILE *out);
