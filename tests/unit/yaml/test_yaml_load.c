/* YAML held against a schema: all mistakes at once, each with its place. */
#include "tests/support/suite.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/yaml/yaml_load.h"

struct garden {
	const char *name;
	uint8_t beds;
	uint64_t seeds;
	bool fenced;
	int soil;
	const char *const *plants;
	uint64_t n_plants;
	struct pond {
		uint32_t depth;
	} pond;
};

static const cyaml_strval_t soils[] = { { "sand", 0 }, { "clay", 7 } };
static const cyaml_schema_value_t plant = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1,
							       CYAML_UNLIMITED) };
static const cyaml_schema_field_t pond[] = {
	CYAML_FIELD_UINT("depth", CYAML_FLAG_OPTIONAL, struct pond, depth),
	CYAML_FIELD_END,
};
static const cyaml_schema_field_t keys[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct garden, name, 1, CYAML_UNLIMITED),
	CYAML_FIELD_UINT("beds", CYAML_FLAG_DEFAULT, struct garden, beds),
	CYAML_FIELD_UINT("seeds", CYAML_FLAG_OPTIONAL, struct garden, seeds),
	CYAML_FIELD_BOOL("fenced", CYAML_FLAG_OPTIONAL, struct garden, fenced),
	CYAML_FIELD_ENUM("soil", CYAML_FLAG_OPTIONAL, struct garden, soil, soils, 2),
	CYAML_FIELD_SEQUENCE_COUNT("plants", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct garden, plants,
				   n_plants, &plant, 1, CYAML_UNLIMITED),
	CYAML_FIELD_MAPPING("pond", CYAML_FLAG_OPTIONAL, struct garden, pond, pond),
	CYAML_FIELD_IGNORE("notes", CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct garden, keys) };

/* The findings of a text; NULL in `out` where there are some. */
static struct findings check(const char *text, struct garden **out)
{
	struct findings findings = { 0 };
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	*out = NULL;
	ck_assert_int_eq(yaml_tree_parse("garden.yaml", text, strlen(text), &findings, &tree), 0);
	int r = yaml_load_check(&tree, &schema, &findings);
	ck_assert_int_eq(r, findings.n == 0 ? YAML_LOAD_E_OK : YAML_LOAD_E_BAD);
	if (r == YAML_LOAD_E_OK)
		ck_assert_int_eq(yaml_load(&tree, &schema, (void **)out), 0);
	return findings;
}

/* One mistake, in this line, with `what` in its detail. */
static void check_mistake(const char *text, size_t line, const char *what)
{
	struct garden *garden;
	struct findings findings = check(text, &garden);
	ck_assert_ptr_null(garden);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_msg(findings.items[0].line == line && strstr(findings.items[0].detail, what) != NULL,
		      "%zu: %s", findings.items[0].line, findings.items[0].detail);
	findings_deinit(&findings);
}

START_TEST(what_fits_fills_the_struct)
{
	struct garden *garden;
	check("name: \"0\"\nbeds: 255\nseeds: 18446744073709551615\nfenced: true\nsoil: clay\n"
	      "plants: [a, 'b']\npond: {depth: 3}\nnotes: {any: [thing]}\n",
	      &garden);
	ck_assert_str_eq(garden->name, "0");
	ck_assert_uint_eq(garden->beds, 255);
	ck_assert_uint_eq(garden->seeds, UINT64_MAX);
	ck_assert(garden->fenced);
	ck_assert_int_eq(garden->soil, 7);
	ck_assert_uint_eq(garden->n_plants, 2);
	ck_assert_str_eq(garden->plants[1], "b");
	ck_assert_uint_eq(garden->pond.depth, 3);
	yaml_load_free(&schema, garden);
	yaml_load_free(&schema, NULL);
}
END_TEST

START_TEST(what_may_be_left_away_is_zero)
{
	struct garden *garden;
	check("name: x\nbeds: 0\n", &garden);
	ck_assert_ptr_null(garden->plants);
	ck_assert(!garden->fenced);
	yaml_load_free(&schema, garden);
}
END_TEST

