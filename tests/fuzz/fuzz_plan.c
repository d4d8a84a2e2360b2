/* A plan's file: what is taken keeps the rules, and is the same when it is written and read again. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/learn/learners.h"
#include "common/plan/plan_read.h"

static const struct setting *find(const char *name)
{
	const struct learner *learner = learners_find(name);
	return learner ? learner->settings : NULL;
}

static void check_rules(const struct plan *plan)
{
	FUZZ_NEED(plan->n_clients > 0 && plan->n_clients <= plan->limit_cohort);
	FUZZ_NEED(plan->limit_rows > 0 && plan->limit_rows <= PLAN_ROWS_TOGETHER / plan->limit_cohort);
	FUZZ_NEED(plan->participation > 0.0 && plan->participation <= 1.0);
	FUZZ_NEED(plan->quorum > 0.0 && plan->quorum <= 1.0 && plan->held_out >= 0.0 && plan->held_out < 1.0);
	FUZZ_NEED(plan_cohort(plan) >= 1 && plan_cohort(plan) <= plan->n_clients);
	for (size_t i = 1; i < plan->n_clients; i++)
		FUZZ_NEED(strcmp(plan->clients[i - 1], plan->clients[i]) < 0);
	for (size_t i = 1; i < plan->n_models; i++)
		FUZZ_NEED(strcmp(plan->models[i - 1], plan->models[i]) < 0);
}

static void write_again(struct plan_file *file)
{
	static const char *const models[] = { "b", "a", "b" };
	cleanup(free_pointer) char *once = NULL;
	cleanup(free_pointer) char *twice = NULL;
	cleanup(plan_file_deinit) struct plan_file again = { 0 };
	struct findings findings = { 0 };
	size_t n, m;
	if (file->models_auto)
		FUZZ_NEED(plan_file_models(file, models, 3) == 0);
	FUZZ_NEED(plan_yaml(&file->plan, &once, &n) == 0);
	FUZZ_NEED(plan_parse("again", once, n, find, &findings, &again) == PLAN_E_OK);
	FUZZ_NEED(plan_yaml(&again.plan, &twice, &m) == 0);
	FUZZ_NEED(n == m && memcmp(once, twice, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	cleanup(plan_file_deinit) struct plan_file file = { 0 };
	int r = plan_parse("x", (const char *)bytes, n, find, &findings, &file);
	fuzz_judge(r, &findings);
	if (r == PLAN_E_OK) {
		check_rules(&file.plan);
		write_again(&file);
	}
	return 0;
}
