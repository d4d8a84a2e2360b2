/* Foreign YAML as a tree: places, and what is refused before it costs anything. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/yaml/yaml_tree.h"
#include "tests/support/scratch.h"

static void parse(const char *text, struct yaml_tree *tree)
{
	struct findings findings = { 0 };
	int r = yaml_tree_parse("a.yaml", text, strlen(text), &findings, tree);
	ck_assert_msg(r == YAML_TREE_E_OK, "%s", findings.n ? findings.items[0].detail : "");
	ck_assert_uint_eq(findings.n, 0);
}

/* Refused with one finding in this line, with `what` in its detail. */
static void check_refused_bytes(const char *text, size_t n, size_t line, const char *what)
{
	struct findings findings = { 0 };
	struct yaml_tree tree = { 0 };
	ck_assert_int_eq(yaml_tree_parse("a.yaml", text, n, &findings, &tree), YAML_TREE_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, "a.yaml");
	ck_assert_msg(findings.items[0].line == line && strstr(findings.items[0].detail, what) != NULL,
		      "%.40s: %zu: %s: %s", text, findings.items[0].line, findings.items[0].reason,
		      findings.items[0].detail);
	ck_assert_ptr_null(tree.root);
	findings_deinit(&findings);
}

static void check_refused(const char *text, size_t line, const char *what)
{
	check_refused_bytes(text, strlen(text), line, what);
}

START_TEST(values_and_keys_know_their_line_and_column)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	parse("# first\n"
	      "a: 1\n"
	      "größe: {b: 'two', c: [x, \"y\"]}\n",
	      &tree);
	const struct yaml_node *inner = yaml_tree_find(tree.root, "größe");
	const struct yaml_node *list = yaml_tree_find(inner, "c");
	ck_assert_uint_eq(tree.root->n, 2);
	ck_assert_str_eq(tree.root->first->text, "1");
	ck_assert(tree.root->first->plain);
	ck_assert_uint_eq(tree.root->first->place.line, 2);
	ck_assert_uint_eq(tree.root->first->place.column, 4);
	ck_assert(!yaml_tree_find(inner, "b")->plain);
	ck_assert_uint_eq(yaml_tree_find(inner, "b")->key_place.column, 9);
	ck_assert_int_eq(list->kind, YAML_LIST);
	ck_assert_uint_eq(list->n, 2);
	ck_assert_str_eq(list->first->next->text, "y");
	ck_assert_uint_eq(list->first->next->place.line, 3);
	ck_assert_uint_eq(list->first->next->place.column, 26);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	parse("a: [b]\n", &tree);
	ck_assert_ptr_null(yaml_tree_find(tree.root, "b"));
	ck_assert_ptr_null(yaml_tree_find(tree.root->first, "b"));
	ck_assert_ptr_null(yaml_tree_find(NULL, "b"));
}
END_TEST

START_TEST(what_is_not_yaml_is_refused_where_it_stops_to_be)
{
	check_refused("a: 1\nb: [1, 2\nc: 3\n", 3, "that began in line 2");
	check_refused("a: 1\n\tb: 2\n", 2, "column 1");
	check_refused("a: 'x\n", 2, "quoted scalar");
	check_refused("a: 1\nb\n", 3, "column 1");
	check_refused("a: b: c\n", 1, "column 5");
	check_refused("a: %x\n", 1, "column 4");
}
END_TEST

START_TEST(what_is_no_map_is_refused)
{
	check_refused("", 1, "key: value");
	check_refused("# nothing\n", 2, "key: value");
	check_refused("word\n", 1, "key: value");
	check_refused("- a\n- b\n", 1, "key: value");
	check_refused("[a]: b\n", 1, "a key has to be a word");
	check_refused("a: 1\n? {b: c}\n: d\n", 2, "a key has to be a word");
}
END_TEST

START_TEST(a_key_twice_is_refused_with_both_lines)
{
	check_refused("a: 1\nb: 2\na: 3\n", 3, "a is also in line 1");
	check_refused("a: {b: 1,\n  b: 2}\n", 2, "b is also in line 1");
}
END_TEST

START_TEST(aliases_anchors_and_tags_are_refused)
{
	check_refused("a: &x [1]\nb: *x\n", 1, "anchors and aliases");
	check_refused("a: *x\n", 1, "anchors and aliases");
	check_refused("&k a: 1\n", 1, "anchors and aliases");
	check_refused("a: 1\n*x : 1\n", 2, "anchors and aliases");
	check_refused("a: !!int 1\n", 1, "tags");
	check_refused("a: !x {b: 1}\n", 1, "tags");
	check_refused("a: &a [\"lol\"]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]\n", 1, "anchors");
}
END_TEST

