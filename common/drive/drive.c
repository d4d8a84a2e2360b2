/* drive.c: ask, fold, count up, until the learner has no more questions.                (kind: conductor) */
#include "common/drive/drive.h"

#include <stdlib.h>

#include "common/learn/stream.h"

void drive_account_deinit(struct drive_account *account)
{
	free(account->bytes_up);
	free(account->bytes_down);
	*account = (struct drive_account){ 0 };
}

double drive_account_mean(const struct drive_account *account, const uint64_t *bytes)
{
	double sum = 0.0, n = 0.0;
	for (size_t i = 0; i < account->n_clients; i++) {
		bool took_part = account->bytes_up[i] > 0;
		sum += took_part ? (double)bytes[i] : 0.0;
		n += took_part;
	}
	return n > 0.0 ? sum / n : 0.0;
}

static int account_new(size_t n_clients, struct drive_account *out)
{
	*out = (struct drive_account){
		.n_clients = n_clients,
		.bytes_up = calloc(n_clients + 1, sizeof(*out->bytes_up)),
		.bytes_down = calloc(n_clients + 1, sizeof(*out->bytes_down)),
	};
	TRY_ALLOC(out->bytes_up);
	TRY_ALLOC(out->bytes_down);
	return 0;
}

static int by_index(const void *a, const void *b)
{
	const size_t *left = a, *right = b;
	return (*left > *right) - (*left < *right);
}

int drive_draw(const struct plan *plan, const struct phase *phase, size_t *members, size_t *n)
{
	struct rng rng;
	for (size_t i = 0; i < plan->n_clients; i++)
		members[i] = i;
	*n = plan->n_clients;
	if (phase->everyone)
		return 0;
	*n = plan_cohort(plan);
	TRY(stream_open(&rng, plan->seed, phase->number, "coordinator", "participation"));
	for (size_t i = 0; i < *n; i++) { /* the first *n places of a Fisher–Yates shuffle */
		size_t j = i + (size_t)rng_below(&rng, plan->n_clients - i), drawn = members[j];
		members[j] = members[i];
		members[i] = drawn;
	}
	qsort(members, *n, sizeof(*members), by_index);
	return 0;
}

struct run {
	const struct learner *learner;
	const struct plan *plan;
	struct cohort *cohort;
	struct state state;
	size_t *members;
	struct drive_account account;
};

static void run_deinit(struct run *run)
{
	state_deinit(&run->state);
	free(run->members);
	drive_account_deinit(&run->account);
}

static void count_bytes(struct run *run, const struct phase *phase, const struct answers *answers,
			size_t down)
{
	struct drive_account *account = &run->account;
	for (size_t i = 0; i < answers->n; i++) {
		size_t up = phase->kind == PHASE_SUMS ? phase->lanes.words * sizeof(uint64_t) :
							tensors_bytes(&answers->parts[i].parts);
		account->bytes_up[run->members[i]] += up;
		account->bytes_down[run->members[i]] += down;
	}
	account->clipped += answers->clipped;
	account->phases++;
	account->rounds += !phase->everyone;
}

static int run_phase(struct run *run, const struct phase *phase)
{
	struct answers answers = { 0 };
	size_t n, down = tensors_bytes(&run->state.tensors);
	TRY(drive_draw(run->plan, phase, run->members, &n));
	int result = run->cohort->collect(run->cohort, run->learner, run->plan, phase, &run->state,
					  run->members, n, &answers);
	if (result == COHORT_E_REFUSED)
		return DRIVE_E_REFUSED;
	TRY(result);
	count_bytes(run, phase, &answers, down);
	TRY(run->learner->fold(run->plan, phase, &run->state, &answers));
	run->state.phase++;
	return DRIVE_E_OK;
}

static int run_phases(struct run *run)
{
	struct phase phase;
	for (;;) {
		int result = run->learner->next(run->plan, &run->state, &phase);
		if (result == LEARNER_E_FINISHED)
			return DRIVE_E_OK;
		TRY(result);
		result = run_phase(run, &phase);
		if (result != DRIVE_E_OK)
			return result;
	}
}

int drive_run(const struct learner *learner, const struct plan *plan, struct cohort *cohort, size_t threads,
	      struct drive_account *account, struct router **out, char **report)
{
	cleanup(run_deinit) struct run run = { .learner = learner, .plan = plan, .cohort = cohort };
	run.members = calloc(plan->n_clients + 1, sizeof(*run.members));
	TRY_ALLOC(run.members);
	TRY(account_new(plan->n_clients, &run.account));
	TRY(learner->init(plan, &run.state));
	int result = run_phases(&run);
	if (result == DRIVE_E_REFUSED)
		return DRIVE_E_REFUSED;
	TRY(result);
	TRY(learner->finish(plan, &run.state, threads, out, report));
	if (run.account.rounds == 0)
		run.account.rounds = run.account.phases;
	if (account) {
		*account = run.account;
		run.account = (struct drive_account){ 0 };
	}
	return DRIVE_E_OK;
}
