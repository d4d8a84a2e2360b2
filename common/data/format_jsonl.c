/* format_jsonl.c: lines of JSON; what canonical and wide rows have in common.              (kind: adapter) */
#include "common/data/format_jsonl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/data/format_canonical.h"
#include "common/data/format_wide.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

bool format_jsonl_detect(const struct line *first)
{
	(void)first; /* what no other format recognizes */
	return true;
}

/* Python writes NaN, Infinity and -Infinity as bare words, which are no JSON. They become arrays of the same
 * length, which are no numbers, so that only their cell is bad and not the whole line. */
static bool mend_bare_words(char *text, size_t n)
{
	static const char *const words[][2] = { { "-Infinity", "[       ]" },
						{ "Infinity", "[      ]" },
						{ "NaN", "[ ]" } };
	bool is_quoted = false, is_mended = false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			is_quoted = !is_quoted;
		else if (text[i] == '\\' && is_quoted)
			i++;
		for (size_t w = 0; !is_quoted && w < sizeof(words) / sizeof(words[0]); w++) {
			size_t length = strlen(words[w][0]);
			if (n - i < length || strncmp(text + i, words[w][0], length) != 0)
				continue;
			for (size_t c = 0; c < length; c++)
				text[i + c] = words[w][1][c];
			is_mended = true;
		}
	}
	return is_mended;
}

/* The object of one line, or NULL and the row counted. */
static json_t *parse(struct line *line, struct log_build *build)
{
	json_error_t error;
	json_t *json = json_loadb(line->text, line->n, 0, &error);
	if (!json && mend_bare_words(line->text, line->n))
		json = json_loadb(line->text, line->n, 0, &error);
	if (json_is_object(json))
		return json;
	if (json)
		log_build_torn(build, "line is not a JSON object", NULL);
	else if (json_error_code(&error) == json_error_stack_overflow)
		log_build_torn(build, "line is not JSON", "nested too deeply");
	else
		log_build_torn(build, "line is not JSON", "at byte %d", error.position);
	json_decref(json);
	return NULL;
}

/* Ids and tasks may be numbers; `digits` holds their text. */
static bool read_label(const json_t *json, char digits[24], const char **out)
{
	*out = json_string_value(json);
	if (json_is_integer(json)) {
		snprintf(digits, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
		*out = digits;
	}
	return *out || !json || json_is_null(json);
}

static int read_row(const json_t *json, struct log_build *build)
{
	char id[24], task[24];
	json_t *query = json_object_get(json, "query");
	json_t *vector = json_object_get(json, "embedding");
	struct log_build_text row = { .text = json_string_value(query),
				      .text_n = json_string_length(query),
				      .vector = json_is_null(vector) ? NULL : vector };
	if (!read_label(json_object_get(json, "id"), id, &row.id)) {
		log_build_torn(build, "id is not a string", NULL);
		return 0;
	}
	bool has_task = read_label(json_object_get(json, "task"), task, &row.task);
	uint32_t number;
	int r = log_build_query(build, &row, &number);
	if (r != LOG_BUILD_E_OK)
		return r < 0 ? r : 0;
	if (has_task)
		return format_wide_is(json) ? format_wide_row(json, number, build) :
					      format_canonical_row(json, number, build);
	log_build_bad(build, "task is not a string", NULL);
	return 0;
}

int format_jsonl_read(struct log_format_input *input, struct log_build *build)
{
	int r;
	while ((r = log_format_next(input, build)) == LINES_E_OK || r == LINES_E_LONG) {
		if (r == LINES_E_OK && log_format_is_blank(&input->line))
			continue;
		log_build_at(build, input->line.number);
		if (r == LINES_E_LONG) {
			log_build_torn(build, "line is longer than 4 MiB", NULL);
			continue;
		}
		cleanup(json_cleanup) json_t *json = parse(&input->line, build);
		if (json)
			TRY(read_row(json, build));
	}
	return r == LINES_E_END ? LOG_E_OK : r == LINES_E_BAD ? LOG_E_BAD : r;
}
