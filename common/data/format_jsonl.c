/* format_jsonl.c: lines of JSON; what canonical and wide rows have in common.              (kind: adapter) */
#include "common/data/format_jsonl.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The length of what reads as a number at `text`, Python's words included; 0: none. */
static size_t number_length(const char *text)
{
	static const char *const words[] = { "-Infinity", "Infinity", "NaN" };
	for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
		if (strncmp(text, words[w], strlen(words[w])) == 0)
			return strlen(words[w]);
	return *text == '-' || isdigit((unsigned char)*text) ? strspn(text, "+-.0123456789eE") : 0;
}

/* Whether jansson has no type for this number: not finite, or an integer beyond 64 bits. */
static bool is_beyond(const char *text, size_t n)
{
	errno = 0;
	if (strcspn(text, ".eEIN") < n)
		return !isfinite(strtod(text, NULL));
	strtoll(text, NULL, 10);
	return errno == ERANGE;
}

/* NaN and Infinity, as Python writes them, and numbers too large for their type are no JSON to the parser.
 * They become arrays of the same length, which are no numbers: only their cell is bad, not the whole line. */
static bool mend_numbers(char *text)
{
	bool is_quoted = false, is_mended = false;
	for (size_t i = 0, n; text[i]; i += n) {
		n = 1;
		if (text[i] == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && text[i] == '\\' && text[i + 1])
			n = 2;
		size_t length = is_quoted ? 0 : number_length(text + i);
		if (length == 0)
			continue;
		n = length;
		if (!is_beyond(text + i, length))
			continue;
		memset(text + i, ' ', length);
		text[i] = '[';
		text[i + length - 1] = ']';
		is_mended = true;
	}
	return is_mended;
}

/* What a person can do about a line that is not JSON; the parser's own words would quote the line. */
static void tell_torn(struct log_build *build, const json_error_t *error)
{
	const char *remedy = "write one whole object per line";
	switch (json_error_code(error)) {
	case json_error_stack_overflow:
		remedy = "it is nested too deeply, flatten or remove that field";
		break;
	case json_error_invalid_utf8:
		remedy = "it is not UTF-8, convert the file";
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		remedy = "remove the character \\u0000";
		break;
	case json_error_premature_end_of_input:
		remedy = "it ends early, write one whole object per line";
		break;
	default:
		break;
	}
	log_build_torn(build, "line is not JSON", "at byte %d: %s", error->position, remedy);
}

/* The object of one line, or NULL and the row counted. */
static json_t *parse(struct line *line, struct log_build *build)
{
	json_error_t error;
	json_t *json = json_loadb(line->text, line->n, 0, &error);
	if (!json && mend_numbers(line->text))
		json = json_loadb(line->text, line->n, 0, &error);
	if (json_is_object(json))
		return json;
	if (json)
		log_build_torn(build, "line is not a JSON object", "write one object per line");
	else
		tell_torn(build, &error);
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
		log_build_torn(build, "id is not a string", "write a string or a whole number of 64 bits");
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
	log_build_bad(build, "task is not a string", "write a string, or leave it out");
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
			log_build_torn(build, "line is longer than 4 MiB",
				       "shorten the text, leave out fields that nobody reads");
			continue;
		}
		cleanup(json_cleanup) json_t *json = parse(&input->line, build);
		if (json)
			TRY(read_row(json, build));
	}
	return r == LINES_E_END ? LOG_E_OK : r == LINES_E_BAD ? LOG_E_BAD : r;
}
