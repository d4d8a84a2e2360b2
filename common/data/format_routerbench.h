/* format_routerbench.h: RouterBench's wide CSV.                                               (kind: adapter)
 *
 * Columns sample_id, prompt, eval_name, and for each model MODEL (score) and MODEL|total_cost (USD). Other
 * columns, such as MODEL|model_response and oracle_model_to_route_to, are not read. A prompt may be written
 * ['…']; a blank cell is missing.
 */
#pragma once

#include "common/data/log_format.h"

/* What struct log_format asks of a format (log_format.h). Detects by a header with RouterBench's columns. */
bool format_routerbench_detect(const struct line *first);
must_check int format_routerbench_read(struct log_format_input *input, struct log_build *build);
