/* simulate.c: read the log, run every seed, then write.                                 (kind: conductor) */
#include "server/simulate/simulate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/data/log.h"
#include "common/io/atomic_file.h"
#include "server/simulate/simulate_json.h"
#include "server/simulate/simulate_plot.h"
#include "server/simulate/simulate_save.h"
#include "server/simulate/simulate_table.h"
#include "server/simulate/trial.h"

struct simulation {
	const struct simulate_options *options;
	struct log *log;
	struct dataset complete; /* with --complete-only */
	const char **models;     /* of `complete` */
	struct trial_world world;
	struct trial *trials;
	size_t n_trials;
};

static void simulation_deinit(struct simulation *simulation)
{
	for (size_t i = 0; i < simulation->n_trials; i++)
		trial_deinit(&simulation->trials[i]);
	free(simulation->trials);
	dataset_deinit(&simulation->complete);
	free(simulation->models);
	log_free(simulation->log);
}

/* --- the log --- */

static int read_log(struct simulation *simulation, struct findings *findings)
{
	const struct simulate_options *options = simulation->options;
	struct log_source source = { .n_files = 1,
				     .files = &options->log,
				     .embeddings = options->embeddings,
				     .encoder = options->encoder,
				     .max_bad = options->max_bad };
	return log_read_or_embed(&source, "hash", findings, &simulation->log);
}

static int take_complete(struct simulation *simulation, struct findings *findings)
{
	TRY(log_complete(log_data(simulation->log), &simulation->models, &simulation->complete));
	simulation->world.data = &simulation->complete;
	if (simulation->complete.n_models >= 2 && simulation->complete.n_rows > 0)
		return SIMULATE_E_OK;
	findings_add(findings, simulation->options->log, 0, "no complete sub-table",
		     "%zu models are observed on more than 97 %% of the queries: leave out --complete-only",
		     simulation->complete.n_models);
	return SIMULATE_E_BAD;
}

static int open_world(struct simulation *simulation, struct findings *findings)
{
	int result = read_log(simulation, findings);
	if (result == LOG_E_BAD)
		return SIMULATE_E_BAD;
	TRY(result);
	simulation->world = (struct trial_world){ .options = simulation->options,
						  .encoder = log_encoder(simulation->log),
						  .data = log_data(simulation->log) };
	return simulation->options->complete_only ? take_complete(simulation, findings) : SIMULATE_E_OK;
}

/* --- the work --- */

static int run_trials(struct simulation *simulation, struct findings *findings)
{
	const struct simulate_options *options = simulation->options;
	simulation->trials = calloc(options->n_seeds + 1, sizeof(*simulation->trials));
	TRY_ALLOC(simulation->trials);
	for (size_t i = 0; i < options->n_seeds; i++) {
		int result =
			trial_run(&simulation->world, options->seeds[i], findings, &simulation->trials[i]);
		if (result == TRIAL_E_BAD)
			return SIMULATE_E_BAD;
		TRY(result);
		simulation->n_trials++;
	}
	return SIMULATE_E_OK;
}

/* --- what is left of it --- */

static int write_json(const struct simulation *simulation, FILE *out)
{
	cleanup(free_pointer) char *text = NULL;
	const char *path = simulation->options->json;
	TRY(simulate_json(&simulation->world, simulation->trials, simulation->n_trials, &text));
	if (strcmp(path, "-") == 0)
		return fprintf(out, "%s\n", text) < 0 ? FAIL(errno ? -errno : -EIO) : 0;
	return atomic_file_write(path, text, strlen(text));
}

/* What is read on standard output comes last: whoever sees it has the files as well. `place` is what could
 * not be written. */
static int write_all(const struct simulation *simulation, FILE *out, const char **place)
{
	const struct simulate_options *options = simulation->options;
	bool json_on_out = options->json && strcmp(options->json, "-") == 0;
	*place = options->save;
	if (options->save)
		TRY(simulate_save(&simulation->world, simulation->log, &simulation->trials[0],
				  options->save));
	*place = options->plot;
	if (options->plot)
		TRY(simulate_plot(&simulation->world, &simulation->trials[0], options->plot));
	*place = json_on_out ? "standard output" : options->json;
	if (options->json)
		TRY(write_json(simulation, out));
	*place = "standard output";
	if (!json_on_out)
		TRY(simulate_table(&simulation->world, simulation->trials, simulation->n_trials, out));
	return fflush(out) == 0 ? 0 : FAIL(-errno);
}

static int write_and_tell(const struct simulation *simulation, FILE *out, struct findings *findings)
{
	const char *place;
	int result = write_all(simulation, out, &place);
	if (result == 0)
		return SIMULATE_E_OK;
	findings_add(findings, place, 0, "cannot be written", "%s: make room, or name another place",
		     strerror(-result));
	return SIMULATE_E_BAD;
}

int simulate_run(const struct simulate_options *options, FILE *out, struct findings *findings)
{
	cleanup(simulation_deinit) struct simulation simulation = { .options = options };
	int result = open_world(&simulation, findings);
	if (result == SIMULATE_E_OK)
		result = run_trials(&simulation, findings);
	if (options->progress)
		fprintf(options->progress, "\r\033[K");
	if (result != SIMULATE_E_OK)
		return result;
	return write_and_tell(&simulation, out, findings);
}
