/* command_simulate.c: fedrouter-coordinator simulate.                                   (kind: conductor) */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/command/arguments.h"
#include "common/data/log.h"
#include "common/embed/encoder.h"
#include "common/loop/parallel.h"
#include "server/commands/command.h"
#include "server/simulate/simulate.h"

enum { FINDINGS_SHOWN = 20, ROUNDS_MOST = 100000, CLIENTS_MOST = 4096, THREADS_MOST = 1024, WORDS = 512 };

/* --- options that are more than a number --- */

static const char *take_learner(void *target, const char *name)
{
	struct simulate_options *options = target;
	for (unsigned i = 0; learners[i]; i++) {
		if (strcmp(learners[i]->name, name) != 0)
			continue;
		options->learners |= 1U << i;
		return NULL;
	}
	return "a list of static, ridge, kmeans, mlp";
}

static const char *take_learners(void *options, const char *text)
{
	return arguments_list(options, text, take_learner);
}

static const char *take_scope(void *target, const char *name)
{
	static const enum simulate_scope scopes[] = { SIMULATE_FEDERATED, SIMULATE_CENTRAL, SIMULATE_LOCAL };
	struct simulate_options *options = target;
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (strcmp(simulate_scope_name(scopes[i]), name) != 0)
			continue;
		options->scopes |= 1U << scopes[i];
		return NULL;
	}
	return "a list of federated, central, local";
}

static const char *take_scopes(void *options, const char *text)
{
	return arguments_list(options, text, take_scope);
}

static const char *take_seed(void *target, const char *text)
{
	struct simulate_options *options = target;
	char *end;
	errno = 0;
	unsigned long long seed = strtoull(text, &end, 10);
	bool is_known = false;
	for (size_t i = 0; i < options->n_seeds; i++)
		is_known |= options->seeds[i] == seed;
	if (end == text || *end != '\0' || errno != 0 || *text == '-' || seed > INT64_MAX || is_known ||
	    options->n_seeds == SIMULATE_SEEDS)
		return "a list of at most 64 different whole numbers up to 2^63 - 1";
	options->seeds[options->n_seeds++] = seed;
	return NULL;
}

static const char *take_seeds(void *options, const char *text)
{
	return arguments_list(options, text, take_seed);
}

static const char *name_settings(const struct learner *learner)
{
	static _Thread_local char words[WORDS];
	size_t n = 0;
	words[0] = '\0';
	for (const struct setting *setting = learner->settings; setting->name && n < sizeof(words);
	     setting++) {
		char range[64] = "true or false";
		if (setting->type != SETTING_BOOLEAN)
			snprintf(range, sizeof(range), "%.15g to %.15g", setting->least, setting->most);
		n += (size_t)snprintf(words + n, sizeof(words) - n, "%s%s.%s (%s)", n ? ", " : "one of ",
				      learner->name, setting->name, range);
	}
	return n ? words : "nothing: this learner has no settings; so none";
}

/* learner.key=value */
static const char *take_setting(void *target, const char *text)
{
	struct simulate_options *options = target;
	const char *dot = strchr(text, '.'), *equals = dot ? strchr(dot, '=') : NULL;
	const struct learner *learner = NULL;
	struct settings trial;
	if (!equals || options->n_settings == SIMULATE_SETTINGS)
		return "LEARNER.KEY=VALUE";
	for (size_t i = 0; learners[i]; i++) {
		if (strlen(learners[i]->name) == (size_t)(dot - text) &&
		    strncmp(learners[i]->name, text, (size_t)(dot - text)) == 0)
			learner = learners[i];
	}
	if (!learner)
		return "one of the learners static, ridge, kmeans, mlp before the dot";
	settings_init(&trial, learner->settings);
	for (const struct setting *setting = learner->settings; setting->name; setting++) {
		if (strlen(setting->name) != (size_t)(equals - dot - 1) ||
		    strncmp(setting->name, dot + 1, (size_t)(equals - dot - 1)) != 0)
			continue;
		if (settings_set(&trial, setting->name, equals + 1) != SETTINGS_E_OK)
			break;
		options->settings[options->n_settings++] =
			(struct simulate_setting){ learner, setting->name, equals + 1 };
		return NULL;
	}
	return name_settings(learner);
}

/* --- the table of options --- */

#define AT(field) offsetof(struct simulate_options, field)

