/* trial.c: the order of work of one seed.                                               (kind: conductor) */
#include "server/simulate/trial.h"

#include <stdlib.h>
#include <string.h>

#include "common/loop/parallel.h"
#include "server/simulate/trial_judge.h"
#include "server/simulate/trial_value.h"

static void tests_deinit(struct trial_tests *tests)
{
	test_table_deinit(&tests->table);
	controls_deinit(&tests->controls);
}

void trial_deinit(struct trial *trial)
{
	for (size_t i = 0; i < trial->n_results; i++) {
		judged_deinit(&trial->results[i].judged);
		free(trial->results[i].values);
	}
	for (size_t i = 0; i < trial->n_trainings; i++)
		training_deinit(&trial->trainings[i]);
	for (size_t i = 0; i < trial->partition.n && trial->own; i++)
		tests_deinit(&trial->own[i]);
	tests_deinit(&trial->tests);
	dataset_deinit(&trial->train);
	dataset_deinit(&trial->test);
	free(trial->results);
	free(trial->trainings);
	free(trial->own);
	free(trial->client_data);
	free(trial->clients);
	partition_deinit(&trial->partition);
	*trial = (struct trial){ 0 };
}

static int make_partition(const struct trial_world *world, struct trial *trial, struct findings *findings)
{
	const struct simulate_options *options = world->options;
	if (options->partition)
		return partition_read(options->partition, world->data, findings, &trial->partition);
	if (options->by_task)
		return partition_by_task(world->data, &options->protocol, trial->seed, &trial->partition);
	return partition_draw(world->data, &options->protocol, trial->seed, &trial->partition);
}

static int split(const struct trial_world *world, struct trial *trial, struct findings *findings)
{
	int result = make_partition(world, trial, findings);
	if (result == PARTITION_E_BAD)
		return TRIAL_E_BAD;
	TRY(result);
	struct partition *partition = &trial->partition;
	TRY(partition_pool(partition, world->data, &trial->train, &trial->test));
	trial->clients = calloc(partition->n + 1, sizeof(*trial->clients));
	trial->client_data = calloc(partition->n + 1, sizeof(*trial->client_data));
	TRY_ALLOC(trial->clients);
	TRY_ALLOC(trial->client_data);
	for (size_t i = 0; i < partition->n; i++) {
		trial->clients[i] = partition->clients[i].name;
		trial->client_data[i] = partition->clients[i].train;
	}
	if (trial->train.n_rows > 0 && trial->test.n_rows > 0)
		return TRIAL_E_OK;
	findings_add(findings, world->options->log, 0, "nothing to learn from or to test on",
		     "%zu training rows, %zu test rows: change --train-fraction, --clients or the partition",
		     trial->train.n_rows, trial->test.n_rows);
	return TRIAL_E_BAD;
}

/* --- training --- */

static struct training_world training_world_of(const struct trial_world *world, const struct trial *trial)
{
	return (struct training_world){
		.options = world->options,
		.encoder = world->encoder,
		.n_models = world->data->n_models,
		.models = world->data->models,
		.seed = trial->seed,
		.n_clients = trial->partition.n,
		.clients = trial->clients,
		.data = trial->client_data,
		.pooled = &trial->train,
	};
}

static void add_training(const struct training_world *world, struct training training, struct trial *trial)
{
	struct training *place = &trial->trainings[trial->n_trainings];
	*place = training;
	if (training_plan(world, place))
		trial->n_trainings++;
}

/* One training for all clients, or one for each client that has rows. */
static void list_scope(const struct training_world *world, struct training training, struct trial *trial)
{
	training.client = TRAINING_ALL;
	if (training.scope != SIMULATE_LOCAL) {
		add_training(world, training, trial);
		return;
	}
	for (size_t c = 0; c < world->n_clients; c++) {
		training.client = (int)c;
		if (world->data[c].n_rows > 0)
			add_training(world, training, trial);
	}
}

