/* Plans of every scope, and the limits that follow from the clients' rows. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "server/simulate/training.h"

enum { CLIENTS = 1000, ROWS = 50 };

static const char *const models[] = { "large", "small" };
static const struct encoder_identity encoder = { .name = "given", .dimension = 4, .normalization = "l2" };
static struct simulate_options options;
static struct dataset data[CLIENTS], pooled;
static const char *names[CLIENTS];
static char text[CLIENTS][32];

/* Plans only look at how many rows there are. */
static struct training_world make_world(size_t n_clients, size_t rows_of_each)
{
	options = (struct simulate_options){ .log = "log.jsonl", .rounds = 5, .participation = 0.6 };
	for (size_t i = 0; i < n_clients; i++) {
		snprintf(text[i], sizeof(text[i]), "client-%02zu", i);
		names[i] = text[i];
		data[i] = (struct dataset){ .n_rows = rows_of_each };
	}
	pooled = (struct dataset){ .n_rows = n_clients * rows_of_each };
	return (struct training_world){ .options = &options,
					.encoder = &encoder,
					.n_models = 2,
					.models = models,
					.seed = 7,
					.n_clients = n_clients,
					.clients = names,
					.data = data,
					.pooled = &pooled };
}

static struct training plan_of(const struct training_world *world, const char *learner,
			       enum simulate_scope scope)
{
	struct training training = { .learner = learners_find(learner),
				     .scope = scope,
				     .client = scope == SIMULATE_LOCAL ? 1 : TRAINING_ALL };
	ck_assert(training_plan(world, &training));
	return training;
}

START_TEST(a_federated_plan_has_the_roster_and_what_the_user_said)
{
	struct training_world world = make_world(3, ROWS);
	struct plan plan = plan_of(&world, "mlp", SIMULATE_FEDERATED).plan;
	ck_assert_str_eq(plan.learner, "mlp");
	ck_assert_uint_eq(plan.seed, 7);
	ck_assert_uint_eq(plan.n_clients, 3);
	ck_assert_str_eq(plan.clients[2], "client-02");
	ck_assert_uint_eq(plan.rounds, 5);
	ck_assert_double_eq(plan.participation, 0.6);
	ck_assert_double_eq(plan.quorum, 1.0);
	ck_assert_uint_eq(plan.deadline_s, 3600);
	ck_assert_double_eq(plan.held_out, 0.0);
	ck_assert_uint_eq(plan.limit_rows, PLAN_ROWS);
	ck_assert_uint_eq(plan.limit_cohort, PLAN_COHORT);
	ck_assert_double_eq(settings_number(&plan.settings, "lr"), 1e-3);
}
END_TEST

START_TEST(central_and_local_plans_have_one_client_and_their_own_defaults)
{
	struct training_world world = make_world(3, ROWS);
	struct plan central = plan_of(&world, "mlp", SIMULATE_CENTRAL).plan;
	struct plan local = plan_of(&world, "mlp", SIMULATE_LOCAL).plan;
	ck_assert_uint_eq(central.n_clients, 1);
	ck_assert_uint_eq(central.rounds, 1);
	ck_assert_double_eq(settings_number(&central.settings, "lr"), 2e-5);
	ck_assert_uint_eq(settings_integer(&central.settings, "epochs"), 8);
	ck_assert_uint_eq(local.n_clients, 1);
	ck_assert_str_eq(local.clients[0], "client-01");
	ck_assert_double_eq(settings_number(&local.settings, "lr"), 6e-5);
	ck_assert_uint_eq(settings_integer(&local.settings, "epochs"), 15);
}
END_TEST

START_TEST(central_matched_has_the_steps_and_the_rate_of_the_federated_run)
{
	struct training_world world = make_world(3, ROWS);
	struct plan plan = plan_of(&world, "mlp", SIMULATE_MATCHED).plan;
	ck_assert_double_eq(settings_number(&plan.settings, "lr"), 1e-3);
	ck_assert_uint_eq(settings_integer(&plan.settings, "epochs"), 3);
	struct training ridge = { .learner = learners_find("ridge"), .scope = SIMULATE_MATCHED };
	ck_assert(!training_plan(&world, &ridge));
}
END_TEST

