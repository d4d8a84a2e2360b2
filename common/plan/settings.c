/* settings.c: typed values behind a table.                                                  (kind: kernel) */
#include "common/plan/settings.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void settings_init(struct settings *settings, const struct setting *table)
{
	*settings = (struct settings){ .table = table };
	for (size_t i = 0; table[i].name; i++) {
		assert(i < SETTINGS_MOST);
		settings->values[i] = table[i].fallback;
	}
}

static int index_of(const struct settings *settings, const char *name)
{
	for (int i = 0; settings->table[i].name; i++) {
		if (strcmp(settings->table[i].name, name) == 0)
			return i;
	}
	return -1;
}

int settings_put(struct settings *settings, const char *name, double value)
{
	int i = index_of(settings, name);
	if (i < 0)
		return SETTINGS_E_UNKNOWN;
	const struct setting *setting = &settings->table[i];
	bool whole = value == floor(value);
	if (!(value >= setting->least && value <= setting->most) ||
	    (setting->type != SETTING_NUMBER && !whole))
		return SETTINGS_E_VALUE;
	settings->values[i] = value + 0.0; /* −0 and 0 would have two digests */
	return SETTINGS_E_OK;
}

int settings_set(struct settings *settings, const char *name, const char *text)
{
	int i = index_of(settings, name);
	if (i < 0)
		return SETTINGS_E_UNKNOWN;
	if (settings->table[i].type == SETTING_BOOLEAN) {
		bool yes = strcmp(text, "true") == 0;
		if (!yes && strcmp(text, "false") != 0)
			return SETTINGS_E_VALUE;
		return settings_put(settings, name, yes);
	}
	/* strtod also takes white space, hexadecimal numbers and words. */
	char *end;
	double value = strtod(text, &end);
	if (end == text || *end != '\0' || strspn(text, "+-.0123456789eE") != strlen(text))
		return SETTINGS_E_VALUE;
	return settings_put(settings, name, value);
}

double settings_number(const struct settings *settings, const char *name)
{
	int i = index_of(settings, name);
	assert(i >= 0);
	return settings->values[i];
}

size_t settings_integer(const struct settings *settings, const char *name)
{
	return (size_t)settings_number(settings, name);
}

bool settings_is(const struct settings *settings, const char *name)
{
	return settings_number(settings, name) != 0.0;
}

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static json_t *setting_value(const struct setting *setting, double value)
{
	switch (setting->type) {
	case SETTING_BOOLEAN:
		return json_boolean(value != 0.0);
	case SETTING_INTEGER:
		return json_integer((json_int_t)value);
	case SETTING_NUMBER:
	default:
		return json_real(value);
	}
}

int settings_json(const struct settings *settings, char **out)
{
	cleanup(json_cleanup) json_t *object = json_object();
	for (size_t i = 0; settings->table[i].name; i++) {
		json_t *value = setting_value(&settings->table[i], settings->values[i]);
		if (json_object_set_new(object, settings->table[i].name, value) != 0)
			return FAIL(-ENOMEM);
	}
	*out = json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(17));
	TRY_ALLOC(*out);
	return 0;
}
