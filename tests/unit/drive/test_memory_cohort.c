/* Clients in memory: totals in any order, parts by name, and the checks that a stranger's answer meets. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/drive/cohort.h"
#include "tests/unit/drive/consortium.h"

static const size_t everyone[CLIENTS] = { 0, 1, 2, 3 };

static struct phase first_phase(const struct learner *learner, const struct plan *plan)
{
	struct state state = { 0 };
	struct phase phase;
	ck_assert_int_eq(learner->next(plan, &state, &phase), LEARNER_E_OK);
	return phase;
}

START_TEST(the_total_is_the_sum_of_the_clients_whatever_the_threads)
{
	struct consortium consortium;
	const struct learner *ridge = learners_find("ridge");
	struct plan plan = consortium_plan(ridge);
	struct phase phase = first_phase(ridge, &plan);
	struct state state = { 0 };
	size_t bytes = phase.lanes.words * sizeof(uint64_t);
	uint64_t *total = calloc(1, bytes);
	consortium_draw(&consortium);
	for (size_t c = CLIENTS; c-- > 0;) {
		struct answer answer;
		ck_assert_int_eq(ridge->contribute(&plan, &phase, &state, &consortium.data[c],
						   plan.clients[c], &answer),
				 0);
		lanes_sum(total, answer.words, phase.lanes.words);
		answer_deinit(&answer);
	}
	for (size_t threads = 1; threads <= CLIENTS + 1; threads++) {
		struct memory_cohort cohort;
		struct answers answers;
		memory_cohort_init(&cohort, consortium.data, threads);
		ck_assert_int_eq(cohort.cohort.collect(&cohort.cohort, ridge, &plan, &phase, &state, everyone,
						       CLIENTS, &answers),
				 COHORT_E_OK);
		ck_assert_uint_eq(answers.n, CLIENTS);
		ck_assert_uint_eq(answers.rows, 3 * CLIENT_ROWS);
		ck_assert_mem_eq(answers.total, total, bytes);
		memory_cohort_deinit(&cohort);
	}
	free(total);
}
END_TEST

START_TEST(parts_come_in_the_order_of_the_members_and_not_of_their_size)
{
	struct consortium consortium;
	const struct learner *kmeans = learners_find("kmeans");
	struct plan plan = consortium_plan(kmeans);
	struct phase phase = first_phase(kmeans, &plan);
	struct state state = { 0 };
	struct memory_cohort cohort;
	struct answers answers;
	const size_t members[] = { 0, 1, 3 };
	consortium_draw(&consortium);
	consortium.data[0].n_rows = 10;
	memory_cohort_init(&cohort, consortium.data, 2);
	ck_assert_int_eq(cohort.cohort.collect(&cohort.cohort, kmeans, &plan, &phase, &state, members, 3,
					       &answers),
			 COHORT_E_OK);
	ck_assert_uint_eq(answers.n, 3);
	ck_assert_uint_eq(answers.parts[0].rows, 10);
	ck_assert_uint_eq(answers.parts[1].rows, CLIENT_ROWS);
	ck_assert_uint_eq(answers.parts[2].rows, 0);
	memory_cohort_deinit(&cohort);
}
END_TEST

START_TEST(clipped_values_are_counted_over_all_clients)
{
	struct consortium consortium;
	const struct learner *means = learners_find("static");
	struct plan plan = consortium_plan(means);
	struct phase phase = first_phase(means, &plan);
	struct state state = { 0 };
	struct memory_cohort cohort;
	struct answers answers;
	consortium_draw(&consortium);
	consortium.rows[0].cost = consortium.rows[CLIENT_ROWS].cost = 100.0;
	memory_cohort_init(&cohort, consortium.data, 2);
	ck_assert_int_eq(cohort.cohort.collect(&cohort.cohort, means, &plan, &phase, &state, everyone,
					       CLIENTS, &answers),
			 COHORT_E_OK);
	ck_assert_uint_eq(answers.clipped, 2);
	memory_cohort_deinit(&cohort);
}
END_TEST

/* Two clients send a word that no such rows can give. */
static int boasting_contribute(const struct plan *plan, const struct phase *phase, const struct state *state,
			       const struct dataset *data, const char *client, struct answer *out)
{
	TRY(learners_find("static")->contribute(plan, phase, state, data, client, out));
	if (strcmp(client, "client-01") == 0 || strcmp(client, "client-02") == 0)
		out->words[0] = 2 * out->rows + 2;
	return 0;
}

START_TEST(a_word_beyond_its_bound_is_refused_and_the_first_offender_is_named)
{
	struct consortium consortium;
	struct learner boasting = *learners_find("static");
	struct plan plan = consortium_plan(&boasting);
	struct phase phase = first_phase(&boasting, &plan);
	struct state state = { 0 };
	consortium_draw(&consortium);
	boasting.contribute = boasting_contribute;
	boasting.check = NULL;
	for (size_t threads = 1; threads <= 3; threads++) {
		struct memory_cohort cohort;
		struct answers answers;
		memory_cohort_init(&cohort, consortium.data, threads);
		ck_assert_int_eq(cohort.cohort.collect(&cohort.cohort, &boasting, &plan, &phase, &state,
						       everyone, CLIENTS, &answers),
				 COHORT_E_REFUSED);
		ck_assert_uint_eq(cohort.findings.n, 1);
		ck_assert_str_eq(cohort.findings.items[0].file, "client-01");
		memory_cohort_deinit(&cohort);
	}
}
END_TEST

START_TEST(a_client_that_fails_fails_the_phase_with_its_code)
{
	struct consortium consortium;
	const struct learner *means = learners_find("static");
	struct plan plan = consortium_plan(means);
	struct phase phase = first_phase(means, &plan);
	struct state state = { 0 };
	struct memory_cohort cohort;
	struct answers answers;
	consortium_draw(&consortium);
	consortium.rows[0].score = 1e9; /* beyond its lane: our own rows cannot give it */
	memory_cohort_init(&cohort, consortium.data, 2);
	ck_assert_int_lt(cohort.cohort.collect(&cohort.cohort, means, &plan, &phase, &state, everyone,
					       CLIENTS, &answers),
			 0);
	memory_cohort_deinit(&cohort);
}
END_TEST

SUITE_MAIN("Memory cohort", the_total_is_the_sum_of_the_clients_whatever_the_threads,
	   parts_come_in_the_order_of_the_members_and_not_of_their_size,
	   clipped_values_are_counted_over_all_clients,
	   a_word_beyond_its_bound_is_refused_and_the_first_offender_is_named,
	   a_client_that_fails_fails_the_phase_with_its_code)
