/* arguments.h: a subcommand's options as one table, which also makes --help.             (kind: adapter) */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/base/error.h"

enum arguments_kind {
	ARGUMENTS_FLAG,   /* bool */
	ARGUMENTS_TEXT,   /* const char *, borrowed from argv */
	ARGUMENTS_COUNT,  /* size_t in [least, most] */
	ARGUMENTS_NUMBER, /* double in [least, most] */
	ARGUMENTS_OTHER,  /* `take` reads it */
};

struct arguments_option {
	const char *name; /* without the dashes */
	enum arguments_kind kind;
	size_t offset;     /* of the field in the options' struct */
	const char *value; /* how --help calls it: "FILE"; NULL for flags */
	const char *help;  /* one line */
	double least, most;
	/* ARGUMENTS_OTHER: put it into `options`; NULL, or what is needed instead ("a learner: static,
	 * ridge"). */
	const char *(*take)(void *options, const char *text);
};

struct arguments_operands { /* what is on the command line beside the options, borrowed from argv */
	size_t n;
	const char *const *items;
};

struct arguments_command {
	const char *name; /* of the subcommand */
	const char *summary, *example;
	const struct arguments_option *options; /* ends with name NULL */
	const char *operands;                   /* how --help calls them: "FILE..."; NULL: there are none */
	size_t operands_offset; /* of the field of type struct arguments_operands in the options' struct */
	size_t operands_least, operands_most;
};

enum { ARGUMENTS_E_OK = 0, ARGUMENTS_E_HELP = 1, ARGUMENTS_E_USAGE = 2 };

/* argv[0] is the subcommand's name. HELP: --help was asked for and printed. USAGE: told on stderr what
 * is wrong. */
must_check int arguments_parse(const struct arguments_command *command, int argc, char **argv, void *options);

/* Say on stderr what is wrong with the usage; returns ARGUMENTS_E_USAGE. */
int arguments_wrong(const struct arguments_command *command, const char *format, ...) print_like(2, 3);

/* Call `take` for each part of a list separated by commas. NULL, or what the first bad part should have
 * been. */
const char *arguments_list(void *options, const char *text,
			   const char *(*take)(void *options, const char *part));