START_TEST(a_second_document_is_refused)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	check_refused("a: 1\n---\nb: 2\n", 3, "second document");
	parse("---\na: 1\n...\n", &tree);
}
END_TEST

/* A text of `n` times `piece` behind "a: ". */
static char *many(const char *piece, size_t n)
{
	size_t length = strlen(piece);
	char *text = calloc(3 + n * length + 1, 1);
	memcpy(text, "a: ", 3);
	for (size_t i = 0; i < n; i++)
		memcpy(text + 3 + i * length, piece, length);
	return text;
}

START_TEST(deep_texts_are_refused_before_they_are_read_to_their_end)
{
	static const char *const pieces[] = { "[", "{a: ", "[{a: ", "[a, " };
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		cleanup(free_pointer) char *text = many(pieces[i], 200000);
		check_refused(text, 1, "at most 8 levels");
	}
	check_refused("a: [[[[[[[[1]]]]]]]]\n", 1, "at most 8 levels");
}
END_TEST

START_TEST(many_values_or_keys_are_refused)
{
	cleanup(free_pointer) char *values = many("\n- x", 70000);
	cleanup(free_pointer) char *keys = calloc(30000, 1);
	check_refused(values, 65536, "at most 65,536");
	for (size_t i = 0, n = 0; i < 2000; i++)
		n += (size_t)snprintf(keys + n, 30000 - n, "k%zu: 1\n", i);
	check_refused(keys, 1025, "at most 1,024");
}
END_TEST

START_TEST(a_file_of_more_than_a_mebibyte_is_refused)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	cleanup(free_pointer) char *text = calloc((1 << 20) + 2, 1);
	memset(text, 'x', (1 << 20) + 1);
	memcpy(text, "a: ", 3);
	check_refused(text, 0, "more than 1 MiB");
	text[1 << 20] = '\0';
	parse(text, &tree);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused_where_they_are)
{
	static const char nul[] = "a: 1\nb: \0\n", cut[] = "a: x\xc3",
			  utf16[] = "\xff\xfe"
				    "a\0:\0";
	check_refused_bytes(nul, sizeof(nul) - 1, 2, "column 4");
	check_refused_bytes(cut, sizeof(cut) - 1, 1, "column 5");
	check_refused_bytes(utf16, sizeof(utf16) - 1, 1, "column 1");
	check_refused("a: é\nb: \xff\n", 2, "column 4");
	check_refused("a: \xc0\xaf\n", 1, "column 4");
	check_refused("a: \xed\xa0\x80\n", 1, "column 4");
	check_refused("a: \x1b[2J\n", 1, "column 4");
	check_refused("a: \"x\\0y\"\n", 1, "NUL");
	check_refused("\"a\\0b\": 1\n", 1, "NUL");
}
END_TEST

START_TEST(a_file_is_read_as_its_text)
{
	struct findings findings = { 0 };
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	const char *path = scratch_text("b.yaml", "a: 1\n");
	ck_assert_int_eq(yaml_tree_read(path, &findings, &tree), YAML_TREE_E_OK);
	ck_assert_str_eq(tree.name, path);
	ck_assert_str_eq(tree.text, "a: 1\n");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_refused)
{
	struct findings findings = { 0 };
	struct yaml_tree tree = { 0 };
	ck_assert_int_eq(yaml_tree_read(scratch_path("nowhere"), &findings, &tree), YAML_TREE_E_BAD);
	ck_assert_int_eq(yaml_tree_read("/", &findings, &tree), YAML_TREE_E_BAD);
	ck_assert_uint_eq(findings.n, 2);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "No such file"));
	ck_assert_ptr_nonnull(strstr(findings.items[1].detail, "directory"));
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("Trees of YAML", values_and_keys_know_their_line_and_column, what_is_not_there_is_not_found,
	   what_is_not_yaml_is_refused_where_it_stops_to_be, what_is_no_map_is_refused,
	   a_key_twice_is_refused_with_both_lines, aliases_anchors_and_tags_are_refused,
	   a_second_document_is_refused, deep_texts_are_refused_before_they_are_read_to_their_end,
	   many_values_or_keys_are_refused, a_file_of_more_than_a_mebibyte_is_refused,
	   bytes_that_are_no_text_are_refused_where_they_are, a_file_is_read_as_its_text,
	   a_file_that_cannot_be_read_is_refused)
