/* conf_sample.c: the table as a file that a person reads and changes.                      (kind: adapter) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_table.h"

static void print_comment(FILE *out, const char *indent, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		fprintf(out, "%s# %.*s", indent, (int)n, text);
		text += n;
		if (*text == '\n' && *++text)
			fputc('\n', out);
	}
}

/* The help, and behind it what the key can be. */
static void print_help(FILE *out, const struct conf_key *key, const char *indent)
{
	print_comment(out, indent, key->help);
	if (key->type == CONF_WHOLE && key->most < UINT64_MAX)
		fprintf(out, " (%llu to %llu)", (unsigned long long)key->least,
			(unsigned long long)key->most);
	for (size_t i = 0; key->type == CONF_WORD && key->words[i]; i++)
		fprintf(out, "%s%s", i == 0 ? " (" : ", ", key->words[i]);
	fputs(key->type == CONF_WORD ? ")\n" : "\n", out);
}

/* A text as YAML: plain where nothing in it means something there. */
static void print_text(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-:";
	size_t n = strlen(text);
	bool is_plain = n > 0 && strspn(text, plain) == n && !strchr("-:", text[0]) && text[n - 1] != ':';
	if (is_plain) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < 0x20 || *c == 0x7f)
			fprintf(out, "\\x%02x", *c);
		else
			fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	}
	fputc('"', out);
}

static void print_value(FILE *out, const struct conf_key *key, const struct conf_value *value)
{
	if (key->type == CONF_LIST)
		fputc('[', out);
	for (size_t i = 0; i < value->n; i++) {
		fputs(i == 0 ? "" : ", ", out);
		print_text(out, value->texts[i]);
	}
	fputs(key->type == CONF_LIST ? "]\n" : "\n", out);
}

static void print_key(FILE *out, const struct conf_key *key, const struct conf_value *value)
{
	const char *indent = key->in ? "  " : "";
	fputs(key->in ? "" : "\n", out);
	print_help(out, key, indent);
	if (key->type == CONF_SECTION) {
		fprintf(out, "%s:\n", key->key);
		return;
	}
	bool is_shown = value->key || (key->fallback && key->fallback[0]);
	fprintf(out, "%s%s%s: ", indent, is_shown ? "" : "# ", key->key);
	if (value->key)
		print_value(out, key, value);
	else
		fprintf(out, "%s\n", is_shown ? key->fallback : key->example);
}

int conf_table_sample(const struct conf_table *table, const struct conf_value *values, char **out)
{
	size_t n;
	FILE *stream = open_memstream(out, &n);
	TRY_ALLOC(stream);
	print_comment(stream, "", table->title);
	fputc('\n', stream);
	for (const struct conf_key *key = table->keys; key->key; key++) {
		const struct conf_value *value = values;
		while (value->key && strcmp(value->key, key->key) != 0)
			value++;
		print_key(stream, key, value);
	}
	bool failed = ferror(stream);
	if (fclose(stream) == 0 && !failed)
		return 0;
	free(*out);
	*out = NULL;
	return FAIL(-ENOMEM);
}
