/* arguments.c: getopt_long behind a table.                                                (kind: adapter) */
#include "common/command/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MOST = 48, PART = 256, HELP = 1000 };

int arguments_wrong(const struct arguments_command *command, const char *format, ...)
{
	va_list list;
	fprintf(stderr, "%s %s: ", program_invocation_short_name, command->name);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, "\nSee %s %s --help\n", program_invocation_short_name, command->name);
	return ARGUMENTS_E_USAGE;
}

const char *arguments_list(void *options, const char *text,
			   const char *(*take)(void *options, const char *part))
{
	char part[PART];
	for (;;) {
		size_t n = strcspn(text, ",");
		snprintf(part, sizeof(part), "%.*s", (int)(n < PART ? n : PART - 1), text);
		const char *needed = take(options, part);
		if (needed || text[n] == '\0')
			return needed;
		text += n + 1;
	}
}

static int print_help(const struct arguments_command *command)
{
	printf("Usage: %s %s [options]%s%s\n\n%s\n\nOptions:\n", program_invocation_short_name, command->name,
	       command->operands ? " " : "", command->operands ? command->operands : "", command->summary);
	for (const struct arguments_option *option = command->options; option->name; option++) {
		char left[PART];
		snprintf(left, sizeof(left), "--%s%s%s", option->name, option->value ? " " : "",
			 option->value ? option->value : "");
		printf("  %-34s %s\n", left, option->help);
	}
	printf("  %-34s %s\n\nExample:\n  %s\n", "--help", "this text", command->example);
	return ARGUMENTS_E_HELP;
}

static bool is_within(const struct arguments_option *option, double value)
{
	return value >= option->least && value <= option->most;
}

static bool read_number(const char *text, double *value)
{
	char *end;
	*value = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*value);
}

static int take_number(const struct arguments_command *command, const struct arguments_option *option,
		       const char *text, void *field)
{
	bool whole = option->kind == ARGUMENTS_COUNT;
	double value;
	if (!read_number(text, &value) || !is_within(option, value) || (whole && value != floor(value)))
		return arguments_wrong(command, "--%s %s: a %s from %.15g to %.15g is needed", option->name,
				       text, whole ? "whole number" : "number", option->least, option->most);
	if (whole)
		*(size_t *)field = (size_t)value;
	else
		*(double *)field = value;
	return ARGUMENTS_E_OK;
}

static int take(const struct arguments_command *command, const struct arguments_option *option,
		const char *text, void *options)
{
	void *field = (char *)options + option->offset;
	switch (option->kind) {
	case ARGUMENTS_FLAG:
		*(bool *)field = true;
		return ARGUMENTS_E_OK;
	case ARGUMENTS_TEXT:
		*(const char **)field = text;
		return *text ? ARGUMENTS_E_OK : arguments_wrong(command, "--%s is empty", option->name);
	case ARGUMENTS_COUNT:
	case ARGUMENTS_NUMBER:
		return take_number(command, option, text, field);
	case ARGUMENTS_OTHER:
	default:
		break;
	}
	const char *needed = option->take(options, text);
	if (needed)
		return arguments_wrong(command, "--%s %s: %s is needed", option->name, text, needed);
	return ARGUMENTS_E_OK;
}

static void fill_long_options(const struct arguments_command *command, struct option *out)
{
	size_t i = 0;
	for (; command->options[i].name && i < OPTIONS_MOST - 2; i++)
		out[i] = (struct option){ .name = command->options[i].name,
					  .has_arg = command->options[i].kind != ARGUMENTS_FLAG,
					  .val = (int)i };
	out[i++] = (struct option){ .name = "help", .val = HELP };
	out[i] = (struct option){ 0 };
}

/* getopt_long has put what is no option behind the options. */
static int take_operands(const struct arguments_command *command, int argc, char **argv, void *options)
{
	size_t n = (size_t)(argc - optind);
	if (!command->operands)
		return n == 0 ? ARGUMENTS_E_OK :
				arguments_wrong(command, "%s belongs to no option", argv[optind]);
	if (n < command->operands_least)
		return arguments_wrong(command, "%s is missing", command->operands);
	if (n > command->operands_most)
		return arguments_wrong(command, "%s is one too many: %s is needed",
				       argv[(size_t)optind + command->operands_most], command->operands);
	struct arguments_operands *operands = (void *)((char *)options + command->operands_offset);
	*operands = (struct arguments_operands){ n, (const char *const *)argv + optind };
	return ARGUMENTS_E_OK;
}

int arguments_parse(const struct arguments_command *command, int argc, char **argv, void *options)
{
	struct option known[OPTIONS_MOST];
	fill_long_options(command, known);
	opterr = 0;
	optind = 1;
	for (;;) {
		int found = getopt_long(argc, argv, ":h", known, NULL);
		if (found == -1)
			break;
		if (found == HELP || found == 'h')
			return print_help(command);
		if (found == ':')
			return arguments_wrong(command, "%s needs a value", argv[optind - 1]);
		if (found == '?')
			return arguments_wrong(command, "there is no option %s", argv[optind - 1]);
		int result = take(command, &command->options[found], optarg, options);
		if (result != ARGUMENTS_E_OK)
			return result;
	}
	return take_operands(command, argc, argv, options);
}
