/* training.c: the plan of a scope, and its run.                                         (kind: conductor) */
#include "server/simulate/training.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const central_client[] = { "central" };

#define LANE_ROWS_MOST (UINT64_C(1) << 24) /* rows × clients (common/sums/lanes.h) */

void training_deinit(struct training *training)
{
	router_free(training->router);
	free(training->report);
	*training = (struct training){ 0 };
}

static void apply_settings(const struct simulate_options *options, struct training *training)
{
	for (size_t i = 0; i < options->n_settings; i++) {
		const struct simulate_setting *setting = &options->settings[i];
		if (setting->learner != training->learner)
			continue;
		int result = settings_set(&training->plan.settings, setting->name, setting->text);
		(void)result; /* the command line was checked when it was read */
	}
}

/* As many rows as the largest client has and as many clients as there are; the usual limits where they
 * suffice, fewer rows where many clients leave no room for so many (see training_fits). */
static void set_limits(struct plan *plan, const struct dataset *data)
{
	plan->limit_rows = PLAN_ROWS;
	plan->limit_cohort = PLAN_COHORT;
	for (size_t i = 0; i < plan->n_clients; i++) {
		if (data[i].n_rows > plan->limit_rows)
			plan->limit_rows = data[i].n_rows;
	}
	if (plan->n_clients > plan->limit_cohort || plan->limit_rows * plan->limit_cohort > LANE_ROWS_MOST)
		plan->limit_cohort = plan->n_clients;
	if (plan->limit_rows * plan->limit_cohort > LANE_ROWS_MOST)
		plan->limit_rows = LANE_ROWS_MOST / plan->limit_cohort;
}

static const struct dataset *data_of(const struct training_world *world, const struct training *training)
{
	if (training->scope == SIMULATE_FEDERATED)
		return world->data;
	return training->scope == SIMULATE_LOCAL ? &world->data[training->client] : world->pooled;
}

bool training_is_baseline(const struct training *a, const struct training *b)
{
	enum simulate_scope scope = b->scope == SIMULATE_MATCHED ? SIMULATE_CENTRAL : b->scope;
	return strcmp(a->learner->name, "static") == 0 && a->scope == scope && a->client == b->client;
}

size_t training_rows(const struct training_world *world, const struct training *training)
{
	return training->scope == SIMULATE_FEDERATED ? world->pooled->n_rows :
						       data_of(world, training)->n_rows;
}

static struct plan federated_plan(const struct training_world *world, const struct training *training)
{
	return (struct plan){
		.learner = training->learner->name,
		.seed = world->seed,
		.n_clients = world->n_clients,
		.clients = world->clients,
		.rounds = (uint32_t)world->options->rounds,
		.participation = world->options->participation,
		.quorum = 1.0,
		.deadline_s = 3600,
		.held_out = 0.0,
		.encoder = world->encoder,
		.n_models = world->n_models,
		.models = world->models,
	};
}

/* What the user sets holds in every scope; what they leave follows the defaults of the scope. */
static bool turn_to_scope(const struct training_world *world, struct training *training)
{
	const struct learner *learner = training->learner;
	struct plan *plan = &training->plan;
	switch (training->scope) {
	case SIMULATE_CENTRAL:
		if (learner->central)
			learner->central(plan);
		break;
	case SIMULATE_LOCAL:
		if (learner->local)
			learner->local(plan);
		break;
	case SIMULATE_MATCHED:
		return learner->central_matched && learner->central_matched(plan);
	case SIMULATE_FEDERATED:
	case SIMULATE_SCOPES:
	default:
		return true;
	}
	apply_settings(world->options, training);
	return true;
}

bool training_plan(const struct training_world *world, struct training *training)
{
	struct plan *plan = &training->plan;
	*plan = federated_plan(world, training);
	settings_init(&plan->settings, training->learner->settings);
	apply_settings(world->options, training);
	if (!turn_to_scope(world, training))
		return false;
	if (training->scope != SIMULATE_FEDERATED) {
		plan->n_clients = 1;
		plan->clients = training->scope == SIMULATE_LOCAL ? &world->clients[training->client] :
								    central_client;
	}
	set_limits(plan, data_of(world, training));
	return true;
}

int training_fits(const struct training_world *world, struct findings *findings)
{
	uint64_t most = 0;
	for (size_t i = 0; i < world->n_clients; i++)
		most = world->data[i].n_rows > most ? world->data[i].n_rows : most;
	if (most * world->n_clients <= LANE_ROWS_MOST && world->pooled->n_rows <= LANE_ROWS_MOST)
		return TRAINING_E_OK;
	findings_add(
		findings, world->options->log, 0, "log is too large for exact sums",
		"%zu clients, the largest with %llu rows: clients times rows may be %llu at most; use fewer "
		"rows or more even clients",
		world->n_clients, (unsigned long long)most, (unsigned long long)LANE_ROWS_MOST);
	return TRAINING_E_BAD;
}

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void note_account(const struct drive_account *account, struct training *training)
{
	training->rounds = account->rounds;
	training->phases = account->phases;
	training->clipped = account->clipped;
	training->bytes_up = drive_account_mean(account, account->bytes_up);
	training->bytes_down = drive_account_mean(account, account->bytes_down);
}

int training_run(const struct training_world *world, size_t threads, struct training *training)
{
	cleanup(memory_cohort_deinit) struct memory_cohort cohort;
	cleanup(drive_account_deinit) struct drive_account account = { 0 };
	struct digest digest;
	double start = seconds_now();
	memory_cohort_init(&cohort, data_of(world, training), threads);
	TRY(drive_run(training->learner, &training->plan, &cohort.cohort, threads, &account,
		      &training->router, &training->report));
	training->seconds = seconds_now() - start;
	note_account(&account, training);
	TRY(router_digest(training->router, &digest));
	digest_hex(&digest, training->digest);
	return 0;
}
