/* Partitions drawn from a log: everything is dealt out, nothing twice, and always the same. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/simulate/partition.h"
#include "tests/unit/server/table.h"

enum { MODELS = 4 };

static const struct partition_protocol usual = { 10, 0.6, 0.45, 1, 0.75 };

static bool no_cells_for_every_fifth(size_t query, size_t model)
{
	(void)model;
	return query % 5 != 0;
}

static bool only_c_for_odd_queries(size_t query, size_t model)
{
	return query % 2 == 0 || model == 2;
}

/* How often each query is in the partition. */
static unsigned *count_uses(const struct partition *partition, size_t n_queries)
{
	unsigned *uses = calloc(n_queries, sizeof(*uses));
	for (size_t c = 0; c < partition->n; c++) {
		const struct partition_client *client = &partition->clients[c];
		for (size_t i = 0; i < client->n_test; i++)
			uses[client->test[i]]++;
		for (size_t i = 0; i < client->train.n_rows; i++)
			if (i == 0 || client->train.rows[i].query != client->train.rows[i - 1].query)
				uses[client->train.rows[i].query]++;
	}
	return uses;
}

static bool are_equal(const struct partition *a, const struct partition *b)
{
	bool equal = a->n == b->n;
	for (size_t c = 0; c < a->n && equal; c++) {
		const struct partition_client *x = &a->clients[c], *y = &b->clients[c];
		equal = strcmp(x->name, y->name) == 0 && x->n_test == y->n_test &&
			x->train.n_rows == y->train.n_rows &&
			memcmp(x->test, y->test, x->n_test * sizeof(*x->test)) == 0;
		for (size_t i = 0; i < x->train.n_rows && equal; i++)
			equal = x->train.rows[i].query == y->train.rows[i].query &&
				x->train.rows[i].model == y->train.rows[i].model;
	}
	return equal;
}

static struct partition draw(const struct table *table, struct partition_protocol protocol, uint64_t seed)
{
	struct partition partition;
	ck_assert_int_eq(partition_draw(&table->data, &protocol, seed, &partition), 0);
	return partition;
}

