/* The consortium as files: what the clients' logs say is what the partition says of the whole. */
#include "tests/support/suite.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/data/log.h"
#include "server/sample/sample.h"

enum { CLIENTS = 4, QUERIES = 400, PATH = 512 };

static char scratch[PATH], dir[PATH];

static int remove_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

static void set_up(void)
{
	snprintf(scratch, sizeof(scratch), "/tmp/sample-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	snprintf(dir, sizeof(dir), "%.400s/consortium", scratch);
}

static void tear_down(void)
{
	ck_assert_int_eq(nftw(scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static int write_world(uint64_t seed)
{
	struct world world;
	ck_assert_int_eq(world_init(CLIENTS, QUERIES, seed, &world), 0);
	int result = sample_write(&world, seed, dir);
	world_deinit(&world);
	return result;
}

static struct log *read_log(const char *name)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	const char *const files[] = { path };
	struct log_source source = { .n_files = 1, .files = files, .encoder = "hash:16" };
	struct findings findings = { 0 };
	struct log *log;
	ck_assert_int_eq(log_read(&source, &findings, &log), LOG_E_OK);
	ck_assert_uint_eq(findings.n, 0);
	return log;
}

static void are_same_rows(const struct dataset *logged, const struct dataset *train)
{
	ck_assert_uint_eq(logged->n_rows, train->n_rows);
	for (size_t i = 0; i < train->n_rows; i++) {
		const struct observation *a = &logged->rows[i], *b = &train->rows[i];
		ck_assert_str_eq(logged->queries[a->query].id, train->queries[b->query].id);
		ck_assert_str_eq(logged->queries[a->query].text, train->queries[b->query].text);
		ck_assert_str_eq(logged->queries[a->query].task, train->queries[b->query].task);
		ck_assert_str_eq(logged->models[a->model], train->models[b->model]);
		ck_assert_double_eq(a->score, b->score);
		ck_assert_double_eq(a->cost, b->cost);
	}
}

START_TEST(the_partition_s_training_cells_are_the_clients_logs)
{
	set_up();
	ck_assert_int_eq(write_world(5), SAMPLE_E_OK);
	struct log *all = read_log("all.jsonl");
	ck_assert_uint_eq(log_data(all)->n_rows, QUERIES * 8);
	struct partition partition;
	struct findings findings = { 0 };
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/partition.json", dir);
	ck_assert_int_eq(partition_read(path, log_data(all), &findings, &partition), PARTITION_E_OK);
	ck_assert_uint_eq(partition.n, CLIENTS);
	for (size_t c = 0; c < CLIENTS; c++) {
		char name[PATH];
		snprintf(name, sizeof(name), "clients/client-%02zu/log.jsonl", c);
		struct log *log = read_log(name);
		are_same_rows(log_data(log), &partition.clients[c].train);
		log_free(log);
	}
	partition_deinit(&partition);
	log_free(all);
	tear_down();
}
END_TEST

START_TEST(an_empty_folder_is_filled_and_anything_else_is_left_alone)
{
	set_up();
	ck_assert_int_eq(mkdir(dir, 0777), 0);
	ck_assert_int_eq(write_world(1), SAMPLE_E_OK);
	ck_assert_int_eq(write_world(1), SAMPLE_E_TAKEN);
	snprintf(dir, sizeof(dir), "%.400s/file", scratch);
	FILE *file = fopen(dir, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(write_world(1), SAMPLE_E_TAKEN);
	tear_down();
}
END_TEST

START_TEST(a_folder_whose_parent_is_missing_is_a_failure)
{
	set_up();
	snprintf(dir, sizeof(dir), "%.400s/no/where", scratch);
	ck_assert_int_lt(write_world(1), 0);
	tear_down();
}
END_TEST

static char *read_file(const char *name, size_t *n)
{
	char path[2 * PATH];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	char *text = malloc(1 << 20);
	*n = fread(text, 1, 1 << 20, file);
	ck_assert_int_eq(fclose(file), 0);
	return text;
}

START_TEST(the_same_seed_writes_the_same_bytes)
{
	static const char *const names[] = { "all.jsonl", "partition.json", "clients/client-02/log.jsonl" };
	char *first[3];
	size_t n[3], again;
	set_up();
	ck_assert_int_eq(write_world(9), SAMPLE_E_OK);
	for (size_t i = 0; i < 3; i++)
		first[i] = read_file(names[i], &n[i]);
	snprintf(dir, sizeof(dir), "%.400s/again", scratch);
	ck_assert_int_eq(write_world(9), SAMPLE_E_OK);
	for (size_t i = 0; i < 3; i++) {
		char *text = read_file(names[i], &again);
		ck_assert_uint_eq(again, n[i]);
		ck_assert_mem_eq(text, first[i], n[i]);
		free(text);
		free(first[i]);
	}
	tear_down();
}
END_TEST

SUITE_MAIN("sample", the_partition_s_training_cells_are_the_clients_logs,
	   an_empty_folder_is_filled_and_anything_else_is_left_alone,
	   a_folder_whose_parent_is_missing_is_a_failure, the_same_seed_writes_the_same_bytes)
