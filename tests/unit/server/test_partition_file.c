/* Partitions as files: what is written reads back, and what does not fit the log is refused by name. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/simulate/partition.h"
#include "tests/unit/server/table.h"

static char path[64];

static bool no_d_and_nothing_for_q007(size_t query, size_t model)
{
	return model != 3 && query != 7;
}

static const char *write_text(const char *text)
{
	snprintf(path, sizeof(path), "/tmp/partition-%ld.json", (long)getpid());
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

/* The text must be refused for this reason, at this place. */
static void refused(const char *text, const char *reason, const char *detail)
{
	struct table table;
	struct findings findings = { 0 };
	struct partition partition = { 0 };
	table_init(&table, 10, 2, no_d_and_nothing_for_q007);
	ck_assert_int_eq(partition_read(write_text(text), &table.data, &findings, &partition),
			 PARTITION_E_BAD);
	unlink(path);
	ck_assert_uint_eq(partition.n, 0);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, path);
	ck_assert_str_eq(findings.items[0].reason, reason);
	ck_assert_msg(strstr(findings.items[0].detail, detail) != NULL, "no \"%s\" in \"%s\"", detail,
		      findings.items[0].detail);
	findings_deinit(&findings);
	table_deinit(&table);
}

START_TEST(what_is_written_reads_back)
{
	static const struct partition_protocol protocol = { 4, 0.6, 0.45, 2, 0.75 };
	struct table table;
	struct findings findings = { 0 };
	struct partition drawn, again;
	table_init(&table, 200, 3, NULL);
	ck_assert_int_eq(partition_draw(&table.data, &protocol, 7, &drawn), 0);
	ck_assert_int_eq(partition_write(&drawn, &table.data, 7, write_text("")), 0);
	ck_assert_int_eq(partition_read(path, &table.data, &findings, &again), PARTITION_E_OK);
	unlink(path);
	ck_assert_uint_eq(findings.n, 0);
	ck_assert_uint_eq(again.n, drawn.n);
	for (size_t c = 0; c < drawn.n; c++) {
		const struct partition_client *a = &drawn.clients[c], *b = &again.clients[c];
		ck_assert_str_eq(a->name, b->name);
		ck_assert_uint_eq(a->n_train_queries, b->n_train_queries);
		ck_assert_uint_eq(a->n_test, b->n_test);
		ck_assert_mem_eq(a->test, b->test, a->n_test * sizeof(*a->test));
		ck_assert_uint_eq(a->train.n_rows, b->train.n_rows);
		ck_assert_mem_eq(a->train.rows, b->train.rows, a->train.n_rows * sizeof(*a->train.rows));
	}
	partition_deinit(&drawn);
	partition_deinit(&again);
	table_deinit(&table);
}
END_TEST

START_TEST(names_are_given_by_place_and_seed_and_other_fields_do_not_matter)
{
	struct table table;
	struct findings findings = { 0 };
	struct partition partition;
	table_init(&table, 10, 2, NULL);
	write_text("{\"seed\":\"x\",\"note\":[1],\"clients\":["
		   "{\"train\":[[\"q003\",\"b\"],[\"q001\",\"d\"],[\"q003\",\"a\"]],"
		   "\"test\":[\"q009\",\"q004\"]},"
		   "{\"name\":\"bank\",\"train\":[],\"test\":[],\"since\":1},"
		   "{\"train\":[],\"test\":[\"q000\"]}]}");
	ck_assert_int_eq(partition_read(path, &table.data, &findings, &partition), PARTITION_E_OK);
	unlink(path);
	ck_assert_uint_eq(partition.n, 3);
	ck_assert_str_eq(partition.clients[0].name, "bank");
	ck_assert_uint_eq(partition.clients[0].train.n_rows + partition.clients[0].n_test, 0);
	ck_assert_str_eq(partition.clients[1].name, "client-00");
	ck_assert_str_eq(partition.clients[2].name, "client-02");
	const struct partition_client *first = &partition.clients[1];
	ck_assert_uint_eq(first->n_train_queries, 2);
	ck_assert_uint_eq(first->train.n_rows, 3);
	ck_assert_uint_eq(first->train.rows[0].query, 1);
	ck_assert_uint_eq(first->train.rows[1].model, 0);
	ck_assert_double_eq(first->train.rows[2].cost, 2.0);
	ck_assert_uint_eq(first->test[0], 4);
	ck_assert_uint_eq(first->test[1], 9);
	partition_deinit(&partition);
	table_deinit(&table);
}
END_TEST

#define CLIENTS(clients) "{\"clients\":[" clients "]}"
#define CLIENT(train, test) "{\"train\":[" train "],\"test\":[" test "]}"

START_TEST(unknown_queries_models_and_cells_are_named)
{
	refused(CLIENTS(CLIENT("[\"q001\",\"a\"]", "") "," CLIENT("[\"q002\",\"a\"],[\"q0\",\"a\"]", "")),
		"unknown query", "clients[1].train[1], \"q0\": not in the log");
	refused(CLIENTS(CLIENT("", "\"q001\",\"q999\"")), "unknown query",
		"clients[0].test[1], \"q999\": not in");
	refused(CLIENTS(CLIENT("[\"q001\",\"e\"]", "")), "unknown model",
		"clients[0].train[0], \"e\": not in the log");
	refused(CLIENTS(CLIENT("[\"q001\",\"d\"]", "")), "missing cell",
		"clients[0].train[0], \"q001\": the log has no");
	refused(CLIENTS(CLIENT("", "\"q007\"")), "query without observations",
		"clients[0].test[0], \"q007\"");
	refused(CLIENTS(CLIENT("[\"q007\",\"a\"]", "")), "query without observations",
		"clients[0].train[0], \"q007\"");
}
END_TEST