START_TEST(all_mistakes_are_told_each_where_it_is)
{
	static const size_t lines[] = { 1, 2, 3, 3, 1 };
	struct garden *garden;
	struct findings findings = check("beds: x\nsoil: peat\npond: {depht: 3, width: 2}\n", &garden);
	ck_assert_uint_eq(findings.n, 5);
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(findings.items[i].line, lines[i]);
	ck_assert_str_eq(findings.items[2].detail, "column 8: depht: did you mean depth?");
	ck_assert_str_eq(findings.items[3].detail, "column 18: width: leave it away");
	ck_assert_str_eq(findings.items[4].reason, "missing key");
	ck_assert_str_eq(findings.items[4].detail, "column 1: name is not there: add it");
	findings_deinit(&findings);
}
END_TEST

START_TEST(a_key_that_is_close_to_one_is_taken_for_a_slip)
{
	check_mistake("name: x\nbeds: 1\nsaed: 1\n", 3, "did you mean seeds?");
	check_mistake("name: x\nbeds: 1\nfecned: true\n", 3, "did you mean fenced?");
	check_mistake("name: x\nbeds: 1\nplant: [a]\n", 3, "did you mean plants?");
	check_mistake("name: x\nbeds: 1\nwater: 1\n", 3, "water: leave it away");
	check_mistake("name: x\nbeds: 1\nx: 1\n", 3, "x: leave it away");
	check_mistake("name: x\nbeds: 1\nNAME: 1\n", 3, "NAME: leave it away");
	check_mistake("name: x\nbeds: 1\n"
		      "a-key-that-is-longer-than-any-key-that-anybody-would-ever-write: 1\n",
		      3, "leave it away");
}
END_TEST

START_TEST(numbers_are_digits_that_fit)
{
	static const char *const bad[] = {
		"-1",    "256", "1.0", "0x1", "010", "+1",  "1 2",
		"\"1\"", "one", "",    "[1]", "~",   "1_0", "99999999999999999999999"
	};
	char text[100];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "name: x\nbeds: %s\n", bad[i]);
		check_mistake(text, 2, "beds needs a whole number of 0 to 255");
	}
	check_mistake("name: x\nbeds: 1\nseeds: 18446744073709551616\n", 3, "18446744073709551615");
}
END_TEST

START_TEST(other_values_are_of_their_kind)
{
	check_mistake("name: x\nbeds: 1\nfenced: yes\n", 3, "fenced needs true or false");
	check_mistake("name: x\nbeds: 1\nfenced: \"true\"\n", 3, "fenced needs true or false");
	check_mistake("name: x\nbeds: 1\nfenced: []\n", 3, "fenced needs true or false");
	check_mistake("name: x\nbeds: 1\nsoil: SAND\n", 3, "soil needs one of: sand clay");
	check_mistake("name: x\nbeds: 1\nsoil: {sand: clay}\n", 3, "soil needs one of: sand clay");
	check_mistake("name: x\nbeds: 1\nplants: a\n", 3, "plants needs a list");
	check_mistake("name: x\nbeds: 1\nplants: []\n", 3, "plants needs at least one value");
	check_mistake("name: x\nbeds: 1\nplants: [a, [b]]\n", 3, "column 13: plants needs a text");
	check_mistake("name: x\nbeds: 1\nplants: [a,\n  '']\n", 4, "not empty");
	check_mistake("name:\nbeds: 1\n", 1, "name needs a text that is not empty");
	check_mistake("name: [x]\nbeds: 1\n", 1, "name needs a text");
	check_mistake("name: x\nbeds: 1\npond: 3\n", 3, "pond needs keys with values");
}
END_TEST

SUITE_MAIN("YAML by a schema", what_fits_fills_the_struct, what_may_be_left_away_is_zero,
	   all_mistakes_are_told_each_where_it_is, a_key_that_is_close_to_one_is_taken_for_a_slip,
	   numbers_are_digits_that_fit, other_values_are_of_their_kind)
