/* simulate_plot.c: a trial as the points and curves that common/evaluate draws.           (kind: adapter) */
#include "server/simulate/simulate_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/evaluate/svg.h"

enum { NAME = 64 };

struct picture {
	struct svg_mark *singles;
	struct svg_curve *curves;
	char (*names)[NAME];
	size_t n_curves;
};

static void picture_deinit(struct picture *picture)
{
	free(picture->singles);
	free(picture->curves);
	free(picture->names);
}

static int add_singles(const struct trial_world *world, const struct controls *controls,
		       struct picture *picture)
{
	picture->singles = calloc(controls->n_models + 1, sizeof(*picture->singles));
	TRY_ALLOC(picture->singles);
	for (size_t m = 0; m < controls->n_models; m++)
		picture->singles[m] = (struct svg_mark){ .name = world->data->models[m],
							 .at = { controls->singles[m].cost,
								 controls->singles[m].accuracy } };
	return 0;
}

/* The first router of each learner that is one router for all clients: the federated one, where it was
 * asked for. */
static int add_curves(const struct trial *trial, struct picture *picture)
{
	const struct learner *last = NULL;
	picture->curves = calloc(trial->n_results + 1, sizeof(*picture->curves));
	picture->names = calloc(trial->n_results + 1, sizeof(*picture->names));
	TRY_ALLOC(picture->curves);
	TRY_ALLOC(picture->names);
	for (size_t i = 0; i < trial->n_results; i++) {
		const struct trial_result *result = &trial->results[i];
		const struct training *training = &trial->trainings[result->training];
		if (!training->wanted || result->client != TRAINING_ALL || training->client != TRAINING_ALL ||
		    training->learner == last)
			continue;
		last = training->learner;
		snprintf(picture->names[picture->n_curves], NAME, "%s, %s", training->learner->name,
			 simulate_scope_name(training->scope));
		picture->curves[picture->n_curves] =
			(struct svg_curve){ .name = picture->names[picture->n_curves],
					    .points = result->judged.curve.point,
					    .n = result->judged.curve.n };
		picture->n_curves++;
	}
	return 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int simulate_plot(const struct trial_world *world, const struct trial *trial, const char *path)
{
	const struct controls *controls = &trial->tests.controls;
	cleanup(picture_deinit) struct picture picture = { 0 };
	char title[256], subtitle[256];
	TRY(add_singles(world, controls, &picture));
	TRY(add_curves(trial, &picture));
	snprintf(title, sizeof(title), "What routing is worth on %s", last_part(world->options->log));
	snprintf(subtitle, sizeof(subtitle), "%zu clients, %zu training rows, %zu test queries, seed %llu",
		 trial->partition.n, trial->train.n_rows, trial->tests.table.n,
		 (unsigned long long)trial->seed);
	struct svg_plot plot = {
		.title = title,
		.subtitle = subtitle,
		.n_singles = controls->n_models,
		.singles = picture.singles,
		.random = { controls->random.cost, controls->random.accuracy },
		.oracle = { "oracle", controls->oracle, controls->n_models > 0 ? CONTROLS_ORACLE : 0 },
		.n_routers = picture.n_curves,
		.routers = picture.curves,
	};
	if (controls->n_models == 0)
		plot.random = (struct point){ NAN, NAN };
	return svg_write(&plot, path);
}
