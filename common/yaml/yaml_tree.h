/* yaml_tree.h: foreign YAML as a tree in which every text knows its line and column.          (kind: adapter)
 *
 * One document of maps, lists and texts; small, shallow and plain: more than 1 MiB, 8 levels, 65,536 values
 * or 1,024 keys of one map, anchors, aliases, tags, a second document, a key twice or a NUL are refused while
 * they are read, before they cost anything. Numbers are texts here; whoever knows the schema reads them
 * (yaml_load.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum { YAML_TREE_E_OK = 0, YAML_TREE_E_BAD = 1 };
enum { YAML_TREE_BYTES = 1 << 20, YAML_TREE_DEPTH = 8, YAML_TREE_NODES = 65536, YAML_TREE_KEYS = 1024 };

struct yaml_place {
	size_t line, column; /* from 1; columns count characters */
};

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct yaml_place place;
	bool plain; /* a text without quotes, as numbers and booleans have to be */
	char *text; /* YAML_TEXT: without a NUL inside */
	char *key;  /* in a map: under which key; else NULL */
	struct yaml_place key_place;
	struct yaml_node *first, *next; /* the values of a list or map, in the order of the file */
	size_t n;                       /* how many */
};

struct yaml_tree {
	char *name, *text;      /* what findings call the file; the file */
	size_t n;               /* bytes of the text */
	struct yaml_node *root; /* a map */
};

/* YAML_TREE_E_BAD: it is not such a document, where and why is in `findings` under `name`. */
must_check int yaml_tree_parse(const char *name, const char *text, size_t n, struct findings *findings,
			       struct yaml_tree *out);

/* The same from a file. */
must_check int yaml_tree_read(const char *path, struct findings *findings, struct yaml_tree *out);

void yaml_tree_deinit(struct yaml_tree *tree);

/* The value under this key of a map, or NULL: the map (which may be NULL) does not have it. */
const struct yaml_node *yaml_tree_find(const struct yaml_node *map, const char *key);

/* A finding at this place; its detail begins with the column. */
void yaml_tree_finding(const struct yaml_tree *tree, struct yaml_place place, struct findings *findings,
		       const char *reason, const char *format, ...) print_like(5, 6);
