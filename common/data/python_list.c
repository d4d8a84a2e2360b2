/* python_list.c: reads what Python's repr() makes of a list of strings.                     (kind: kernel) */
#include "common/data/python_list.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *put_utf8(char *out, uint32_t point)
{
	if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		point = 0xfffd;
	if (point < 0x80) {
		*out++ = (char)point;
		return out;
	}
	int tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
	static const uint8_t leads[] = { 0, 0xc0, 0xe0, 0xf0 };
	*out++ = (char)(leads[tail] | point >> (6 * tail));
	while (tail-- > 0)
		*out++ = (char)(0x80 | ((point >> (6 * tail)) & 0x3f));
	return out;
}

/* Hex digits of \xNN, \uNNNN, \UNNNNNNNN; false when they are not there. */
static bool read_hex(const char *text, size_t n, uint32_t *point)
{
	char digits[9] = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return false;
		digits[i] = text[i];
	}
	*point = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}

/* One escape whose letter is text[0]; returns what is behind it. */
static const char *read_escape(const char *text, char **out)
{
	static const char letters[] = "nrt\\'\"", meanings[] = "\n\r\t\\'\"";
	const char *known = text[0] ? strchr(letters, text[0]) : NULL;
	size_t n = text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : text[0] == 'U' ? 8 : 0;
	uint32_t point;
	if (known) {
		*(*out)++ = meanings[known - letters];
		return text + 1;
	}
	if (n > 0 && read_hex(text + 1, n, &point)) {
		*out = put_utf8(*out, point);
		return text + 1 + n;
	}
	*(*out)++ = '\\';
	return text;
}

/* One string with its quotes; NULL: there is none. */
static const char *read_string(const char *text, char **out)
{
	char quote = *text;
	if (quote != '\'' && quote != '"')
		return NULL;
	text++;
	while (*text && *text != quote) {
		if (*text == '\\')
			text = read_escape(text + 1, out);
		else
			*(*out)++ = *text++;
	}
	return *text == quote ? text + 1 : NULL;
}

bool python_list_join(const char *text, char *out)
{
	if (*text++ != '[')
		return false;
	for (;;) {
		text = read_string(text, &out);
		if (!text)
			return false;
		if (strcmp(text, "]") == 0)
			break;
		if (strncmp(text, ", ", 2) != 0)
			return false;
		text += 2;
		*out++ = '\n';
	}
	*out = '\0';
	return true;
}
