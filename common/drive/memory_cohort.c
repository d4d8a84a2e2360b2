/* memory_cohort.c: all clients of a run in one process.                                 (kind: conductor) */
#include <stdlib.h>

#include "common/drive/cohort.h"
#include "common/loop/parallel.h"

static void forget_answers(struct memory_cohort *cohort)
{
	for (size_t i = 0; i < cohort->n_parts; i++)
		answer_deinit(&cohort->parts[i]);
	free(cohort->parts);
	free(cohort->total);
	cohort->parts = NULL;
	cohort->n_parts = 0;
	cohort->total = NULL;
}

void memory_cohort_deinit(struct memory_cohort *cohort)
{
	forget_answers(cohort);
	findings_deinit(&cohort->findings);
	*cohort = (struct memory_cohort){ 0 };
}

/* One phase under way. */
struct asking {
	struct memory_cohort *cohort;
	const struct learner *learner;
	const struct plan *plan;
	const struct phase *phase;
	const struct state *state;
	const size_t *members;
	size_t n;
	size_t *order;             /* in which places of `members` are asked */
	struct answer *answers;    /* by place; sums keep no words here once they are added */
	struct findings *findings; /* by place */
	uint64_t **totals;         /* PHASE_SUMS: one per thread */
};

static void asking_deinit(struct asking *asking)
{
	for (size_t i = 0; i < asking->n && asking->answers; i++)
		answer_deinit(&asking->answers[i]);
	for (size_t i = 0; i < asking->n && asking->findings; i++)
		findings_deinit(&asking->findings[i]);
	for (size_t i = 0; i < asking->cohort->threads && asking->totals; i++)
		free(asking->totals[i]);
	free(asking->order);
	free(asking->answers);
	free(asking->findings);
	free(asking->totals);
}

/* Those with most rows first, so that no thread is left alone with a long one at the end. */
static void order_by_rows(struct asking *asking)
{
	const struct dataset *data = asking->cohort->data;
	for (size_t i = 0; i < asking->n; i++) {
		size_t j = i, rows = data[asking->members[i]].n_rows;
		for (; j > 0 && data[asking->members[asking->order[j - 1]]].n_rows < rows; j--)
			asking->order[j] = asking->order[j - 1];
		asking->order[j] = i;
	}
}

static int asking_new(struct asking *asking)
{
	asking->order = calloc(asking->n + 1, sizeof(*asking->order));
	asking->answers = calloc(asking->n + 1, sizeof(*asking->answers));
	asking->findings = calloc(asking->n + 1, sizeof(*asking->findings));
	asking->totals = calloc(asking->cohort->threads, sizeof(*asking->totals));
	TRY_ALLOC(asking->order);
	TRY_ALLOC(asking->answers);
	TRY_ALLOC(asking->findings);
	TRY_ALLOC(asking->totals);
	order_by_rows(asking);
	return 0;
}

static int check_answer(const struct asking *asking, size_t place)
{
	const char *client = asking->plan->clients[asking->members[place]];
	const struct answer *answer = &asking->answers[place];
	const struct phase *phase = asking->phase;
	int result = LANES_E_OK;
	if (phase->kind == PHASE_SUMS)
		result = lanes_check(&phase->lanes, answer->words, answer->rows, client,
				     &asking->findings[place]);
	if (result == LANES_E_BEYOND)
		return COHORT_E_REFUSED;
	TRY(result);
	if (!asking->learner->check)
		return COHORT_E_OK;
	result = asking->learner->check(asking->plan, phase, asking->state, answer, client,
					&asking->findings[place]);
	if (result == LEARNER_E_BAD)
		return COHORT_E_REFUSED;
	TRY(result);
	return COHORT_E_OK;
}

static void add_words(struct asking *asking, struct answer *answer, size_t worker)
{
	size_t words = asking->phase->lanes.words;
	if (!asking->totals[worker]) {
		asking->totals[worker] = answer->words;
	} else {
		lanes_sum(asking->totals[worker], answer->words, words);
		free(answer->words);
	}
	answer->words = NULL;
}

static int ask(void *context, size_t index, size_t worker)
{
	struct asking *asking = context;
	size_t place = asking->order[index], client = asking->members[place];
	struct answer *answer = &asking->answers[place];
	TRY(asking->learner->contribute(asking->plan, asking->phase, asking->state,
					&asking->cohort->data[client], asking->plan->clients[client],
					answer));
	int result = check_answer(asking, place);
	if (result != COHORT_E_OK || asking->phase->kind != PHASE_SUMS)
		return result;
	add_words(asking, answer, worker);
	return COHORT_E_OK;
}

static void keep_findings(struct asking *asking)
{
	for (size_t i = 0; i < asking->n; i++) {
		struct findings *findings = &asking->findings[asking->order[i]];
		if (findings->n == 0)
			continue;
		findings_deinit(&asking->cohort->findings);
		asking->cohort->findings = *findings;
		*findings = (struct findings){ 0 };
		return;
	}
}

static int keep_total(struct asking *asking)
{
	struct memory_cohort *cohort = asking->cohort;
	size_t words = asking->phase->lanes.words;
	cohort->total = calloc(words + 1, sizeof(*cohort->total));
	TRY_ALLOC(cohort->total);
	for (size_t i = 0; i < cohort->threads; i++) {
		if (asking->totals[i])
			lanes_sum(cohort->total, asking->totals[i], words);
	}
	return 0;
}

static int keep_answers(struct asking *asking, struct answers *out)
{
	struct memory_cohort *cohort = asking->cohort;
	*out = (struct answers){ .n = asking->n };
	for (size_t i = 0; i < asking->n; i++) {
		out->rows += asking->answers[i].rows;
		out->clipped += asking->answers[i].clipped;
	}
	if (asking->phase->kind == PHASE_SUMS) {
		TRY(keep_total(asking));
		out->total = cohort->total;
		return 0;
	}
	out->parts = cohort->parts = asking->answers;
	cohort->n_parts = asking->n;
	asking->answers = NULL;
	return 0;
}

static int memory_collect(struct cohort *base, const struct learner *learner, const struct plan *plan,
			  const struct phase *phase, const struct state *state, const size_t *members,
			  size_t n, struct answers *out)
{
	struct memory_cohort *cohort = (struct memory_cohort *)base; /* its first member */
	cleanup(asking_deinit) struct asking asking = { cohort, learner, plan, phase, state, members,
							n,      NULL,    NULL, NULL,  NULL };
	forget_answers(cohort);
	TRY(asking_new(&asking));
	int result = parallel_run(cohort->threads, n, ask, &asking);
	if (result == COHORT_E_REFUSED) {
		keep_findings(&asking);
		return COHORT_E_REFUSED;
	}
	TRY(result);
	return keep_answers(&asking, out);
}

void memory_cohort_init(struct memory_cohort *cohort, const struct dataset *data, size_t threads)
{
	*cohort = (struct memory_cohort){ .cohort = { .collect = memory_collect },
					  .data = data,
					  .threads = threads > 0 ? threads : 1 };
}
