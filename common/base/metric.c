/* metric.c: the text format, line by line.                                                (kind: adapter) */
#include "common/base/metric.h"

void metric_head(FILE *out, const char *name, enum metric_kind kind, const char *help)
{
	static const char *const kinds[] = {
		[METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_SUMMARY] = "summary"
	};
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kinds[kind]);
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

void metric_sample(FILE *out, const char *name, const char *label, const char *text, double value)
{
	fputs(name, out);
	if (label) {
		fprintf(out, "{%s=\"", label);
		print_escaped(out, text);
		fputs("\"}", out);
	}
	fprintf(out, " %.17g\n", value);
}

void metric_one(FILE *out, const char *name, enum metric_kind kind, const char *help, double value)
{
	metric_head(out, name, kind, help);
	metric_sample(out, name, NULL, NULL, value);
}

void metric_summary(FILE *out, const char *name, const char *help, const struct metric_times *times)
{
	metric_head(out, name, METRIC_SUMMARY, help);
	fprintf(out, "%s_sum %.17g\n%s_count %llu\n", name, times->seconds, name, times->n);
}