static const struct arguments_option rows[] = {
	{ .name = "log",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(log),
	  .value = "FILE",
	  .help = "evaluation log: canonical or wide JSON Lines, RouterBench CSV; gzip, zstd" },
	{ .name = "embeddings",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(embeddings),
	  .value = "FILE.npy",
	  .help = "row i belongs to the i-th distinct query id" },
	{ .name = "encoder",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(encoder),
	  .value = "hash[:DIM]",
	  .help = "embed the queries here (default, where the log has no embeddings)" },
	{ .name = "learner",
	  .kind = ARGUMENTS_OTHER,
	  .take = take_learners,
	  .value = "LIST",
	  .help = "of static, ridge, kmeans, mlp (default: all)" },
	{ .name = "clients",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(protocol.clients),
	  .value = "N",
	  .least = 1,
	  .most = CLIENTS_MOST,
	  .help = "clients over which the log is split (10)" },
	{ .name = "task-alpha",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(protocol.task_alpha),
	  .value = "A",
	  .least = 1e-6,
	  .most = 1e6,
	  .help = "Dirichlet of a task over the clients (0.6)" },
	{ .name = "model-alpha",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(protocol.model_alpha),
	  .value = "A",
	  .least = 0,
	  .most = 1e6,
	  .help = "Dirichlet of a client's observed model (0.45); 0: uniform" },
	{ .name = "labels-per-query",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(protocol.labels_per_query),
	  .value = "N",
	  .least = 1,
	  .most = UINT16_MAX,
	  .help = "observed models per training query (1)" },
	{ .name = "train-fraction",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(protocol.train_fraction),
	  .value = "P",
	  .least = 0,
	  .most = 1,
	  .help = "share of a client's queries to train on (0.75)" },
	{ .name = "seed",
	  .kind = ARGUMENTS_OTHER,
	  .take = take_seeds,
	  .value = "LIST",
	  .help = "one whole experiment per seed (100)" },
	{ .name = "partition",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(partition),
	  .value = "FILE.json",
	  .help = "a split made elsewhere, instead of a drawn one" },
	{ .name = "by-task",
	  .kind = ARGUMENTS_FLAG,
	  .offset = AT(by_task),
	  .help = "every task label is one client" },
	{ .name = "rounds",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(rounds),
	  .value = "N",
	  .least = 1,
	  .most = ROUNDS_MOST,
	  .help = "of learners that iterate (5)" },
	{ .name = "participation",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(participation),
	  .value = "P",
	  .least = 0,
	  .most = 1,
	  .help = "share of the clients per round (0.6)" },
	{ .name = "set",
	  .kind = ARGUMENTS_OTHER,
	  .take = take_setting,
	  .value = "LEARNER.KEY=VALUE",
	  .help = "a setting, for every scope; may be repeated" },
	{ .name = "scopes",
	  .kind = ARGUMENTS_OTHER,
	  .take = take_scopes,
	  .value = "LIST",
	  .help = "of federated, central, local (default: all)" },
	{ .name = "complete-only",
	  .kind = ARGUMENTS_FLAG,
	  .offset = AT(complete_only),
	  .help = "keep models observed on > 97 % of the queries, then complete queries" },
	{ .name = "max-bad",
	  .kind = ARGUMENTS_NUMBER,
	  .offset = AT(max_bad),
	  .value = "P",
	  .least = 0,
	  .most = 1,
	  .help = "share of bad rows up to which a log is read (0.01)" },
	{ .name = "threads",
	  .kind = ARGUMENTS_COUNT,
	  .offset = AT(threads),
	  .value = "N",
	  .least = 1,
	  .most = THREADS_MOST,
	  .help = "they change the time, never the result (default: processors)" },
	{ .name = "json",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(json),
	  .value = "FILE|-",
	  .help = "results for a script; -: on standard output, instead of the table" },
	{ .name = "plot",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(plot),
	  .value = "FILE.svg",
	  .help = "cost against accuracy as a picture" },
	{ .name = "save",
	  .kind = ARGUMENTS_TEXT,
	  .offset = AT(save),
	  .value = "DIR",
	  .help = "partition, artefacts, plans and the clients' logs, into a new directory" },
	{ .name = NULL },
};

static const struct arguments_command simulate = {
	.name = "simulate",
	.summary =
		"Split a log over clients, train federated, central and local routers in this process, and\n"
		"show what each is worth beside single models, their mix, the static learner and the oracle.",
	.example = COMMAND_PROGRAM " simulate --log answers.jsonl.gz --embeddings answers.npy "
				   "--learner static,ridge --seed 100,101,102 --plot answers.svg",
	.options = rows,
};

/* --- defaults and what must fit together --- */

static struct simulate_options defaults(void)
{
	return (struct simulate_options){
		.max_bad = LOG_MAX_BAD,
		.protocol = { .clients = 10,
			      .task_alpha = 0.6,
			      .model_alpha = 0.45,
			      .labels_per_query = 1,
			      .train_fraction = 0.75 },
		.rounds = SIMULATE_ROUNDS,
		.participation = 0.6,
		.threads = parallel_processors(),
		.progress = isatty(STDERR_FILENO) ? stderr : NULL,
	};
}

static void fill_in(struct simulate_options *options)
{
	if (options->learners == 0)
		options->learners = ~0U;
	if (options->scopes == 0)
		options->scopes = ~0U;
	if (options->n_seeds == 0)
		options->seeds[options->n_seeds++] = 100;
}

/* Absent or empty. */
static bool is_free(const char *path)
{
	DIR *directory = opendir(path);
	if (!directory)
		return errno == ENOENT;
	size_t n = 0;
	while (readdir(directory))
		n++;
	closedir(directory);
	return n <= 2; /* . and .. */
}

