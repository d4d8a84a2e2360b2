/* The synthetic consortium: what is counted in it, and that routing can pay. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/sample/world.h"

enum { MODELS = 8, CLIENTS = 10, QUERIES = 1500 };

static struct world make(size_t clients, size_t queries, uint64_t seed)
{
	struct world world;
	ck_assert_int_eq(world_init(clients, queries, seed, &world), 0);
	return world;
}

static bool is_graded(const char *task)
{
	return strcmp(task, "law") == 0 || strcmp(task, "mail") == 0 || strcmp(task, "public") == 0;
}

START_TEST(every_model_has_a_score_and_a_cost_for_every_query)
{
	struct world world = make(CLIENTS, QUERIES, 1);
	ck_assert_uint_eq(world.data.n_models, MODELS);
	ck_assert_uint_eq(world.data.n_queries, QUERIES);
	ck_assert_uint_eq(world.data.n_rows, QUERIES * MODELS);
	for (size_t i = 0; i < world.data.n_rows; i++) {
		const struct observation *row = &world.data.rows[i];
		double steps = is_graded(world.queries[row->query].task) ? 10.0 : 1.0;
		ck_assert(row->query == i / MODELS && row->model == i % MODELS);
		ck_assert(row->score >= 0.0 && row->score <= 1.0);
		ck_assert_double_eq(row->score * steps, rint(row->score * steps));
		ck_assert(row->cost > 0.0 && row->cost < 0.2);
	}
	for (size_t m = 1; m < MODELS; m++)
		ck_assert_int_lt(strcmp(world.data.models[m - 1], world.data.models[m]), 0);
	for (size_t q = 1; q < QUERIES; q++)
		ck_assert_int_lt(strcmp(world.queries[q - 1].id, world.queries[q].id), 0);
	world_deinit(&world);
}
END_TEST

START_TEST(every_query_is_one_client_s_for_training_or_for_testing)
{
	struct world world = make(CLIENTS, QUERIES, 1);
	unsigned uses[QUERIES] = { 0 };
	ck_assert_uint_eq(world.partition.n, CLIENTS);
	for (size_t c = 0; c < CLIENTS; c++) {
		const struct partition_client *client = &world.partition.clients[c];
		size_t n = client->n_train_queries + client->n_test;
		ck_assert_uint_ge(n, WORLD_QUERIES_PER_CLIENT);
		ck_assert_uint_eq(client->n_train_queries, n * 3 / 4);
		for (size_t i = 0; i < client->n_test; i++)
			uses[client->test[i]]++;
		for (size_t i = 0; i < client->train.n_rows; i++)
			uses[client->train.rows[i].query] +=
				i == 0 || client->train.rows[i].query != client->train.rows[i - 1].query;
	}
	for (size_t q = 0; q < QUERIES; q++)
		ck_assert_uint_eq(uses[q], 1);
	world_deinit(&world);
}
END_TEST

START_TEST(fifteen_percent_of_a_client_s_log_show_all_models_and_the_rest_one)
{
	struct world world = make(CLIENTS, QUERIES, 2);
	for (size_t c = 0; c < CLIENTS; c++) {
		const struct dataset *train = &world.partition.clients[c].train;
		unsigned shown[QUERIES] = { 0 };
		size_t all = 0, one = 0, n = world.partition.clients[c].n_train_queries;
		for (size_t i = 0; i < train->n_rows; i++)
			shown[train->rows[i].query]++;
		for (size_t q = 0; q < QUERIES; q++) {
			all += shown[q] == MODELS;
			one += shown[q] == 1;
		}
		ck_assert_uint_eq(all + one, n);
		ck_assert_uint_eq(all, (15 * n + 50) / 100);
	}
	world_deinit(&world);
}
END_TEST

/* Whether one model has more than a third of the queries for which the client asked one model only. */
static bool has_favourite(const struct dataset *train)
{
	size_t counts[MODELS] = { 0 }, n = 0, most = 0;
	for (size_t i = 0; i < train->n_rows; i++) {
		const struct observation *row = &train->rows[i];
		if ((i > 0 && row->query == row[-1].query) ||
		    (i + 1 < train->n_rows && row->query == row[1].query))
			continue;
		n++;
		counts[row->model]++;
		most = counts[row->model] > most ? counts[row->model] : most;
	}
	return 3 * most > n;
}