START_TEST(a_query_is_used_once)
{
	refused(CLIENTS(CLIENT("[\"q001\",\"a\"]", "") "," CLIENT("[\"q001\",\"b\"]", "")),
		"query used twice", "clients[1].train[0], \"q001\": another client has it");
	refused(CLIENTS(CLIENT("[\"q001\",\"a\"]", "") "," CLIENT("", "\"q001\"")), "query used twice",
		"clients[1].test[0], \"q001\": another client has it");
	refused(CLIENTS(CLIENT("[\"q001\",\"a\"]", "\"q002\",\"q001\"")), "query used twice",
		"clients[0].test[1], \"q001\": it is for training and for testing");
	refused(CLIENTS(CLIENT("", "\"q002\",\"q002\"")), "query used twice",
		"clients[0].test[1], \"q002\": it is named twice");
	refused(CLIENTS(CLIENT("[\"q001\",\"a\"],[\"q001\",\"a\"]", "")), "observation used twice",
		"clients[0].train[1], \"q001\": query and model are named twice");
}
END_TEST

START_TEST(names_are_legal_and_differ)
{
	refused(CLIENTS("{\"name\":\"x\",\"train\":[],\"test\":[]},"
			"{\"name\":\"x\",\"train\":[],\"test\":[]}"),
		"duplicate client name", "clients[1]: an earlier client");
	refused(CLIENTS("{\"name\":\"client-01\",\"train\":[],\"test\":[]}," CLIENT("", "")),
		"duplicate client name", "clients[1]: an earlier client");
	refused(CLIENTS("{\"name\":\"Bank\",\"train\":[],\"test\":[]}"), "not a client's name",
		"clients[0]: write");
	refused(CLIENTS("{\"name\":\"../x\",\"train\":[],\"test\":[]}"), "not a client's name",
		"clients[0]: write");
	refused(CLIENTS("{\"name\":\"\",\"train\":[],\"test\":[]}"), "not a client's name",
		"clients[0]: write");
	refused(CLIENTS("{\"name\":7,\"train\":[],\"test\":[]}"), "not a client's name", "clients[0]: write");
}
END_TEST

START_TEST(other_forms_are_not_partitions)
{
	refused("[]", "not a partition", "no list \"clients\"");
	refused("{\"clients\":[]}", "not a partition", "at least one client");
	refused("{\"clients\":{}}", "not a partition", "no list \"clients\"");
	refused(CLIENTS("3"), "not a partition", "clients[0]: every client is an object");
	refused(CLIENTS("{\"train\":[]}"), "not a partition", "clients[0]: every client is an object");
	refused(CLIENTS("{\"train\":{},\"test\":[]}"), "not a partition",
		"clients[0]: every client is an object");
	refused(CLIENTS(CLIENT("[\"q001\"]", "")), "not a partition", "clients[0].train[0]: write [");
	refused(CLIENTS(CLIENT("[\"q001\",\"a\",1]", "")), "not a partition", "clients[0].train[0]: write [");
	refused(CLIENTS(CLIENT("[\"q001\",1]", "")), "not a partition", "clients[0].train[0]: write [");
	refused(CLIENTS(CLIENT("", "[\"q001\"]")), "not a partition",
		"clients[0].test[0]: write the query's id");
}
END_TEST

START_TEST(what_is_not_json_is_told_with_its_line)
{
	struct table table;
	struct findings findings = { 0 };
	struct partition partition;
	table_init(&table, 10, 2, NULL);
	ck_assert_int_eq(partition_read(write_text("{\"clients\":\n[{]}"), &table.data, &findings,
					&partition),
			 PARTITION_E_BAD);
	unlink(path);
	ck_assert_str_eq(findings.items[0].reason, "not JSON");
	ck_assert_uint_eq(findings.items[0].line, 2);
	findings_deinit(&findings);
	table_deinit(&table);
	refused("", "not JSON", "write the partition again");
	refused("{\"clients\":[],\"clients\":[]}", "not JSON", "duplicate object key");
	refused("{\"clients\":[]} x", "not JSON", "end of file expected");
}
END_TEST

START_TEST(a_hundred_thousand_brackets_are_refused)
{
	char *text = malloc(100001);
	memset(text, '[', 100000);
	text[100000] = '\0';
	refused(text, "not JSON", "depth");
	free(text);
}
END_TEST

START_TEST(a_path_that_is_not_there_is_told)
{
	struct table table;
	struct findings findings = { 0 };
	struct partition partition;
	table_init(&table, 10, 2, NULL);
	ck_assert_int_eq(partition_read("/nowhere/p.json", &table.data, &findings, &partition),
			 PARTITION_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, "/nowhere/p.json");
	ck_assert_str_eq(findings.items[0].reason, "partition not readable");
	ck_assert_str_eq(findings.items[0].detail, "No such file or directory; check the path");
	findings_deinit(&findings);
	table_deinit(&table);
}
END_TEST

SUITE_MAIN("partition_file", what_is_written_reads_back,
	   names_are_given_by_place_and_seed_and_other_fields_do_not_matter,
	   unknown_queries_models_and_cells_are_named, a_query_is_used_once, names_are_legal_and_differ,
	   other_forms_are_not_partitions, what_is_not_json_is_told_with_its_line,
	   a_hundred_thousand_brackets_are_refused, a_path_that_is_not_there_is_told)
