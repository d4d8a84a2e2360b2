/* metric.h: numbers that a daemon counts, as Prometheus reads them.                       (kind: adapter)
 *
 * A metric is its head, then its samples. Names begin with "fedrouter_", counters end in "_total", units are
 * seconds and bytes. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
#pragma once

#include <stdio.h>

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_SUMMARY };

/* `help` is one line. */
void metric_head(FILE *out, const char *name, enum metric_kind kind, const char *help);

/* One sample; its one label may be NULL. The label's value is escaped. */
void metric_sample(FILE *out, const char *name, const char *label, const char *text, double value);

/* Head and only sample of a counter or gauge. */
void metric_one(FILE *out, const char *name, enum metric_kind kind, const char *help, double value);

struct metric_times { /* how often something was done, and how long it took in all */
	double seconds;
	unsigned long long n;
};

/* The same as a summary: NAME_sum and NAME_count. */
void metric_summary(FILE *out, const char *name, const char *help, const struct metric_times *times);