START_TEST(clients_differ_in_topics_and_in_models)
{
	struct world world = make(CLIENTS, QUERIES, 3);
	size_t favourites = 0, specialists = 0;
	for (size_t c = 0; c < CLIENTS; c++) {
		const struct partition_client *client = &world.partition.clients[c];
		size_t code = 0;
		favourites += has_favourite(&client->train);
		for (size_t i = 0; i < client->n_test; i++)
			code += strcmp(world.queries[client->test[i]].task, "code") == 0;
		specialists += 20 * code < client->n_test;
	}
	ck_assert_uint_ge(favourites, 5); /* even use would be an eighth each */
	ck_assert_uint_ge(specialists, 3);
	world_deinit(&world);
}
END_TEST

/* Mean score of a model on a task, or on all (NULL). */
static double mean_score(const struct world *world, size_t model, const char *task)
{
	double sum = 0.0;
	size_t n = 0;
	for (size_t i = model; i < world->data.n_rows; i += MODELS) {
		if (task && strcmp(world->queries[i / MODELS].task, task) != 0)
			continue;
		sum += world->data.rows[i].score;
		n++;
	}
	ck_assert_uint_gt(n, 20);
	return sum / (double)n;
}

START_TEST(the_best_model_overall_is_not_the_best_in_every_trade)
{
	struct world world = make(CLIENTS, QUERIES, 4);
	size_t best = 0, beaten = 0;
	for (size_t m = 1; m < MODELS; m++)
		best = mean_score(&world, m, NULL) > mean_score(&world, best, NULL) ? m : best;
	ck_assert_str_eq(world.data.models[best], "atlas-xl");
	static const char *const tasks[] = { "code", "law", "mail", "maths" };
	for (size_t t = 0; t < 4; t++) {
		double top = mean_score(&world, best, tasks[t]);
		bool is_beaten = false;
		for (size_t m = 0; m < MODELS; m++)
			is_beaten |= mean_score(&world, m, tasks[t]) > top;
		beaten += is_beaten;
	}
	ck_assert_uint_ge(beaten, 2);
	world_deinit(&world);
}
END_TEST

static bool are_equal(const struct world *a, const struct world *b)
{
	bool equal = memcmp(a->data.rows, b->data.rows, a->data.n_rows * sizeof(*a->data.rows)) == 0;
	for (size_t q = 0; q < a->data.n_queries && equal; q++)
		equal = strcmp(a->queries[q].text, b->queries[q].text) == 0;
	for (size_t c = 0; c < a->partition.n && equal; c++) {
		const struct dataset *x = &a->partition.clients[c].train, *y = &b->partition.clients[c].train;
		equal = x->n_rows == y->n_rows && memcmp(x->rows, y->rows, x->n_rows * sizeof(*x->rows)) == 0;
	}
	return equal;
}

START_TEST(the_same_seed_makes_the_same_world_and_another_seed_another)
{
	struct world one = make(3, 200, 7), two = make(3, 200, 7), other = make(3, 200, 8);
	ck_assert(are_equal(&one, &two));
	ck_assert(!are_equal(&one, &other));
	world_deinit(&one);
	world_deinit(&two);
	world_deinit(&other);
}
END_TEST

START_TEST(the_smallest_world_still_has_a_log_and_a_test_for_everyone)
{
	struct world world = make(4, 4 * WORLD_QUERIES_PER_CLIENT, 1);
	for (size_t c = 0; c < 4; c++) {
		ck_assert_uint_eq(world.partition.clients[c].n_train_queries, 6);
		ck_assert_uint_eq(world.partition.clients[c].n_test, 2);
	}
	world_deinit(&world);
}
END_TEST

SUITE_MAIN("world", every_model_has_a_score_and_a_cost_for_every_query,
	   every_query_is_one_client_s_for_training_or_for_testing,
	   fifteen_percent_of_a_client_s_log_show_all_models_and_the_rest_one,
	   clients_differ_in_topics_and_in_models, the_best_model_overall_is_not_the_best_in_every_trade,
	   the_same_seed_makes_the_same_world_and_another_seed_another,
	   the_smallest_world_still_has_a_log_and_a_test_for_everyone)
