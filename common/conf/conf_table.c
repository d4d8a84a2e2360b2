/* conf_table.c: the rows become libcyaml's schema; what is left away gets its default.     (kind: adapter) */
#include "common/conf/conf_table.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/yaml/yaml_load.h"

enum { WORDS = 8 };

struct conf_owned {
	struct yaml_tree tree;
	cyaml_schema_value_t schema;
	cyaml_schema_field_t fields[CONF_KEYS + 1], inner[2 * CONF_KEYS]; /* of the file, of its sections */
	cyaml_strval_t words[CONF_KEYS][WORDS];
	void *data; /* libcyaml's struct; the program has a copy */
	struct conf_name *names[CONF_KEYS];
};

/* A file being read. */
struct reading {
	const struct conf_table *table;
	struct conf_owned *owned;
	struct findings *findings;
	uint8_t *out;
	bool good;
};

/* --- the schema --- */

static const cyaml_schema_value_t text_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1,
								     CYAML_UNLIMITED) };

static void put_words(const struct conf_key *key, cyaml_strval_t words[WORDS], cyaml_schema_value_t *value)
{
	uint32_t n = 0;
	for (; key->words[n]; n++) {
		assert(n < WORDS);
		words[n] = (cyaml_strval_t){ .str = key->words[n], .val = n };
	}
	*value = (cyaml_schema_value_t){ CYAML_VALUE_ENUM(0, int, words, n) };
	value->data_size = (uint32_t)key->size;
}

static void put_list(const struct conf_key *key, cyaml_schema_field_t *out)
{
	uint32_t least = key->fallback ? 0 : 1;
	out->value = (cyaml_schema_value_t){ CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER, char *, &text_schema,
								  least, CYAML_UNLIMITED) };
	out->data_offset = (uint32_t)(key->offset + offsetof(struct conf_list, items));
	out->count_offset = (uint32_t)(key->offset + offsetof(struct conf_list, n));
	out->count_size = sizeof(size_t);
}

/* One row; the names of CONF_NAMES are free, which no schema can say: they are taken from the tree. */
static void put_key(const struct conf_key *key, cyaml_strval_t words[WORDS], cyaml_schema_field_t *out)
{
	*out = (cyaml_schema_field_t){ .key = key->key, .data_offset = (uint32_t)key->offset };
	if (key->type == CONF_TEXT)
		out->value = text_schema;
	else if (key->type == CONF_WHOLE || key->type == CONF_FLAG)
		out->value = (cyaml_schema_value_t){ .type = key->type == CONF_FLAG ? CYAML_BOOL : CYAML_UINT,
						     .data_size = (uint32_t)key->size };
	else if (key->type == CONF_WORD)
		put_words(key, words, &out->value);
	else if (key->type == CONF_LIST)
		put_list(key, out);
	else
		out->value = (cyaml_schema_value_t){ .type = CYAML_IGNORE };
	if (key->fallback)
		out->value.flags |= CYAML_FLAG_OPTIONAL;
}

/* Offsets of a section's keys are those of the program's struct, so the section is the same struct again. */
static void make_schema(struct conf_owned *owned, const struct conf_table *table)
{
	cyaml_schema_field_t *field = owned->fields, *inner = owned->inner;
	for (size_t i = 0; table->keys[i].key; i++) {
		const struct conf_key *key = &table->keys[i];
		assert(i < CONF_KEYS);
		if (key->in) {
			put_key(key, owned->words[i], inner++);
			continue;
		}
		put_key(key, owned->words[i], field);
		if (key->type == CONF_SECTION)
			field->value = (cyaml_schema_value_t){ .type = CYAML_MAPPING,
							       .flags = CYAML_FLAG_OPTIONAL,
							       .data_size = (uint32_t)table->size,
							       .mapping.fields = ++inner };
		field++;
	}
	owned->schema = (cyaml_schema_value_t){ .type = CYAML_MAPPING,
						.flags = CYAML_FLAG_POINTER,
						.data_size = (uint32_t)table->size,
						.mapping.fields = owned->fields };
}

/* --- values --- */

static const struct yaml_node *value_of(const struct reading *reading, const struct conf_key *key)
{
	const struct yaml_node *map = reading->owned->tree.root;
	return yaml_tree_find(key->in ? yaml_tree_find(map, key->in) : map, key->key);
}

static void refuse(struct reading *reading, const struct yaml_node *node, const char *key, const char *needs)
{
	yaml_tree_finding(&reading->owned->tree, node->place, reading->findings, "wrong value", "%s needs %s",
			  key, needs);
	reading->good = false;
}

static void put_whole(void *field, size_t size, uint64_t value)
{
	if (size == sizeof(uint64_t))
		*(uint64_t *)field = value;
	else if (size == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)value;
	else
		*(uint8_t *)field = (uint8_t)value;
}

