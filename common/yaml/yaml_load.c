/* yaml_load.c: a tree held against libcyaml's schema.                                      (kind: adapter) */
#include "common/yaml/yaml_load.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cyaml_config_t yaml_load_config = { .mem_fn = cyaml_mem, .flags = CYAML_CFG_NO_ALIAS };

/* A tree under inspection. */
struct check {
	const struct yaml_tree *tree;
	struct findings *findings;
};

/* --- what a key was meant to be --- */

enum { KEY_MOST = 40, EDITS_MOST = 2 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters left out, added, changed, or swapped with their neighbour, to make `b` of `a`. */
static size_t count_edits(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), edits[KEY_MOST + 1][KEY_MOST + 1];
	if (n > KEY_MOST || m > KEY_MOST)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			size_t *here = &edits[i][j];
			*here = i + j;
			if (i == 0 || j == 0)
				continue;
			*here = least(edits[i - 1][j], edits[i][j - 1]) + 1;
			*here = least(*here, edits[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				*here = least(*here, edits[i - 2][j - 2] + 1);
		}
	}
	return edits[n][m];
}

static const char *closest_key(const char *text, const cyaml_schema_field_t *fields)
{
	const char *closest = NULL;
	size_t fewest = least(EDITS_MOST + 1, strlen(text));
	for (; fields->key; fields++) {
		size_t edits = count_edits(text, fields->key);
		if (edits < fewest) {
			fewest = edits;
			closest = fields->key;
		}
	}
	return closest;
}

/* --- values --- */

static bool check_value(const struct check *check, const cyaml_schema_value_t *schema,
			const struct yaml_node *node, const char *key);

static bool wrong(const struct check *check, const struct yaml_node *node, const char *key, const char *needs)
{
	yaml_tree_finding(check->tree, node->place, check->findings, "wrong value", "%s needs %s", key,
			  needs);
	return false;
}

static const cyaml_schema_field_t *find_field(const cyaml_schema_field_t *fields, const char *key)
{
	while (fields->key && strcmp(fields->key, key) != 0)
		fields++;
	return fields->key ? fields : NULL;
}

static bool unknown_key(const struct check *check, const struct yaml_node *node,
			const cyaml_schema_field_t *fields)
{
	const char *meant = closest_key(node->key, fields);
	yaml_tree_finding(check->tree, node->key_place, check->findings, "unknown key", "%s: %s%s%s",
			  node->key, meant ? "did you mean " : "leave it away", meant ? meant : "",
			  meant ? "?" : "");
	return false;
}

static bool check_mapping(const struct check *check, const cyaml_schema_field_t *fields,
			  const struct yaml_node *node, const char *key)
{
	bool good = true;
	if (node->kind != YAML_MAP)
		return wrong(check, node, key, "keys with values: {key: value}");
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		const cyaml_schema_field_t *field = find_field(fields, child->key);
		good &= field ? check_value(check, &field->value, child, child->key) :
				unknown_key(check, child, fields);
	}
	for (; fields->key; fields++) {
		if ((fields->value.flags & CYAML_FLAG_OPTIONAL) || yaml_tree_find(node, fields->key))
			continue;
		yaml_tree_finding(check->tree, node->place, check->findings, "missing key",
				  "%s is not there: add it", fields->key);
		good = false;
	}
	return good;
}

static bool check_sequence(const struct check *check, const cyaml_schema_value_t *schema,
			   const struct yaml_node *node, const char *key)
{
	bool good = true;
	if (node->kind != YAML_LIST)
		return wrong(check, node, key, "a list: [a, b]");
	if (node->n < schema->sequence.min)
		return wrong(check, node, key, "at least one value");
	for (const struct yaml_node *child = node->first; child; child = child->next)
		good &= check_value(check, schema->sequence.entry, child, key);
	return good;
}

static bool check_string(const struct check *check, const cyaml_schema_value_t *schema,
			 const struct yaml_node *node, const char *key)
{
	if (node->kind != YAML_TEXT)
		return wrong(check, node, key, "a text");
	if (strlen(node->text) < schema->string.min)
		return wrong(check, node, key, "a text that is not empty");
	return true;
}

/* Digits, as people write them: libcyaml would take 010 for 8. */
static bool check_whole(const struct check *check, const cyaml_schema_value_t *schema,
			const struct yaml_node *node, const char *key)
{
	char needs[64];
	uint64_t most = schema->data_size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * schema->data_size) - 1;
	snprintf(needs, sizeof(needs), "a whole number of 0 to %llu", (unsigned long long)most);
	if (node->kind != YAML_TEXT || !node->plain || node->text[0] == '\0' ||
	    strspn(node->text, "0123456789") != strlen(node->text) ||
	    (node->text[0] == '0' && node->text[1] != '\0'))
		return wrong(check, node, key, needs);
	errno = 0;
	uint64_t value = strtoull(node->text, NULL, 10);
	return errno == 0 && value <= most ? true : wrong(check, node, key, needs);
}

static bool check_boolean(const struct check *check, const struct yaml_node *node, const char *key)
{
	if (node->plain && (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0))
		return true;
	return wrong(check, node, key, "true or false");
}

static bool check_word(const struct check *check, const cyaml_schema_value_t *schema,
		       const struct yaml_node *node, const char *key)
{
	char needs[256] = "one of:";
	for (uint32_t i = 0; i < schema->enumeration.count; i++) {
		const char *word = schema->enumeration.strings[i].str;
		size_t n = strlen(needs);
		if (node->kind == YAML_TEXT && strcmp(node->text, word) == 0)
			return true;
		snprintf(needs + n, sizeof(needs) - n, " %s", word);
	}
	return wrong(check, node, key, needs);
}

static bool check_value(const struct check *check, const cyaml_schema_value_t *schema,
			const struct yaml_node *node, const char *key)
{
	switch (schema->type) {
	case CYAML_MAPPING:
		return check_mapping(check, schema->mapping.fields, node, key);
	case CYAML_SEQUENCE:
		return check_sequence(check, schema, node, key);
	case CYAML_STRING:
		return check_string(check, schema, node, key);
	case CYAML_UINT:
		return check_whole(check, schema, node, key);
	case CYAML_BOOL:
		return check_boolean(check, node, key);
	case CYAML_ENUM:
		return check_word(check, schema, node, key);
	default:
		assert(schema->type == CYAML_IGNORE);
		return true;
	}
}

int yaml_load_check(const struct yaml_tree *tree, const cyaml_schema_value_t *schema,
		    struct findings *findings)
{
	const struct check check = { tree, findings };
	return check_value(&check, schema, tree->root, "the file") ? YAML_LOAD_E_OK : YAML_LOAD_E_BAD;
}

int yaml_load(const struct yaml_tree *tree, const cyaml_schema_value_t *schema, void **out)
{
	*out = NULL;
	cyaml_err_t error = cyaml_load_data((const uint8_t *)tree->text, tree->n, &yaml_load_config, schema,
					    (cyaml_data_t **)out, NULL);
	if (error == CYAML_OK)
		return 0;
	return error == CYAML_ERR_OOM ? FAIL(-ENOMEM) : FAIL(-EPROTO);
}

void yaml_load_free(const cyaml_schema_value_t *schema, void *data)
{
	if (data)
		cyaml_free(&yaml_load_config, schema, data, 0);
}
