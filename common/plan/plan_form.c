/* plan_form.c: the keys of a plan file, in the order in which a person reads them.         (kind: adapter) */
#include "common/plan/plan_form.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define TEXT(key, type, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, CYAML_UNLIMITED)
#define WHOLE(key, type, member) CYAML_FIELD_UINT(key, CYAML_FLAG_DEFAULT, type, member)
#define LIST(key, member, count)                                                                        \
	CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_FLOW, struct plan_form, member, \
				   count, &name_schema, 1, CYAML_UNLIMITED)

static const cyaml_schema_value_t name_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1,
								     CYAML_UNLIMITED) };

static const cyaml_schema_field_t encoder_keys[] = {
	TEXT("name", struct plan_form_encoder, name),
	WHOLE("dimension", struct plan_form_encoder, dimension),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t limits_keys[] = {
	WHOLE("rows", struct plan_form_limits, rows),
	WHOLE("cohort", struct plan_form_limits, cohort),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t plan_keys[PLAN_FORM_KEYS] = {
	WHOLE("version", struct plan_form, version),
	TEXT("learner", struct plan_form, learner),
	WHOLE("seed", struct plan_form, seed),
	LIST("clients", clients, n_clients),
	WHOLE("rounds", struct plan_form, rounds),
	TEXT("participation", struct plan_form, participation),
	TEXT("quorum", struct plan_form, quorum),
	WHOLE("deadline_s", struct plan_form, deadline_s),
	TEXT("held_out", struct plan_form, held_out),
	CYAML_FIELD_MAPPING("encoder", CYAML_FLAG_FLOW, struct plan_form, encoder, encoder_keys),
	LIST("models", models, n_models),
	CYAML_FIELD_MAPPING("limits", CYAML_FLAG_FLOW, struct plan_form, limits, limits_keys),
	CYAML_FIELD_MAPPING("settings", CYAML_FLAG_FLOW | CYAML_FLAG_OPTIONAL, struct plan_form, settings,
			    NULL), /* the learner's own */
	CYAML_FIELD_END,
};

static void settings_schema(const struct setting *table, cyaml_schema_field_t *keys)
{
	size_t i = 0;
	for (; table[i].name; i++) {
		assert(i < SETTINGS_MOST);
		keys[i] = (cyaml_schema_field_t){
			.key = table[i].name,
			.data_offset = (uint32_t)(i * sizeof(char *)),
			.value = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, char *, 1,
						      CYAML_UNLIMITED) },
		};
	}
	keys[i] = (cyaml_schema_field_t)CYAML_FIELD_END;
}

static cyaml_schema_field_t *key_of(struct plan_schema *schema, const char *key)
{
	size_t i = 0;
	while (strcmp(schema->keys[i].key, key) != 0)
		i++;
	return &schema->keys[i];
}

void plan_form_schema(const struct setting *table, struct plan_schema *schema)
{
	memcpy(schema->keys, plan_keys, sizeof(plan_keys));
	schema->plan = (cyaml_schema_value_t){ CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct plan_form,
								   schema->keys) };
	settings_schema(table, schema->settings);
	key_of(schema, "settings")->value.mapping.fields = schema->settings;
}

void plan_form_ignore(struct plan_schema *schema, const char *key)
{
	cyaml_schema_value_t *value = &key_of(schema, key)->value;
	*value = (cyaml_schema_value_t){ .type = CYAML_IGNORE, .flags = value->flags & CYAML_FLAG_OPTIONAL };
}