static uint64_t get_whole(const void *field, size_t size)
{
	return size == sizeof(uint64_t) ? *(const uint64_t *)field : *(const uint32_t *)field;
}

/* Lists and names are empty where they are left away: the copy has zeros for them. */
static void put_fallback(const struct conf_key *key, void *field)
{
	size_t place = 0;
	if (key->type == CONF_TEXT)
		*(const char **)field = key->fallback[0] ? key->fallback : NULL;
	else if (key->type == CONF_WHOLE)
		put_whole(field, key->size, strtoull(key->fallback, NULL, 10));
	else if (key->type == CONF_FLAG)
		*(bool *)field = strcmp(key->fallback, "true") == 0;
	else if (key->type == CONF_WORD) {
		while (strcmp(key->words[place], key->fallback) != 0)
			place++;
		put_whole(field, key->size, place);
	}
}

static void check_text(struct reading *reading, const struct conf_key *key, const struct yaml_node *node)
{
	const char *needs = key->check ? key->check(node->text) : NULL;
	if (needs)
		refuse(reading, node, key->key, needs);
}

static void check_range(struct reading *reading, const struct conf_key *key, const struct yaml_node *node)
{
	char needs[80];
	uint64_t value = get_whole(reading->out + key->offset, key->size);
	snprintf(needs, sizeof(needs), "a whole number of %llu to %llu", (unsigned long long)key->least,
		 (unsigned long long)key->most);
	if (value < key->least || value > key->most)
		refuse(reading, node, key->key, needs);
}

static int take_names(struct reading *reading, const struct conf_key *key, const struct yaml_node *node)
{
	struct conf_names *out = (struct conf_names *)(reading->out + key->offset);
	struct conf_name *names = calloc(node->n + 1, sizeof(*names));
	TRY_ALLOC(names);
	reading->owned->names[key - reading->table->keys] = names;
	*out = (struct conf_names){ .items = names };
	if (node->kind != YAML_MAP)
		refuse(reading, node, key->key, "names with the names they stand for: {here: there}");
	for (const struct yaml_node *child = node->kind == YAML_MAP ? node->first : NULL; child;
	     child = child->next) {
		if (child->kind != YAML_TEXT || !child->text[0] || !child->key[0])
			refuse(reading, child, child->key, "a name that it stands for");
		names[out->n++] = (struct conf_name){ child->key, child->text };
	}
	return 0;
}

static int take_value(struct reading *reading, const struct conf_key *key)
{
	const struct yaml_node *node = value_of(reading, key);
	if (!node) {
		put_fallback(key, reading->out + key->offset);
		return 0;
	}
	if (key->type == CONF_TEXT)
		check_text(reading, key, node);
	for (const struct yaml_node *child = node->first; child && key->type == CONF_LIST;
	     child = child->next)
		check_text(reading, key, child);
	if (key->type == CONF_WHOLE)
		check_range(reading, key, node);
	return key->type == CONF_NAMES ? take_names(reading, key, node) : 0;
}

static int read_into(struct reading *reading)
{
	struct conf_owned *owned = reading->owned;
	make_schema(owned, reading->table);
	int r = yaml_load_check(&owned->tree, &owned->schema, reading->findings);
	if (r != YAML_LOAD_E_OK)
		return r < 0 ? r : CONF_E_BAD;
	TRY(yaml_load(&owned->tree, &owned->schema, &owned->data));
	memcpy(reading->out, owned->data, reading->table->size);
	for (const struct conf_key *key = reading->table->keys; key->key; key++)
		TRY(take_value(reading, key));
	return reading->good ? CONF_E_OK : CONF_E_BAD;
}

int conf_table_read(const char *path, const struct conf_table *table, struct findings *findings, void *out,
		    struct conf_owned **owned_out)
{
	struct reading reading = { .table = table, .findings = findings, .out = out, .good = true };
	memset(out, 0, table->size);
	reading.owned = *owned_out = calloc(1, sizeof(**owned_out));
	TRY_ALLOC(reading.owned);
	int r = yaml_tree_read(path, findings, &reading.owned->tree);
	if (r != YAML_TREE_E_OK)
		return r < 0 ? r : CONF_E_BAD;
	return read_into(&reading);
}

void conf_table_free(struct conf_owned *owned)
{
	if (!owned)
		return;
	yaml_load_free(&owned->schema, owned->data);
	yaml_tree_deinit(&owned->tree);
	for (size_t i = 0; i < CONF_KEYS; i++)
		free(owned->names[i]);
	free(owned);
}

int conf_table_directory(const char *path, char **out)
{
	const char *slash = strrchr(path, '/');
	*out = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	TRY_ALLOC(*out);
	return 0;
}
