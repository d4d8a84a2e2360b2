/* log_format.c: which format a file has, and the reader for it.                          (kind: conductor) */
#include "common/data/log_format.h"

#include <errno.h>
#include <string.h>

#include "common/data/format_jsonl.h"
#include "common/data/format_routerbench.h"

/* The first one that recognizes the file reads it. JSON Lines come last and take everything: a file that
 * starts with a torn line is still JSON Lines. */
static const struct log_format formats[] = {
	{ "RouterBench CSV", format_routerbench_detect, format_routerbench_read },
	{ "JSON Lines, canonical or wide", format_jsonl_detect, format_jsonl_read },
};

enum { PROGRESS_LINES = 512 };

bool log_format_is_blank(const struct line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (!strchr(" \t\r", line->text[i]))
			return false;
	return true;
}

static void show_progress(const struct log_format_input *input)
{
	const struct log_source *source = input->source;
	if (source && source->progress && input->line.number % PROGRESS_LINES == 0)
		source->progress(source->progress_context, "reading", lines_position(input->lines),
				 lines_size(input->lines));
}

int log_format_next(struct log_format_input *input, struct log_build *build)
{
	if (!input->is_held)
		input->result = lines_next(input->lines, &input->line);
	else
		input->is_held = false;
	if (input->result == LINES_E_OK)
		show_progress(input);
	if (input->result == LINES_E_OK || input->result == LINES_E_LONG)
		build->place.line = input->line.number;
	return input->result;
}

/* The first line that is not blank, held back for the reader. */
static int peek(struct log_format_input *input, struct log_build *build)
{
	int r;
	do
		r = log_format_next(input, build);
	while (r == LINES_E_OK && log_format_is_blank(&input->line));
	input->is_held = true;
	return r;
}

int log_format_read(const char *path, const struct log_source *source, struct log_build *build)
{
	cleanup(lines_cleanup) struct lines *lines = NULL;
	build->place = (struct log_place){ .file = path };
	int r = lines_open(path, build->findings, &lines);
	if (r != LINES_E_OK)
		return r == LINES_E_BAD ? LOG_E_BAD : r;
	struct log_format_input input = { .lines = lines, .source = source };
	r = peek(&input, build);
	if (r < 0)
		return r;
	const struct line nothing = { .text = (char[]){ "" } };
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].detect(r == LINES_E_OK ? &input.line : &nothing))
			return formats[i].read(&input, build);
	return FAIL(-ENOTSUP);
}
