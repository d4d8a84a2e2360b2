/* yaml_load.h: YAML into a struct by a schema of libcyaml, mistakes with line and column.     (kind: adapter)
 *
 * libcyaml stops at the first mistake and cannot always say where it is. So the tree is held against the
 * schema first, which finds all of them: unknown and missing keys, wrong kinds, numbers and words that are
 * none; then libcyaml fills the struct. Schemas here are made of mappings, sequences, strings, unsigned
 * integers, booleans, enumerations, and values that are left alone (CYAML_IGNORE).
 */
#pragma once

#include <cyaml/cyaml.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/yaml/yaml_tree.h"

enum { YAML_LOAD_E_OK = 0, YAML_LOAD_E_BAD = 1 };

/* How libcyaml is to behave, here and where a struct becomes YAML: no output of its own, no aliases. */
extern const cyaml_config_t yaml_load_config;

/* Hold the tree against the schema (a mapping). YAML_LOAD_E_BAD: what is wrong is in `findings`. */
must_check int yaml_load_check(const struct yaml_tree *tree, const cyaml_schema_value_t *schema,
			       struct findings *findings);

/* Fill a struct (allocated: the schema is a pointer) with a tree for which the check held; the caller ends it
 * with yaml_load_free. */
must_check int yaml_load(const struct yaml_tree *tree, const cyaml_schema_value_t *schema, void **out);
void yaml_load_free(const cyaml_schema_value_t *schema, void *data);