static int list_trainings(const struct training_world *world, struct trial *trial)
{
	const struct simulate_options *options = world->options;
	size_t n_learners = 0;
	while (learners[n_learners])
		n_learners++;
	trial->trainings =
		calloc(n_learners * (SIMULATE_SCOPES + world->n_clients), sizeof(*trial->trainings));
	TRY_ALLOC(trial->trainings);
	for (size_t l = 0; l < n_learners; l++) {
		bool wanted = options->learners >> l & 1;
		if (!wanted && strcmp(learners[l]->name, "static") != 0)
			continue;
		for (unsigned scope = 0; scope < SIMULATE_SCOPES; scope++) {
			unsigned asked = scope == SIMULATE_MATCHED ? SIMULATE_CENTRAL : scope;
			struct training training = { .learner = learners[l],
						     .scope = scope,
						     .wanted = wanted };
			if (options->scopes >> asked & 1)
				list_scope(world, training, trial);
		}
	}
	return 0;
}

struct work {
	const struct training_world *world;
	struct trial *trial;
	size_t *order; /* trainings of one client, those with most rows first */
	size_t n;
	size_t threads; /* within a training */
};

static int train(const struct work *work, struct training *training)
{
	FILE *progress = work->world->options->progress;
	if (progress)
		fprintf(progress, "\r\033[Kseed %llu: training %s, %s %s",
			(unsigned long long)work->world->seed, training->learner->name,
			simulate_scope_name(training->scope),
			training->client >= 0 ? work->world->clients[training->client] : "");
	return training_run(work->world, work->threads, training);
}

static int train_one(void *context, size_t index, size_t worker)
{
	const struct work *work = context;
	(void)worker;
	return train(work, &work->trial->trainings[work->order[index]]);
}

static void sort_by_rows(struct work *work)
{
	const struct training *trainings = work->trial->trainings;
	for (size_t i = 1; i < work->n; i++) {
		size_t j = i, moved = work->order[i], rows = training_rows(work->world, &trainings[moved]);
		for (; j > 0 && training_rows(work->world, &trainings[work->order[j - 1]]) < rows; j--)
			work->order[j] = work->order[j - 1];
		work->order[j] = moved;
	}
}

/* Federated runs share the threads among their clients, one run after the other. Of the others each has one
 * client: there the threads are shared among the runs, unless there are few of them. */
static int train_all(const struct training_world *world, struct trial *trial)
{
	cleanup(free_pointer) size_t *order = calloc(trial->n_trainings + 1, sizeof(*order));
	struct work work = { world, trial, order, 0, world->options->threads };
	bool many = world->options->scopes >> SIMULATE_LOCAL & 1;
	TRY_ALLOC(order);
	for (size_t i = 0; i < trial->n_trainings; i++) {
		if (trial->trainings[i].scope == SIMULATE_FEDERATED)
			TRY(train(&work, &trial->trainings[i]));
		else
			order[work.n++] = i;
	}
	sort_by_rows(&work);
	work.threads = many ? 1 : world->options->threads;
	return parallel_run(many ? world->options->threads : 1, work.n, train_one, &work);
}

/* All that is known of them by now is in the results. */
static void drop_routers(struct trial *trial)
{
	for (size_t i = 0; i < trial->n_trainings; i++) {
		router_free(trial->trainings[i].router);
		trial->trainings[i].router = NULL;
	}
}

int trial_run(const struct trial_world *world, uint64_t seed, struct findings *findings, struct trial *out)
{
	cleanup(trial_deinit) struct trial trial = { .seed = seed };
	int result = split(world, &trial, findings);
	if (result != TRIAL_E_OK)
		return result;
	struct training_world training_world = training_world_of(world, &trial);
	result = training_fits(&training_world, findings);
	if (result != TRAINING_E_OK)
		return TRIAL_E_BAD;
	TRY(list_trainings(&training_world, &trial));
	TRY(trial_judge_tables(world, &trial));
	TRY(train_all(&training_world, &trial));
	TRY(trial_judge_routers(world, &trial));
	TRY(trial_value_add(world, &training_world, &trial));
	if (!world->options->save)
		drop_routers(&trial);
	*out = trial;
	trial = (struct trial){ 0 };
	return TRIAL_E_OK;
}
