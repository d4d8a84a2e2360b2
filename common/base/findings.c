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

/* Where the next finding goes: when all places are taken, over the last one. */
static struct finding *place_of_next(struct findings *findings)
{
	if (!findings->items)
		findings->items = calloc(FINDINGS_KEPT, sizeof(*findings->items));
	if (!findings->items)
		return NULL;
	if (findings->n_items < FINDINGS_KEPT)
		return &findings->items[findings->n_items++];
	struct finding *last = &findings->items[FINDINGS_KEPT - 1];
	free(last->file);
	free(last->detail);
	return last;
}

void findings_add(struct findings *findings, const char *file, size_t line, const char *reason,
		  const char *format, ...)
{
	count_reason(findings, reason);
	struct finding *finding = place_of_next(findings);
	if (!finding)
		return;
	*finding = (struct finding){ .file = strdup(file ? file : ""), .line = line, .reason = reason };
	if (!format)
		return;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&finding->detail, format, arguments) < 0)
		finding->detail = NULL;
	va_end(arguments);
}

/* What would steer a terminal: C0, DEL, C1 as UTF-8. */
void findings_print_text(const char *text, FILE *out)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
		if (is_c1)
			c++;
		fputc(is_c1 || *c < 0x20 || *c == 0x7f ? '?' : *c, out);
	}
}

static void print_finding(const struct finding *finding, FILE *out)
{
	if (finding->file && finding->file[0]) {
		findings_print_text(finding->file, out);
		if (finding->line > 0)
			fprintf(out, ":%zu", finding->line);
		fputs(": ", out);
	}
	fputs(finding->reason, out);
	if (finding->detail) {
		fputs(": ", out);
		findings_print_text(finding->detail, out);
	}
	fputc('\n', out);
}

void findings_print(const struct findings *findings, FILE *out, size_t most)
{
	size_t n = findings->n_items;
	bool is_all = findings->n == n && n <= most;
	size_t first = is_all || n == 0 ? n : (n < most ? n : most) - 1;
	for (size_t i = 0; i < first; i++)
		print_finding(&findings->items[i], out);
	if (is_all || n == 0)
		return;
	fprintf(out, "… and %zu more\n", findings->n - first - 1);
	print_finding(&findings->items[n - 1], out);
}
