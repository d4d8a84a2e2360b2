/* format_jsonl.h: JSON Lines, one observation (canonical) or one query (wide) per line.    (kind: adapter) */
#pragma once

#include "common/data/log_format.h"

/* What struct log_format asks of a format (log_format.h). Detects every file: it stands last in the table. */
bool format_jsonl_detect(const struct line *first);
must_check int format_jsonl_read(struct log_format_input *input, struct log_build *build);
