/* simulate_save.h: one experiment as files that daemons can be fed with.                (kind: conductor)
 *
 * DIR/partition.json; DIR/artefacts/LEARNER.safetensors and DIR/plans/LEARNER.yaml of every federated
 * learner; DIR/clients/NAME/log.jsonl (its training rows) with embeddings.npy (the input's rows,
 * untouched: row i belongs to the i-th distinct id of that log). Daemons that run these plans on these
 * logs publish the same digests.
 */
#pragma once

#include "common/base/error.h"
#include "common/data/log.h"
#include "server/simulate/trial.h"

/* Write everything first, beside `directory` or, where that is there, in a folder of its own inside; then
 * move it to its place. `directory` must be new or empty. */
must_check int simulate_save(const struct trial_world *world, const struct log *log,
			     const struct trial *trial, const char *directory);
