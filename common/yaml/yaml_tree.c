/* yaml_tree.c: libyaml's events become a tree, within limits.                              (kind: adapter) */
#include "common/yaml/yaml_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A text under way to its tree. */
struct source {
	yaml_parser_t parser;
	struct yaml_tree *tree;
	struct findings *findings;
	size_t nodes;
};

static void event_cleanup(yaml_event_t *event)
{
	yaml_event_delete(event);
}

static void node_free(struct yaml_node *node)
{
	while (node) {
		struct yaml_node *next = node->next;
		node_free(node->first);
		free(node->key);
		free(node->text);
		free(node);
		node = next;
	}
}

static void node_cleanup(struct yaml_node **node)
{
	node_free(*node);
}

void yaml_tree_deinit(struct yaml_tree *tree)
{
	if (!tree)
		return;
	node_free(tree->root);
	free(tree->name);
	free(tree->text);
	*tree = (struct yaml_tree){ 0 };
}

const struct yaml_node *yaml_tree_find(const struct yaml_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *node = map->first; node; node = node->next) {
		if (strcmp(node->key, key) == 0)
			return node;
	}
	return NULL;
}

void yaml_tree_finding(const struct yaml_tree *tree, struct yaml_place place, struct findings *findings,
		       const char *reason, const char *format, ...)
{
	char *detail = NULL;
	va_list arguments;
	va_start(arguments, format);
	if (vasprintf(&detail, format, arguments) < 0)
		detail = NULL;
	va_end(arguments);
	findings_add(findings, tree->name, place.line, reason, "column %zu: %s", place.column,
		     detail ? detail : "");
	free(detail);
}

/* --- what the parser says --- */

static struct yaml_place place_of(yaml_mark_t mark)
{
	return (struct yaml_place){ mark.line + 1, mark.column + 1 };
}

static int refuse(struct source *source, yaml_mark_t mark, const char *why)
{
	yaml_tree_finding(source->tree, place_of(mark), source->findings, "not YAML as it is read here", "%s",
			  why);
	return YAML_TREE_E_BAD;
}

/* Where a byte is: of what cannot be decoded the parser knows only that. */
static struct yaml_place place_of_byte(const char *text, size_t offset)
{
	struct yaml_place place = { 1, 1 };
	for (size_t i = 0; i < offset; i++) {
		bool is_inner = ((unsigned char)text[i] & 0xc0) == 0x80;
		place.column = text[i] == '\n' ? 1 : place.column + !is_inner;
		place.line += text[i] == '\n';
	}
	return place;
}

static int parser_failed(struct source *source)
{
	const yaml_parser_t *parser = &source->parser;
	const char *problem = parser->problem ? parser->problem : "unknown";
	const struct yaml_tree *tree = source->tree;
	if (parser->error == YAML_MEMORY_ERROR)
		return FAIL(-ENOMEM);
	if (parser->error == YAML_READER_ERROR) {
		size_t offset = parser->problem_offset < tree->n ? parser->problem_offset : tree->n;
		yaml_tree_finding(tree, place_of_byte(tree->text, offset), source->findings,
				  "not a text in UTF-8", "%s: save the file as UTF-8 text", problem);
		return YAML_TREE_E_BAD;
	}
	if (parser->context)
		yaml_tree_finding(tree, place_of(parser->problem_mark), source->findings, "not YAML",
				  "%s, %s that began in line %zu", problem, parser->context,
				  parser->context_mark.line + 1);
	else
		yaml_tree_finding(tree, place_of(parser->problem_mark), source->findings, "not YAML", "%s",
				  problem);
	return YAML_TREE_E_BAD;
}

static int next_event(struct source *source, yaml_event_t *event)
{
	return yaml_parser_parse(&source->parser, event) ? YAML_TREE_E_OK : parser_failed(source);
}

/* What an event has beside its content and does not need here. */
static const char *decoration(const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor || event->type == YAML_ALIAS_EVENT)
		return "anchors and aliases are not taken: write the value out";
	return tag ? "tags are not taken: leave the word with the ! away" : NULL;
}

/* --- building --- */

static int take_text(struct source *source, const yaml_event_t *event, char **out)
{
	const char *value = (const char *)event->data.scalar.value;
	if (strlen(value) != event->data.scalar.length)
		return refuse(source, event->start_mark, "a text cannot have a NUL in it");
	*out = strdup(value);
	TRY_ALLOC(*out);
	return YAML_TREE_E_OK;
}

static int read_node(struct source *source, const yaml_event_t *event, size_t depth, struct yaml_node **out);

/* The key of a map before its value; NULL at the map's end. */
static int read_key(struct source *source, struct yaml_node *map, yaml_event_t *event, char **out)
{
	*out = NULL;
	if (event->type == YAML_MAPPING_END_EVENT)
		return YAML_TREE_E_OK;
	const char *why = decoration(event);
	if (why || event->type != YAML_SCALAR_EVENT)
		return refuse(source, event->start_mark, why ? why : "a key has to be a word");
	if (map->n == YAML_TREE_KEYS)
		return refuse(source, event->start_mark, "too many keys: at most 1,024");
	int r = take_text(source, event, out);
	if (r != YAML_TREE_E_OK || !yaml_tree_find(map, *out))
		return r;
	yaml_tree_finding(source->tree, place_of(event->start_mark), source->findings, "key twice",
			  "%s is also in line %zu: leave one of them", *out,
			  yaml_tree_find(map, *out)->key_place.line);
	return YAML_TREE_E_BAD;
}