START_TEST(every_query_of_every_task_is_dealt_to_one_client_once)
{
	struct table table;
	table_init(&table, 600, 7, NULL);
	struct partition partition = draw(&table, usual, 100);
	unsigned *uses = count_uses(&partition, 600);
	for (size_t q = 0; q < 600; q++)
		ck_assert_uint_eq(uses[q], 1);
	free(uses);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(three_quarters_of_a_client_rounded_down_train_and_each_shows_one_model)
{
	struct table table;
	table_init(&table, 600, 7, NULL);
	struct partition partition = draw(&table, usual, 100);
	ck_assert_uint_gt(partition.n, 5);
	for (size_t c = 0; c < partition.n; c++) {
		const struct partition_client *client = &partition.clients[c];
		size_t n = client->n_train_queries + client->n_test;
		ck_assert_uint_eq(client->n_train_queries, n * 3 / 4);
		ck_assert_uint_eq(client->train.n_rows, client->n_train_queries);
		for (size_t i = 1; i < client->train.n_rows; i++)
			ck_assert_uint_lt(client->train.rows[i - 1].query, client->train.rows[i].query);
		for (size_t i = 1; i < client->n_test; i++)
			ck_assert_uint_lt(client->test[i - 1], client->test[i]);
		if (c > 0)
			ck_assert_int_lt(strcmp(partition.clients[c - 1].name, client->name), 0);
	}
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(an_observed_cell_is_the_log_s_own)
{
	struct table table;
	table_init(&table, 200, 3, NULL);
	struct partition partition = draw(&table, usual, 5);
	for (size_t c = 0; c < partition.n; c++) {
		for (size_t i = 0; i < partition.clients[c].train.n_rows; i++) {
			const struct observation *row = &partition.clients[c].train.rows[i];
			ck_assert_double_eq(row->score, (double)(row->query % 10) / 10.0);
			ck_assert_double_eq(row->cost, row->model + 1.0);
		}
	}
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(three_labels_per_query_are_three_different_models_or_as_many_as_there_are)
{
	struct table table;
	table_init(&table, 400, 3, only_c_for_odd_queries);
	struct partition_protocol protocol = usual;
	protocol.labels_per_query = 3;
	struct partition partition = draw(&table, protocol, 100);
	for (size_t c = 0; c < partition.n; c++) {
		size_t shown[400] = { 0 };
		const struct dataset *train = &partition.clients[c].train;
		for (size_t i = 0; i < train->n_rows; i++) {
			shown[train->rows[i].query]++;
			if (i > 0 && train->rows[i].query == train->rows[i - 1].query)
				ck_assert_uint_gt(train->rows[i].model, train->rows[i - 1].model);
		}
		for (size_t q = 0; q < 400; q++)
			ck_assert(shown[q] == 0 || shown[q] == (q % 2 ? 1 : 3));
	}
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(only_observed_cells_are_drawn_whatever_the_client_prefers)
{
	struct table table;
	table_init(&table, 400, 3, only_c_for_odd_queries);
	struct partition_protocol protocol = usual;
	protocol.model_alpha = 0.001; /* nearly all mass on one model, so c often has none at all */
	struct partition partition = draw(&table, protocol, 100);
	size_t odd = 0;
	for (size_t c = 0; c < partition.n; c++) {
		const struct partition_client *client = &partition.clients[c];
		ck_assert_uint_eq(client->train.n_rows, client->n_train_queries);
		for (size_t i = 0; i < client->train.n_rows; i++) {
			odd += client->train.rows[i].query % 2;
			ck_assert(client->train.rows[i].query % 2 == 0 || client->train.rows[i].model == 2);
		}
	}
	ck_assert_uint_gt(odd, 100);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(a_query_without_any_cell_is_in_no_part)
{
	struct table table;
	table_init(&table, 400, 3, no_cells_for_every_fifth);
	struct partition partition = draw(&table, usual, 100);
	unsigned *uses = count_uses(&partition, 400);
	for (size_t q = 0; q < 400; q++)
		ck_assert_uint_eq(uses[q], q % 5 != 0);
	free(uses);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(a_tiny_alpha_gives_nearly_every_task_to_one_client)
{
	struct table table;
	table_init(&table, 900, 30, NULL);
	struct partition_protocol protocol = usual;
	protocol.task_alpha = 0.03;
	struct partition partition = draw(&table, protocol, 100);
	unsigned *uses = count_uses(&partition, 900);
	size_t most = 0;
	for (size_t t = 0; t < 30; t++) {
		size_t largest = 0;
		for (size_t c = 0; c < partition.n; c++) {
			size_t own = 0;
			for (size_t i = 0; i < partition.clients[c].n_test; i++)
				own += partition.clients[c].test[i] % 30 == t;
			for (size_t i = 0; i < partition.clients[c].train.n_rows; i++)
				own += partition.clients[c].train.rows[i].query % 30 == t;
			largest = own > largest ? own : largest;
		}
		most += largest;
	}
	for (size_t q = 0; q < 900; q++)
		ck_assert_uint_eq(uses[q], 1);
	ck_assert_uint_gt(most, 700); /* of 900; α = 0.6 gives about 380 */
	free(uses);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(clients_without_queries_are_not_there_and_the_others_keep_their_numbers)
{
	struct table table;
	table_init(&table, 12, 2, NULL);
	struct partition_protocol protocol = usual;
	protocol.clients = 200;
	struct partition partition = draw(&table, protocol, 100);
	ck_assert_uint_ge(partition.n, 1);
	ck_assert_uint_le(partition.n, 12);
	for (size_t c = 0; c < partition.n; c++) {
		ck_assert_uint_gt(partition.clients[c].n_test + partition.clients[c].n_train_queries, 0);
		ck_assert_uint_eq(strlen(partition.clients[c].name), strlen("client-000"));
	}
	ck_assert_str_ne(partition.clients[partition.n - 1].name, "client-001");
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(a_client_with_one_query_only_tests)
{
	struct table table;
	table_init(&table, 1, 1, NULL);
	struct partition partition = draw(&table, usual, 100);
	ck_assert_uint_eq(partition.n, 1);
	ck_assert_uint_eq(partition.clients[0].train.n_rows, 0);
	ck_assert_uint_eq(partition.clients[0].n_train_queries, 0);
	ck_assert_uint_eq(partition.clients[0].n_test, 1);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(an_empty_log_has_no_clients)
{
	struct table table;
	table_init(&table, 5, 1, NULL);
	table.data.n_rows = 0;
	struct partition partition = draw(&table, usual, 100);
	ck_assert_uint_eq(partition.n, 0);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(the_same_seed_draws_the_same_and_another_seed_another)
{
	struct table table;
	table_init(&table, 600, 7, NULL);
	struct partition one = draw(&table, usual, 100), two = draw(&table, usual, 100);
	struct partition other = draw(&table, usual, 101);
	ck_assert(are_equal(&one, &two));
	ck_assert(!are_equal(&one, &other));
	partition_deinit(&one);
	partition_deinit(&two);
	partition_deinit(&other);
	table_deinit(&table);
}
END_TEST

START_TEST(no_model_alpha_means_that_all_models_are_equally_likely)
{
	struct table table;
	table_init(&table, 1000, 2, NULL);
	struct partition_protocol protocol = usual;
	protocol.clients = 1;
	protocol.model_alpha = 0;
	struct partition partition = draw(&table, protocol, 100);
	uint64_t counts[MODELS];
	dataset_count(&partition.clients[0].train, counts);
	for (size_t m = 0; m < MODELS; m++) {
		ck_assert_uint_gt(counts[m], 140); /* of 750; expected 187.5, standard deviation 11.9 */
		ck_assert_uint_lt(counts[m], 235);
	}
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(by_task_every_label_is_a_client_with_a_legal_name_of_its_own)
{
	static const char *const labels[] = { "Law & Order", "law - order", "",
					      "_x",          "Ökonomie",    "law---order-2" };
	static const char *const names[] = { "law---order", "law---order-2", "law---order-2-2",
					     "task",        "task--konomie", "task_x" };
	struct table table;
	table_init(&table, 60, 6, NULL);
	for (size_t q = 0; q < 60; q++)
		table.queries[q].task = labels[q % 6];
	struct partition partition;
	ck_assert_int_eq(partition_by_task(&table.data, &usual, 100, &partition), 0);
	ck_assert_uint_eq(partition.n, 6);
	for (size_t c = 0; c < 6; c++) {
		ck_assert_str_eq(partition.clients[c].name, names[c]);
		ck_assert_uint_eq(partition.clients[c].n_train_queries, 7);
		ck_assert_uint_eq(partition.clients[c].n_test, 3);
		size_t task = partition.clients[c].test[0] % 6;
		for (size_t i = 0; i < 7; i++)
			ck_assert_uint_eq(partition.clients[c].train.rows[i].query % 6, task);
	}
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(by_task_a_label_longer_than_a_name_is_cut_and_still_numbered)
{
	char one[81], two[81];
	memset(one, 'x', 80);
	memset(two, 'x', 80);
	one[80] = two[80] = '\0';
	two[79] = 'y';
	struct table table;
	table_init(&table, 20, 2, NULL);
	for (size_t q = 0; q < 20; q++)
		table.queries[q].task = q % 2 ? one : two;
	struct partition partition;
	ck_assert_int_eq(partition_by_task(&table.data, &usual, 100, &partition), 0);
	ck_assert_uint_eq(partition.n, 2);
	ck_assert_uint_eq(strlen(partition.clients[0].name), 64);
	ck_assert_uint_eq(strlen(partition.clients[1].name), 64);
	ck_assert_str_eq(partition.clients[0].name + 62, "-2");
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

START_TEST(the_pool_is_all_training_rows_and_every_cell_of_the_test_queries)
{
	struct table table;
	table_init(&table, 300, 4, NULL);
	struct partition partition = draw(&table, usual, 100);
	struct dataset train, test;
	ck_assert_int_eq(partition_pool(&partition, &table.data, &train, &test), 0);
	size_t n_train = 0, n_test = 0;
	for (size_t c = 0; c < partition.n; c++) {
		n_train += partition.clients[c].train.n_rows;
		n_test += partition.clients[c].n_test;
	}
	ck_assert_uint_eq(train.n_rows, n_train);
	ck_assert_uint_eq(test.n_rows, n_test * MODELS);
	ck_assert_uint_eq(n_train + n_test, 300);
	for (size_t i = 1; i < train.n_rows; i++)
		ck_assert_uint_lt(train.rows[i - 1].query, train.rows[i].query);
	for (size_t i = 0; i < test.n_rows; i++)
		ck_assert_uint_eq(test.rows[i].model, i % MODELS);
	dataset_deinit(&train);
	dataset_deinit(&test);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

SUITE_MAIN("partition", every_query_of_every_task_is_dealt_to_one_client_once,
	   three_quarters_of_a_client_rounded_down_train_and_each_shows_one_model,
	   an_observed_cell_is_the_log_s_own,
	   three_labels_per_query_are_three_different_models_or_as_many_as_there_are,
	   only_observed_cells_are_drawn_whatever_the_client_prefers, a_query_without_any_cell_is_in_no_part,
	   a_tiny_alpha_gives_nearly_every_task_to_one_client,
	   clients_without_queries_are_not_there_and_the_others_keep_their_numbers,
	   a_client_with_one_query_only_tests, an_empty_log_has_no_clients,
	   the_same_seed_draws_the_same_and_another_seed_another,
	   no_model_alpha_means_that_all_models_are_equally_likely,
	   by_task_every_label_is_a_client_with_a_legal_name_of_its_own,
	   by_task_a_label_longer_than_a_name_is_cut_and_still_numbered,
	   the_pool_is_all_training_rows_and_every_cell_of_the_test_queries)
