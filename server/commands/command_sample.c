/* command_sample.c: writes a synthetic consortium.                                       (kind: conductor) */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/command/arguments.h"
#include "server/commands/command.h"
#include "server/sample/sample.h"
#include "server/sample/sample_report.h"

#define SEED_MOST 999999999999999.0 /* fifteen digits: written as they are, exact as a number */

struct sample_options {
	const char *out;
	size_t clients, queries, seed;
	bool json;
};

static const struct arguments_option table[] = {
	{ .name = "out",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct sample_options, out),
	  .value = "DIR",
	  .help = "new or empty folder for what is written" },
	{ .name = "clients",
	  .kind = ARGUMENTS_COUNT,
	  .offset = offsetof(struct sample_options, clients),
	  .value = "N",
	  .help = "organizations in the consortium (10)",
	  .least = 1,
	  .most = WORLD_CLIENTS_MOST },
	{ .name = "queries",
	  .kind = ARGUMENTS_COUNT,
	  .offset = offsetof(struct sample_options, queries),
	  .value = "Q",
	  .help = "queries of all clients, training and test; 8 per client at least (6000)",
	  .least = WORLD_QUERIES_PER_CLIENT,
	  .most = WORLD_QUERIES_MOST },
	{ .name = "seed",
	  .kind = ARGUMENTS_COUNT,
	  .offset = offsetof(struct sample_options, seed),
	  .value = "S",
	  .help = "the same seed writes the same bytes (100)",
	  .least = 0,
	  .most = SEED_MOST },
	{ .name = "json",
	  .kind = ARGUMENTS_FLAG,
	  .offset = offsetof(struct sample_options, json),
	  .help = "say what was written as JSON on standard output" },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "sample",
	.summary =
		"Write a synthetic consortium in which routing pays: eight topics, three levels of "
		"difficulty, eight models.\n\n"
		"  DIR/clients/NAME/log.jsonl  what a client logged: of 15 % of the queries all models' "
		"answers, of the others one\n"
		"  DIR/all.jsonl               every query with every model's score and cost\n"
		"  DIR/partition.json          by client: training cells (those of its log) and test queries",
	.example = COMMAND_PROGRAM
	" sample --out consortium --clients 10 --queries 6000 --seed 100\n  " COMMAND_PROGRAM
	" simulate --log consortium/all.jsonl --partition consortium/partition.json",
	.options = table,
};

static int write_and_tell(const struct sample_options *options, const struct world *world)
{
	int result = sample_write(world, options->seed, options->out);
	if (result == SAMPLE_E_TAKEN) {
		fprintf(stderr, "%s %s: %s is there and not an empty folder; remove it or name another\n",
			COMMAND_PROGRAM, command.name, options->out);
		return COMMAND_FAILED;
	}
	if (result != 0) {
		fprintf(stderr, "%s %s: %s could not be written: %s; what is there is not complete\n",
			COMMAND_PROGRAM, command.name, options->out, strerror(-result));
		return COMMAND_FAILED;
	}
	if (!options->json) {
		sample_report_print(world, options->out, stdout);
		printf("Next: %s simulate --log %s/all.jsonl --partition %s/partition.json\n",
		       COMMAND_PROGRAM, options->out, options->out);
	} else if (sample_report_json(world, options->seed, options->out, stdout) != 0) {
		return COMMAND_FAILED;
	}
	if (fflush(stdout) == 0)
		return COMMAND_DONE;
	fprintf(stderr, "%s %s: standard output: %s; the consortium is there\n", COMMAND_PROGRAM,
		command.name, strerror(errno));
	return COMMAND_FAILED;
}

int command_sample(int argc, char **argv)
{
	struct sample_options options = { .clients = 10, .queries = 6000, .seed = 100 };
	int parsed = arguments_parse(&command, argc, argv, &options);
	if (parsed == ARGUMENTS_E_OK && !options.out)
		parsed = arguments_wrong(&command, "--out DIR is needed");
	if (parsed == ARGUMENTS_E_OK && options.queries < WORLD_QUERIES_PER_CLIENT * options.clients)
		parsed = arguments_wrong(&command, "--queries %zu: %d for each of %zu clients are needed",
					 options.queries, WORLD_QUERIES_PER_CLIENT, options.clients);
	if (parsed != ARGUMENTS_E_OK)
		return parsed == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	cleanup(world_deinit) struct world world = { 0 };
	if (world_init(options.clients, options.queries, options.seed, &world) != 0) {
		fprintf(stderr, "%s %s: out of memory; ask for fewer queries\n", COMMAND_PROGRAM,
			command.name);
		return COMMAND_FAILED;
	}
	return write_and_tell(&options, &world);
}