/* One value of a list or, with its key in front, of a map; NULL at the end. */
static int read_value(struct source *source, struct yaml_node *parent, size_t depth, struct yaml_node **out)
{
	cleanup(event_cleanup) yaml_event_t event = { 0 };
	cleanup(event_cleanup) yaml_event_t value = { 0 };
	cleanup(free_pointer) char *key = NULL;
	int r = next_event(source, &event);
	*out = NULL;
	if (r != YAML_TREE_E_OK || event.type == YAML_SEQUENCE_END_EVENT)
		return r;
	if (parent->kind == YAML_LIST)
		return read_node(source, &event, depth, out);
	r = read_key(source, parent, &event, &key);
	if (r != YAML_TREE_E_OK || !key)
		return r;
	r = next_event(source, &value);
	if (r == YAML_TREE_E_OK)
		r = read_node(source, &value, depth, out);
	if (r != YAML_TREE_E_OK)
		return r;
	(*out)->key = key;
	(*out)->key_place = place_of(event.start_mark);
	key = NULL;
	return YAML_TREE_E_OK;
}

static int read_values(struct source *source, struct yaml_node *parent, size_t depth)
{
	struct yaml_node **end = &parent->first;
	for (;;) {
		int r = read_value(source, parent, depth, end);
		if (r != YAML_TREE_E_OK || !*end)
			return r;
		end = &(*end)->next;
		parent->n++;
	}
}

static int read_node(struct source *source, const yaml_event_t *event, size_t depth, struct yaml_node **out)
{
	const char *why = decoration(event);
	if (why)
		return refuse(source, event->start_mark, why);
	if (source->nodes++ == YAML_TREE_NODES)
		return refuse(source, event->start_mark, "too many values: at most 65,536");
	if (depth > YAML_TREE_DEPTH)
		return refuse(source, event->start_mark, "values in values in values: at most 8 levels");
	cleanup(node_cleanup) struct yaml_node *node = calloc(1, sizeof(*node));
	TRY_ALLOC(node);
	node->place = place_of(event->start_mark);
	node->kind = event->type == YAML_MAPPING_START_EVENT ? YAML_MAP :
		     event->type == YAML_SCALAR_EVENT        ? YAML_TEXT :
							       YAML_LIST;
	node->plain = node->kind == YAML_TEXT && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	int r = node->kind == YAML_TEXT ? take_text(source, event, &node->text) :
					  read_values(source, node, depth + 1);
	if (r != YAML_TREE_E_OK)
		return r;
	*out = node;
	node = NULL;
	return YAML_TREE_E_OK;
}

/* Skip events up to one that is none of the stream's own. */
static int next_content(struct source *source, yaml_event_t *event)
{
	for (;;) {
		int r = next_event(source, event);
		if (r != YAML_TREE_E_OK)
			return r;
		if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT &&
		    event->type != YAML_DOCUMENT_END_EVENT)
			return YAML_TREE_E_OK;
		yaml_event_delete(event);
	}
}

static int read_document(struct source *source)
{
	cleanup(event_cleanup) yaml_event_t first = { 0 };
	cleanup(event_cleanup) yaml_event_t last = { 0 };
	int r = next_content(source, &first);
	if (r != YAML_TREE_E_OK)
		return r;
	if (first.type != YAML_MAPPING_START_EVENT)
		return refuse(source, first.start_mark, "the file has to be a list of `key: value`");
	r = read_node(source, &first, 1, &source->tree->root);
	if (r == YAML_TREE_E_OK)
		r = next_content(source, &last);
	if (r != YAML_TREE_E_OK)
		return r;
	if (last.type != YAML_STREAM_END_EVENT)
		return refuse(source, last.start_mark, "a second document: one file has one");
	return YAML_TREE_E_OK;
}

static int refuse_size(const char *name, struct findings *findings)
{
	findings_add(findings, name, 0, "file too large", "more than 1 MiB: make it smaller");
	return YAML_TREE_E_BAD;
}

int yaml_tree_parse(const char *name, const char *text, size_t n, struct findings *findings,
		    struct yaml_tree *out)
{
	if (n > YAML_TREE_BYTES)
		return refuse_size(name, findings);
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { .name = strdup(name),
							    .text = calloc(n + 1, 1),
							    .n = n };
	struct source source = { .tree = &tree, .findings = findings };
	TRY_ALLOC(tree.name);
	TRY_ALLOC(tree.text);
	memcpy(tree.text, text, n);
	if (!yaml_parser_initialize(&source.parser))
		return FAIL(-ENOMEM);
	yaml_parser_set_encoding(&source.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&source.parser, (const unsigned char *)tree.text, n);
	int r = read_document(&source);
	yaml_parser_delete(&source.parser);
	if (r != YAML_TREE_E_OK)
		return r;
	*out = tree;
	tree = (struct yaml_tree){ 0 };
	return YAML_TREE_E_OK;
}

static void file_cleanup(FILE **file)
{
	if (*file)
		fclose(*file);
}

int yaml_tree_read(const char *path, struct findings *findings, struct yaml_tree *out)
{
	cleanup(free_pointer) char *text = malloc(YAML_TREE_BYTES + 1);
	TRY_ALLOC(text);
	cleanup(file_cleanup) FILE *file = fopen(path, "re");
	size_t n = file ? fread(text, 1, YAML_TREE_BYTES + 1, file) : 0;
	if (!file || ferror(file)) {
		findings_add(findings, path, 0, "cannot read the file",
			     "%s: check the path and its permissions", strerror(errno));
		return YAML_TREE_E_BAD;
	}
	return yaml_tree_parse(path, text, n, findings, out);
}
