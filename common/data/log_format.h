/* log_format.h: the formats of logs, one table, and the file their readers read.         (kind: conductor) */
#pragma once

#include "common/data/log_build.h"
#include "common/io/lines.h"

/* A file under way: its lines, of which the first can be looked at before it is read. */
struct log_format_input {
	struct lines *lines;
	struct line line; /* the present one */
	int result;       /* LINES_E_… of the present one */
	bool is_held;     /* … which log_format_next gives once more */
	const struct log_source *source;
};

/* Readers take rows until the end of the file. LOG_E_BAD: the file as a whole is unusable, told in
 * findings. */
struct log_format {
	const char *name;
	bool (*detect)(const struct line *first); /* first line that is not blank */
	int (*read)(struct log_format_input *input, struct log_build *build);
};

/* The next line, blank or not, in input->line; build->place follows. Returns LINES_E_…. */
must_check int log_format_next(struct log_format_input *input, struct log_build *build);

/* Nothing but white space. */
bool log_format_is_blank(const struct line *line);

/* Read one file, whatever its format. */
must_check int log_format_read(const char *path, const struct log_source *source, struct log_build *build);