START_TEST(what_the_user_sets_holds_in_every_scope)
{
	struct training_world world = make_world(3, ROWS);
	options.settings[options.n_settings++] =
		(struct simulate_setting){ learners_find("mlp"), "lr", "0.5" };
	options.settings[options.n_settings++] =
		(struct simulate_setting){ learners_find("kmeans"), "k_local", "3" };
	for (unsigned scope = 0; scope < SIMULATE_SCOPES; scope++) {
		struct plan plan = plan_of(&world, "mlp", scope).plan;
		ck_assert_double_eq(settings_number(&plan.settings, "lr"), 0.5);
	}
	struct plan kmeans = plan_of(&world, "kmeans", SIMULATE_CENTRAL).plan;
	ck_assert_uint_eq(settings_integer(&kmeans.settings, "k_local"), 3);
	ck_assert_uint_eq(settings_integer(&kmeans.settings, "k_global"), 30);
}
END_TEST

START_TEST(limits_grow_with_the_rows_and_the_clients_and_stay_within_the_lanes)
{
	struct findings findings = { 0 };
	struct training_world world = make_world(10, 300000);
	struct plan plan = plan_of(&world, "static", SIMULATE_FEDERATED).plan;
	ck_assert_uint_eq(plan.limit_rows, 300000);
	ck_assert_uint_eq(plan.limit_cohort, 10);
	plan = plan_of(&world, "static", SIMULATE_CENTRAL).plan;
	ck_assert_uint_eq(plan.limit_rows, 3000000);
	ck_assert_uint_eq(plan.limit_cohort, 1);
	ck_assert_int_eq(training_fits(&world, &findings), TRAINING_E_OK);
	world = make_world(CLIENTS, ROWS);
	plan = plan_of(&world, "static", SIMULATE_FEDERATED).plan;
	ck_assert_uint_eq(plan.limit_cohort, CLIENTS);
	ck_assert_int_eq(training_fits(&world, &findings), TRAINING_E_OK);
	ck_assert_uint_eq(plan.limit_rows, (1U << 24) / CLIENTS);
	ck_assert_uint_eq(findings.n, 0);
}
END_TEST

START_TEST(a_log_that_is_too_large_for_exact_sums_is_told)
{
	struct findings findings = { 0 };
	struct training_world world = make_world(10, 1);
	data[3].n_rows = 1700000; /* times 10 is just above 2^24 */
	ck_assert_int_eq(training_fits(&world, &findings), TRAINING_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "1700000"));
	findings_deinit(&findings);
}
END_TEST

START_TEST(the_baseline_has_the_same_labels_and_scope)
{
	struct training federated = { .learner = learners_find("static"), .client = TRAINING_ALL };
	struct training central = federated, local = federated, other = federated;
	central.scope = SIMULATE_CENTRAL;
	local.scope = SIMULATE_LOCAL;
	local.client = 1;
	other.learner = learners_find("ridge");
	ck_assert(training_is_baseline(&federated, &other));
	ck_assert(!training_is_baseline(&central, &other));
	ck_assert(!training_is_baseline(&other, &other));
	other.scope = SIMULATE_MATCHED;
	ck_assert(training_is_baseline(&central, &other));
	other.scope = SIMULATE_LOCAL;
	other.client = 1;
	ck_assert(training_is_baseline(&local, &other));
	other.client = 2;
	ck_assert(!training_is_baseline(&local, &other));
}
END_TEST

SUITE_MAIN("Training", a_federated_plan_has_the_roster_and_what_the_user_said,
	   central_and_local_plans_have_one_client_and_their_own_defaults,
	   central_matched_has_the_steps_and_the_rate_of_the_federated_run,
	   what_the_user_sets_holds_in_every_scope,
	   limits_grow_with_the_rows_and_the_clients_and_stay_within_the_lanes,
	   a_log_that_is_too_large_for_exact_sums_is_told, the_baseline_has_the_same_labels_and_scope)
