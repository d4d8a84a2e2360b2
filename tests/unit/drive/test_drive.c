/* The drive loop: who is drawn, what a run costs, and that threads leave no trace. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/drive/drive.h"
#include "tests/unit/drive/consortium.h"

enum { PHASES = 40 };

static size_t draw(const struct plan *plan, uint32_t number, size_t *members)
{
	struct phase phase = { .number = number };
	size_t n;
	ck_assert_int_eq(drive_draw(plan, &phase, members, &n), 0);
	return n;
}

START_TEST(a_round_draws_its_share_of_the_roster_in_order_and_draws_it_again)
{
	struct plan plan = consortium_plan(learners_find("mlp"));
	size_t members[CLIENTS], again[CLIENTS];
	for (uint32_t number = 1; number <= PHASES; number++) {
		ck_assert_uint_eq(draw(&plan, number, members), 2);
		ck_assert_uint_lt(members[0], members[1]);
		ck_assert_uint_lt(members[1], CLIENTS);
		ck_assert_uint_eq(draw(&plan, number, again), 2);
		ck_assert_mem_eq(members, again, 2 * sizeof(members[0]));
	}
}
END_TEST

START_TEST(every_client_is_drawn_about_as_often_as_any_other)
{
	struct plan plan = consortium_plan(learners_find("mlp"));
	size_t members[CLIENTS], times[CLIENTS] = { 0 };
	for (uint32_t number = 1; number <= 1000; number++) {
		size_t n = draw(&plan, number, members);
		for (size_t i = 0; i < n; i++)
			times[members[i]]++;
	}
	for (size_t c = 0; c < CLIENTS; c++) { /* 500 ± 4 standard deviations */
		ck_assert_uint_gt(times[c], 435);
		ck_assert_uint_lt(times[c], 565);
	}
}
END_TEST

START_TEST(another_seed_draws_other_cohorts)
{
	struct plan plan = consortium_plan(learners_find("mlp")), other = plan;
	size_t members[CLIENTS], others[CLIENTS], different = 0;
	other.seed = 101;
	for (uint32_t number = 1; number <= PHASES; number++) {
		draw(&plan, number, members);
		draw(&other, number, others);
		different += memcmp(members, others, 2 * sizeof(members[0])) != 0;
	}
	ck_assert_uint_gt(different, PHASES / 2);
}
END_TEST

START_TEST(halves_round_to_even_and_one_client_is_the_least)
{
	struct plan plan = consortium_plan(learners_find("mlp"));
	size_t members[CLIENTS];
	plan.participation = 0.625;
	ck_assert_uint_eq(draw(&plan, 1, members), 2);
	plan.participation = 0.875;
	ck_assert_uint_eq(draw(&plan, 1, members), 4);
	plan.participation = 0.0;
	ck_assert_uint_eq(draw(&plan, 1, members), 1);
}
END_TEST

START_TEST(a_phase_for_everyone_asks_everyone)
{
	struct plan plan = consortium_plan(learners_find("mlp"));
	struct phase phase = { .number = 3, .everyone = true };
	size_t members[CLIENTS], n;
	ck_assert_int_eq(drive_draw(&plan, &phase, members, &n), 0);
	ck_assert_uint_eq(n, CLIENTS);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(members[i], i);
}
END_TEST

/* The digest of the router that comes out. */
static struct digest learn(const struct learner *learner, const struct dataset *data, size_t threads,
			   struct drive_account *account)
{
	struct plan plan = consortium_plan(learner);
	struct memory_cohort cohort;
	struct router *router;
	struct digest digest;
	char *report;
	memory_cohort_init(&cohort, data, threads);
	ck_assert_int_eq(drive_run(learner, &plan, &cohort.cohort, threads, account, &router, &report),
			 DRIVE_E_OK);
	ck_assert_int_eq(report[0], '{');
	ck_assert_int_eq(router_digest(router, &digest), 0);
	free(report);
	router_free(router);
	memory_cohort_deinit(&cohort);
	return digest;
}

START_TEST(every_learner_gives_the_same_bytes_on_one_thread_and_on_three)
{
	struct consortium consortium;
	consortium_draw(&consortium);
	for (size_t i = 0; learners[i]; i++) {
		struct digest one = learn(learners[i], consortium.data, 1, NULL);
		struct digest three = learn(learners[i], consortium.data, 3, NULL);
		ck_assert_mem_eq(&one, &three, sizeof(one));
	}
}
END_TEST

START_TEST(every_learner_works_where_only_one_client_has_rows)
{
	struct consortium consortium;
	consortium_draw(&consortium);
	consortium.data[0].n_rows = consortium.data[2].n_rows = 0;
	for (size_t i = 0; learners[i]; i++)
		learn(learners[i], consortium.data, 2, NULL);
}
END_TEST

START_TEST(one_phase_of_sums_costs_each_client_its_words_and_no_download)
{
	struct consortium consortium;
	struct drive_account account;
	consortium_draw(&consortium);
	learn(learners_find("static"), consortium.data, 1, &account);
	ck_assert_uint_eq(account.phases, 1);
	ck_assert_uint_eq(account.rounds, 1);
	for (size_t c = 0; c < CLIENTS; c++) {
		ck_assert_uint_eq(account.bytes_up[c], 4 * MODELS * sizeof(uint64_t));
		ck_assert_uint_eq(account.bytes_down[c], 0);
	}
	ck_assert_double_eq(drive_account_mean(&account, account.bytes_up), 96.0);
	drive_account_deinit(&account);
}
END_TEST

