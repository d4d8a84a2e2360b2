/* Whole runs when memory runs out: nothing leaks, and what comes out is the router or nothing. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/drive/drive.h"
#include "tests/support/shortage.h"
#include "tests/unit/drive/consortium.h"

static struct consortium consortium;

struct run {
	const struct learner *learner;
	bool has_digest;
	struct digest digest; /* of the first run that was done */
};

static void check_digest(struct run *run, const struct router *router)
{
	struct digest digest;
	if (router_digest(router, &digest) != 0)
		return;
	if (run->has_digest)
		ck_assert_mem_eq(&digest, &run->digest, sizeof(digest));
	run->digest = digest;
	run->has_digest = true;
}

static int run_once(void *context)
{
	struct run *run = context;
	struct plan plan = consortium_plan(run->learner);
	struct memory_cohort cohort;
	struct drive_account account = { 0 };
	cleanup(free_pointer) char *report = NULL;
	struct router *router = NULL;
	plan.rounds = 1;
	memory_cohort_init(&cohort, consortium.data, 2);
	int r = drive_run(run->learner, &plan, &cohort.cohort, 2, &account, &router, &report);
	shortage_end();
	ck_assert((r == DRIVE_E_OK) == (router != NULL));
	if (router)
		check_digest(run, router);
	router_free(router);
	drive_account_deinit(&account);
	memory_cohort_deinit(&cohort);
	return r;
}

static void check(const char *learner)
{
	struct run run = { .learner = learners_find(learner) };
	consortium_draw(&consortium);
	ck_assert_uint_gt(shortage_try(run_once, &run, false), 20);
	shortage_try(run_once, &run, true);
	ck_assert(run.has_digest);
}

START_TEST(static_runs_to_its_router_or_to_none)
{
	check("static");
}
END_TEST

START_TEST(ridge_runs_to_its_router_or_to_none)
{
	check("ridge");
}
END_TEST

START_TEST(kmeans_runs_to_its_router_or_to_none)
{
	check("kmeans");
}
END_TEST

START_TEST(mlp_runs_to_its_router_or_to_none)
{
	check("mlp");
}
END_TEST

SUITE_MAIN("Runs without memory", static_runs_to_its_router_or_to_none, ridge_runs_to_its_router_or_to_none,
	   kmeans_runs_to_its_router_or_to_none, mlp_runs_to_its_router_or_to_none)
