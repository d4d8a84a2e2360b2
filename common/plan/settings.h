/* settings.h: what can be set of a learner: one table, from which defaults, checks,
 * help, YAML and digest come.                                                               (kind: kernel) */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"

enum { SETTINGS_MOST = 16 };

enum setting_type { SETTING_NUMBER, SETTING_INTEGER, SETTING_BOOLEAN };

struct setting {
	const char *name; /* as in --set learner.name=value and in the plan's `settings:` */
	enum setting_type type;
	double fallback; /* the default */
	double least, most;
	const char *help; /* one line */
};

struct settings {
	const struct setting *table; /* ends with name NULL */
	double values[SETTINGS_MOST];
};

/* Every setting at its default. */
void settings_init(struct settings *settings, const struct setting *table);

enum { SETTINGS_E_OK = 0, SETTINGS_E_UNKNOWN = 1, SETTINGS_E_VALUE = 2 };

/* Set one from its text ("0.001", "15", "true"). UNKNOWN: no such name; VALUE: not of its type or out of
 * range. */
must_check int settings_set(struct settings *settings, const char *name, const char *text);
must_check int settings_put(struct settings *settings, const char *name, double value);

/* A value by name; asking for a name that the table lacks is a bug. */
double settings_number(const struct settings *settings, const char *name);
size_t settings_integer(const struct settings *settings, const char *name);
bool settings_is(const struct settings *settings, const char *name);

/* Canonical JSON: sorted keys, no spaces, numbers with 17 significant digits; malloc'ed. */
must_check int settings_json(const struct settings *settings, char **out);
