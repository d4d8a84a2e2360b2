/* test_command.c: the subcommand that is named gets its arguments and gives the exit code. */
#include "common/command/command.h"

#include "tests/support/suite.h"

static int refuse(int argc, char **argv)
{
	return argc == 2 && argv[1][0] == 'x' ? COMMAND_REFUSED : COMMAND_FAILED;
}

static const struct command commands[] = { { "refuse", "refuses", refuse }, { .name = NULL } };
static const struct command_program program = {
	.name = "program", .version = "1", .example = "refuse x", .commands = commands
};

#define RUN(n, ...) command_main(&program, (n), (char **)(const char *[]){ "program", __VA_ARGS__, NULL })

START_TEST(a_subcommand_sees_its_name_and_its_arguments)
{
	ck_assert_int_eq(RUN(3, "refuse", "x"), COMMAND_REFUSED);
	ck_assert_int_eq(RUN(3, "refuse", "y"), COMMAND_FAILED);
}
END_TEST

START_TEST(an_unknown_or_missing_subcommand_is_wrong_usage)
{
	ck_assert_int_eq(RUN(2, "accept"), COMMAND_USAGE);
	ck_assert_int_eq(RUN(1, NULL), COMMAND_USAGE);
}
END_TEST

START_TEST(help_and_version_end_well)
{
	ck_assert_int_eq(RUN(2, "--help"), COMMAND_DONE);
	ck_assert_int_eq(RUN(2, "--version"), COMMAND_DONE);
}
END_TEST

SUITE_MAIN("command", a_subcommand_sees_its_name_and_its_arguments,
	   an_unknown_or_missing_subcommand_is_wrong_usage, help_and_version_end_well)
