/* findings.c: a bounded list of what is wrong with a file.                                 (kind: adapter) */
#include "common/base/findings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void findings_deinit(struct findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->n_items; i++) {
		free(findings->items[i].file);
		free(findings->items[i].detail);
	}
	free(findings->items);
	*findings = (struct findings){ 0 };
}

static void count_reason(struct findings *findings, const char *reason)
{
	findings->n++;
	for (size_t i = 0; i < findings->n_counts; i++) {
		if (strcmp(findings->counts[i].reason, reason) == 0) {
			findings->counts[i].n++;
			return;
		}
	}
	if (findings->n_counts < FINDINGS_REASONS)
		findings->counts[findings->n_counts++] = (struct findings_count){ reason, 1 };
}

void findings_add(struct findings *findings, const char *file, size_t line, const char *reason,
		  const char *format, ...)
{
	count_reason(findings, reason);
	if (findings->n_items == FINDINGS_KEPT)
		return;
	if (!findings->items)
		findings->items = calloc(FINDINGS_KEPT, sizeof(*findings->items));
	if (!findings->items)
		return;
	struct finding *finding = &findings->items[findings->n_items++];
	*finding = (struct finding){ .file = strdup(file ? file : ""), .line = line, .reason = reason };
	if (!format)
		return;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&finding->detail, format, arguments) < 0)
		finding->detail = NULL;
	va_end(arguments);
}

/* Texts hold names from foreign files: what would steer a terminal (C0, DEL, C1 as UTF-8) becomes question marks. */
static void print_text(const char *text, FILE *out)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
		if (is_c1)
			c++;
		fputc(is_c1 || *c < 0x20 || *c == 0x7f ? '?' : *c, out);
	}
}

void findings_print(const struct findings *findings, FILE *out, size_t most)
{
	size_t n = findings->n_items < most ? findings->n_items : most;
	for (size_t i = 0; i < n; i++) {
		const struct finding *finding = &findings->items[i];
		print_text(finding->file ? finding->file : "", out);
		if (finding->line > 0)
			fprintf(out, ":%zu", finding->line);
		fprintf(out, ": %s", finding->reason);
		fputs(finding->detail ? ": " : "", out);
		print_text(finding->detail ? finding->detail : "", out);
		fputc('\n', out);
	}
	if (findings->n > n)
		fprintf(out, "… and %zu more\n", findings->n - n);
}
