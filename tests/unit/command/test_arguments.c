/* test_arguments.c: what stands on a command line, and what is refused. */
#include <stdint.h>

#include "common/command/arguments.h"
#include "tests/support/suite.h"

struct options {
	const char *name;
	size_t count;
	double share;
	bool json;
	struct arguments_operands files;
};

static const struct arguments_option table[] = {
	{ .name = "name", .kind = ARGUMENTS_TEXT, .offset = offsetof(struct options, name), .value = "NAME" },
	{ .name = "count",
	  .kind = ARGUMENTS_COUNT,
	  .offset = offsetof(struct options, count),
	  .value = "N",
	  .least = 1,
	  .most = 9 },
	{ .name = "share",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = offsetof(struct options, share),
	  .value = "P",
	  .least = 0,
	  .most = 1 },
	{ .name = "json", .kind = ARGUMENTS_FLAG, .offset = offsetof(struct options, json) },
	{ .name = NULL },
};

static const struct arguments_command files = {
	.name = "join",
	.summary = "Join files.",
	.example = "join a b",
	.options = table,
	.operands = "FILE...",
	.operands_offset = offsetof(struct options, files),
	.operands_least = 1,
	.operands_most = 2,
};

static const struct arguments_command plain = {
	.name = "plain",
	.summary = "Nothing beside options.",
	.example = "plain",
	.options = table,
};

/* Operands point into the words, so these stay until the next parse. */
static int parse(const struct arguments_command *command, struct options *options, const char *const *words)
{
	static char *argv[16];
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = (char *)words[argc];
	argv[argc] = NULL;
	*options = (struct options){ 0 };
	return arguments_parse(command, argc, argv, options);
}

#define PARSE(command, options, ...) parse((command), (options), (const char *const[]){ __VA_ARGS__, NULL })

START_TEST(options_and_operands_may_come_in_any_order)
{
	struct options options;
	ck_assert_int_eq(PARSE(&files, &options, "join", "a", "--count", "3", "b", "--json", "--share=0.5"),
			 0);
	ck_assert_uint_eq(options.count, 3);
	ck_assert(options.json && options.share == 0.5 && !options.name);
	ck_assert_uint_eq(options.files.n, 2);
	ck_assert_str_eq(options.files.items[0], "a");
	ck_assert_str_eq(options.files.items[1], "b");
}
END_TEST

START_TEST(behind_two_dashes_everything_is_an_operand)
{
	struct options options;
	ck_assert_int_eq(PARSE(&files, &options, "join", "--", "--json"), 0);
	ck_assert(!options.json);
	ck_assert_str_eq(options.files.items[0], "--json");
}
END_TEST

START_TEST(too_few_and_too_many_operands_are_wrong_usage)
{
	struct options options;
	ck_assert_int_eq(PARSE(&files, &options, "join", "--json"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&files, &options, "join", "a", "b", "c"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "a"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain"), 0);
}
END_TEST

START_TEST(values_out_of_range_or_of_another_kind_are_wrong_usage)
{
	struct options options;
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--count", "10"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--count", "1.5"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--share", "half"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--share", "nan"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--name", ""), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--name"), ARGUMENTS_E_USAGE);
	ck_assert_int_eq(PARSE(&plain, &options, "plain", "--other"), ARGUMENTS_E_USAGE);
}
END_TEST

START_TEST(help_is_an_outcome_of_its_own)
{
	struct options options;
	ck_assert_int_eq(PARSE(&files, &options, "join", "--help"), ARGUMENTS_E_HELP);
	ck_assert_int_eq(PARSE(&files, &options, "join", "-h"), ARGUMENTS_E_HELP);
}
END_TEST

static const char *take_letter(void *target, const char *part)
{
	char **end = target;
	if (part[0] == '\0' || part[1] != '\0')
		return "a letter";
	*(*end)++ = part[0];
	return NULL;
}

START_TEST(lists_are_taken_part_by_part)
{
	char letters[8] = "", *end = letters;
	ck_assert_ptr_null(arguments_list(&end, "a,b,c", take_letter));
	ck_assert_str_eq(letters, "abc");
	ck_assert_str_eq(arguments_list(&end, "d,,e", take_letter), "a letter");
}
END_TEST

SUITE_MAIN("arguments", options_and_operands_may_come_in_any_order,
	   behind_two_dashes_everything_is_an_operand, too_few_and_too_many_operands_are_wrong_usage,
	   values_out_of_range_or_of_another_kind_are_wrong_usage, help_is_an_outcome_of_its_own,
	   lists_are_taken_part_by_part)