START_TEST(rounds_are_counted_for_those_who_took_part_in_them)
{
	struct consortium consortium;
	struct drive_account account;
	uint64_t words = 0, least = UINT64_MAX;
	consortium_draw(&consortium);
	learn(learners_find("mlp"), consortium.data, 2, &account);
	ck_assert_uint_eq(account.phases, 3);
	ck_assert_uint_eq(account.rounds, 2);
	for (size_t c = 0; c < CLIENTS; c++) {
		words += account.bytes_up[c];
		least = account.bytes_up[c] < least ? account.bytes_up[c] : least;
		ck_assert_uint_gt(account.bytes_down[c], 0);
	}
	/* Scaler: three lanes of K words from each of four; then two clients in each of two rounds. */
	ck_assert_uint_ge(least, 3 * MODELS * sizeof(uint64_t));
	ck_assert_uint_eq((words - CLIENTS * 3 * MODELS * sizeof(uint64_t)) % 4, 0);
	drive_account_deinit(&account);
}
END_TEST

START_TEST(gathered_parts_are_counted_as_the_client_made_them)
{
	struct consortium consortium;
	struct drive_account account;
	consortium_draw(&consortium);
	learn(learners_find("kmeans"), consortium.data, 2, &account);
	ck_assert_uint_eq(account.phases, 2);
	ck_assert_uint_lt(account.bytes_up[EMPTY_CLIENT], account.bytes_up[0]);
	ck_assert_uint_eq(account.bytes_down[EMPTY_CLIENT], account.bytes_down[0]);
	drive_account_deinit(&account);
}
END_TEST

START_TEST(the_mean_leaves_out_those_who_never_took_part)
{
	uint64_t up[] = { 10, 0, 30 }, down[] = { 1, 0, 2 };
	struct drive_account account = { .n_clients = 3, .bytes_up = up, .bytes_down = down };
	ck_assert_double_eq(drive_account_mean(&account, up), 20.0);
	ck_assert_double_eq(drive_account_mean(&account, down), 1.5);
	up[0] = up[2] = 0;
	ck_assert_double_eq(drive_account_mean(&account, up), 0.0);
}
END_TEST

static int doubting_check(const struct plan *plan, const struct phase *phase, const struct state *state,
			  const struct answer *answer, const char *client, struct findings *findings)
{
	(void)plan;
	(void)phase;
	(void)state;
	(void)answer;
	if (strcmp(client, "client-01") != 0)
		return LEARNER_E_OK;
	findings_add(findings, client, 0, "not believed", NULL);
	return LEARNER_E_BAD;
}

START_TEST(a_refused_answer_ends_the_run_and_leaves_nothing_behind)
{
	struct consortium consortium;
	struct learner doubting = *learners_find("static");
	struct plan plan = consortium_plan(&doubting);
	struct memory_cohort cohort;
	struct drive_account account = { 0 };
	struct router *router = NULL;
	consortium_draw(&consortium);
	doubting.check = doubting_check;
	memory_cohort_init(&cohort, consortium.data, 2);
	ck_assert_int_eq(drive_run(&doubting, &plan, &cohort.cohort, 2, &account, &router, NULL),
			 DRIVE_E_REFUSED);
	ck_assert_ptr_null(router);
	ck_assert_ptr_null(account.bytes_up);
	ck_assert_uint_eq(cohort.findings.n, 1);
	ck_assert_str_eq(cohort.findings.items[0].file, "client-01");
	memory_cohort_deinit(&cohort);
}
END_TEST

static int fail_to_fold(const struct plan *plan, const struct phase *phase, struct state *state,
			const struct answers *answers)
{
	(void)plan;
	(void)phase;
	(void)state;
	(void)answers;
	return -5;
}

START_TEST(a_failing_learner_ends_the_run_with_its_own_code)
{
	struct consortium consortium;
	struct learner failing = *learners_find("kmeans");
	struct plan plan = consortium_plan(&failing);
	struct memory_cohort cohort;
	struct router *router = NULL;
	consortium_draw(&consortium);
	failing.fold = fail_to_fold;
	memory_cohort_init(&cohort, consortium.data, 2);
	ck_assert_int_eq(drive_run(&failing, &plan, &cohort.cohort, 2, NULL, &router, NULL), -5);
	ck_assert_ptr_null(router);
	memory_cohort_deinit(&cohort);
}
END_TEST

SUITE_MAIN("Drive", a_round_draws_its_share_of_the_roster_in_order_and_draws_it_again,
	   every_client_is_drawn_about_as_often_as_any_other, another_seed_draws_other_cohorts,
	   halves_round_to_even_and_one_client_is_the_least, a_phase_for_everyone_asks_everyone,
	   every_learner_gives_the_same_bytes_on_one_thread_and_on_three,
	   every_learner_works_where_only_one_client_has_rows,
	   one_phase_of_sums_costs_each_client_its_words_and_no_download,
	   rounds_are_counted_for_those_who_took_part_in_them,
	   gathered_parts_are_counted_as_the_client_made_them, the_mean_leaves_out_those_who_never_took_part,
	   a_refused_answer_ends_the_run_and_leaves_nothing_behind,
	   a_failing_learner_ends_the_run_with_its_own_code)