/* 0, or why no file can be put there. A terminal, a pipe or /dev/null is written as it is; other files are
 * replaced, which takes their directory; `keeps` says that the path may be a directory itself. */
static int judge_place(const char *path, bool keeps)
{
	struct stat status;
	bool is_there = stat(path, &status) == 0;
	if (is_there && S_ISDIR(status.st_mode) && !keeps)
		return EISDIR;
	if (is_there && (keeps || !S_ISREG(status.st_mode)))
		return access(path, W_OK) == 0 ? 0 : errno;
	cleanup(free_pointer) char *copy = strdup(path);
	const char *directory = copy ? dirname(copy) : "";
	if (stat(directory, &status) != 0)
		return errno;
	if (!S_ISDIR(status.st_mode))
		return ENOTDIR;
	return access(directory, W_OK | X_OK) == 0 ? 0 : errno;
}

/* No experiment is run for a misspelt path. */
static int check_places(const struct simulate_options *options, struct findings *findings)
{
	const struct {
		const char *path, *option;
	} places[] = { { options->json, "--json" },
		       { options->plot, "--plot" },
		       { options->save, "--save" } };
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = places[i].path;
		int error = !path || strcmp(path, "-") == 0 ? 0 : judge_place(path, path == options->save);
		if (error == 0)
			continue;
		findings_add(findings, path, 0, "cannot be written", "%s: name another place with %s",
			     strerror(error), places[i].option);
		return SIMULATE_E_BAD;
	}
	return SIMULATE_E_OK;
}

/* One file by two names, or one path that is still free. /dev/null may serve twice. */
static bool is_same_file(const char *a, const char *b)
{
	struct stat one, two;
	bool is_there = stat(a, &one) == 0, other_is_there = stat(b, &two) == 0;
	if (is_there && other_is_there)
		return S_ISREG(one.st_mode) && one.st_dev == two.st_dev && one.st_ino == two.st_ino;
	cleanup(free_pointer) char *first = strdup(a);
	cleanup(free_pointer) char *second = strdup(b);
	if (is_there || other_is_there || !first || !second || strcmp(basename(first), basename(second)) != 0)
		return false;
	return stat(dirname(first), &one) == 0 && stat(dirname(second), &two) == 0 &&
	       one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* Nothing that is read or written is written over. */
static int check_different(const struct simulate_options *options)
{
	const struct {
		const char *path, *option;
	} files[] = { { options->log, "log" },
		      { options->embeddings, "embeddings" },
		      { options->partition, "partition" },
		      { options->json, "json" },
		      { options->plot, "plot" },
		      { options->save, "save" } };
	enum { READ = 3, ALL = 6 };
	for (size_t i = READ; i < ALL; i++) {
		for (size_t j = 0; j < i && files[i].path; j++) {
			if (files[j].path && is_same_file(files[i].path, files[j].path))
				return arguments_wrong(&simulate,
						       "--%s %s: the same file as --%s; name another",
						       files[i].option, files[i].path, files[j].option);
		}
	}
	return ARGUMENTS_E_OK;
}

static int check(const struct simulate_options *options)
{
	if (!options->log)
		return arguments_wrong(&simulate, "--log FILE is needed");
	if (options->embeddings && options->encoder)
		return arguments_wrong(&simulate, "give either --embeddings or --encoder");
	if (options->encoder && hash_dimension(options->encoder) == 0)
		return arguments_wrong(&simulate, "--encoder %s: this build knows hash and hash:DIM, 1 to %d",
				       options->encoder, ENCODER_DIMENSION_MOST);
	if (options->partition && options->by_task)
		return arguments_wrong(&simulate, "give either --partition or --by-task");
	if (options->save && options->n_seeds != 1)
		return arguments_wrong(&simulate, "--save keeps one experiment: give one --seed");
	if (options->save && !is_free(options->save))
		return arguments_wrong(&simulate, "--save %s: not a new or empty directory; name another",
				       options->save);
	return check_different(options);
}

/* --- the command --- */

static int tell(const struct findings *findings, int result)
{
	findings_print(findings, stderr, FINDINGS_SHOWN);
	if (result < 0)
		fprintf(stderr, "%s simulate: %s\n", COMMAND_PROGRAM, strerror(-result));
	return result == SIMULATE_E_OK ? COMMAND_DONE : COMMAND_FAILED;
}

int command_simulate(int argc, char **argv)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	struct simulate_options options = defaults();
	int result = arguments_parse(&simulate, argc, argv, &options);
	if (result == ARGUMENTS_E_HELP)
		return COMMAND_DONE;
	fill_in(&options);
	if (result != ARGUMENTS_E_OK || check(&options) != ARGUMENTS_E_OK)
		return COMMAND_USAGE;
	result = check_places(&options, &findings);
	if (result == SIMULATE_E_OK)
		result = simulate_run(&options, stdout, &findings);
	return tell(&findings, result);
}
