/* A table of a few keys: what its sample looks like, and several sections. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_table.h"
#include "tests/support/scratch.h"

struct house {
	const char *street;
	struct conf_list people;
	uint64_t garden, cellar;
	uint32_t floors;
	uint8_t colour;
};

static const char *const colours[] = { "white", "red", NULL };

static const struct conf_key keys[] = {
	{ .key = "street",
	  .type = CONF_TEXT,
	  CONF_FIELD(struct house, street),
	  .help = "Where it is,\nas a name." },
	{ .key = "outside", .type = CONF_SECTION, .fallback = "", .help = "What is outside." },
	{ .key = "garden",
	  .in = "outside",
	  .type = CONF_WHOLE,
	  CONF_FIELD(struct house, garden),
	  .fallback = "20",
	  .most = 100,
	  .help = "Square metres." },
	{ .key = "colour",
	  .in = "outside",
	  .type = CONF_WORD,
	  CONF_FIELD(struct house, colour),
	  .fallback = "red",
	  .words = colours,
	  .help = "Of the walls." },
	{ .key = "inside", .type = CONF_SECTION, .fallback = "", .help = "What is inside." },
	{ .key = "cellar",
	  .in = "inside",
	  .type = CONF_WHOLE,
	  CONF_FIELD(struct house, cellar),
	  .fallback = "7",
	  .most = UINT64_MAX,
	  .help = "Bottles." },
	{ .key = "floors",
	  .in = "inside",
	  .type = CONF_WHOLE,
	  CONF_FIELD(struct house, floors),
	  .fallback = "2",
	  .least = 1,
	  .most = 9,
	  .help = "Floors." },
	{ .key = "people",
	  .type = CONF_LIST,
	  CONF_FIELD(struct house, people),
	  .fallback = "[]",
	  .help = "Who lives there." },
	{ .key = NULL },
};

static const struct conf_table table = { "house.yaml: a house.\nFor tests.", keys, sizeof(struct house) };

START_TEST(a_sample_explains_every_key)
{
	static const char *const street[] = { "High Street" }, *const people[] = { "ann", "Bob, the 2nd" };
	const struct conf_value values[] = { { "street", street, 1 },
					     { "people", people, 2 },
					     { .key = NULL } };
	cleanup(free_pointer) char *sample = NULL;
	ck_assert_int_eq(conf_table_sample(&table, values, &sample), 0);
	ck_assert_str_eq(sample, "# house.yaml: a house.\n"
				 "# For tests.\n"
				 "\n"
				 "# Where it is,\n"
				 "# as a name.\n"
				 "street: \"High Street\"\n"
				 "\n"
				 "# What is outside.\n"
				 "outside:\n"
				 "  # Square metres. (0 to 100)\n"
				 "  garden: 20\n"
				 "  # Of the walls. (white, red)\n"
				 "  colour: red\n"
				 "\n"
				 "# What is inside.\n"
				 "inside:\n"
				 "  # Bottles.\n"
				 "  cellar: 7\n"
				 "  # Floors. (1 to 9)\n"
				 "  floors: 2\n"
				 "\n"
				 "# Who lives there.\n"
				 "people: [ann, \"Bob, the 2nd\"]\n");
}
END_TEST

static int read_text(const char *text, struct findings *findings, struct house *house)
{
	struct conf_owned *owned;
	int r = conf_table_read(scratch_text("house.yaml", text), &table, findings, house, &owned);
	conf_table_free(owned); /* only numbers are looked at */
	return r;
}

START_TEST(keys_of_sections_are_fields_of_the_same_struct)
{
	struct findings findings = { 0 };
	struct house house;
	ck_assert_int_eq(read_text("street: x\ninside: {floors: 9}\noutside: {garden: 0, colour: white}\n",
				   &findings, &house),
			 CONF_E_OK);
	ck_assert_uint_eq(house.garden, 0);
	ck_assert_uint_eq(house.colour, 0);
	ck_assert_uint_eq(house.cellar, 7);
	ck_assert_uint_eq(house.floors, 9);
	ck_assert_uint_eq(house.people.n, 0);
	ck_assert_int_eq(read_text("street: x\n", &findings, &house), CONF_E_OK);
	ck_assert_uint_eq(house.garden, 20);
	ck_assert_uint_eq(house.colour, 1);
	ck_assert_uint_eq(house.floors, 2);
}
END_TEST

START_TEST(a_key_belongs_to_its_section)
{
	struct findings findings = { 0 };
	struct house house;
	ck_assert_int_eq(read_text("street: x\nfloors: 1\noutside: {cellar: 1}\ninside: {floors: 10}\n",
				   &findings, &house),
			 CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 2);
	ck_assert_uint_eq(findings.items[0].line, 2);
	ck_assert_uint_eq(findings.items[1].line, 3);
	findings_deinit(&findings);
}
END_TEST

START_TEST(values_out_of_range_are_all_told)
{
	struct findings findings = { 0 };
	struct house house;
	ck_assert_int_eq(read_text("street: x\noutside: {garden: 101}\ninside: {floors: 0}\n", &findings,
				   &house),
			 CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 2);
	ck_assert_str_eq(findings.items[0].detail, "column 19: garden needs a whole number of 0 to 100");
	ck_assert_str_eq(findings.items[1].detail, "column 18: floors needs a whole number of 1 to 9");
	findings_deinit(&findings);
}
END_TEST

START_TEST(the_directory_of_a_file_is_what_is_before_its_last_slash)
{
	static const char *const pairs[][2] = {
		{ "a.yaml", "." }, { "/a.yaml", "/" }, { "/b/a.yaml", "/b" }, { "b/c/a.yaml", "b/c" }
	};
	for (size_t i = 0; i < 4; i++) {
		cleanup(free_pointer) char *directory = NULL;
		ck_assert_int_eq(conf_table_directory(pairs[i][0], &directory), 0);
		ck_assert_str_eq(directory, pairs[i][1]);
	}
}
END_TEST

SUITE_MAIN("Tables of keys", a_sample_explains_every_key, keys_of_sections_are_fields_of_the_same_struct,
	   a_key_belongs_to_its_section, values_out_of_range_are_all_told,
	   the_directory_of_a_file_is_what_is_before_its_last_slash)
