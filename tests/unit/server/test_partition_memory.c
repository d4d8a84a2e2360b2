/* Partitions when memory runs out: nothing leaks, and there is the whole partition or none. */
#include "tests/support/suite.h"

#include "server/simulate/partition.h"
#include "tests/support/scratch.h"
#include "tests/support/shortage.h"
#include "tests/unit/server/table.h"

static const struct partition_protocol protocol = { 3, 0.6, 0.45, 2, 0.75 };

struct use {
	struct table table;
	const char *path;
};

static int end(int result, const struct partition *partition)
{
	shortage_end();
	ck_assert((result == 0) == (partition->n > 0));
	return result;
}

static int draw(void *context)
{
	const struct use *use = context;
	struct partition partition = { 0 };
	int r = end(partition_draw(&use->table.data, &protocol, 7, &partition), &partition);
	partition_deinit(&partition);
	return r;
}

static int split_by_task(void *context)
{
	const struct use *use = context;
	struct partition partition = { 0 };
	int r = end(partition_by_task(&use->table.data, &protocol, 7, &partition), &partition);
	partition_deinit(&partition);
	return r;
}

static int read_file(void *context)
{
	const struct use *use = context;
	struct findings findings = { 0 };
	struct partition partition = { 0 };
	int r = end(partition_read(use->path, &use->table.data, &findings, &partition), &partition);
	findings_deinit(&findings);
	partition_deinit(&partition);
	return r;
}

static void check(shortage_work work)
{
	struct use use = { .path = scratch_path("partition.json") };
	struct partition partition;
	table_init(&use.table, 30, 2, NULL);
	ck_assert_int_eq(partition_draw(&use.table.data, &protocol, 7, &partition), 0);
	ck_assert_int_eq(partition_write(&partition, &use.table.data, 7, use.path), 0);
	partition_deinit(&partition);
	ck_assert_uint_gt(shortage_try(work, &use, false), 5);
	shortage_try(work, &use, true);
	table_deinit(&use.table);
}

START_TEST(a_partition_is_drawn_as_a_whole_or_not_at_all)
{
	check(draw);
}
END_TEST

START_TEST(a_log_is_split_by_task_as_a_whole_or_not_at_all)
{
	check(split_by_task);
}
END_TEST

START_TEST(a_partition_is_read_as_a_whole_or_not_at_all)
{
	check(read_file);
}
END_TEST

SUITE_MAIN("Partitions without memory", a_partition_is_drawn_as_a_whole_or_not_at_all,
	   a_log_is_split_by_task_as_a_whole_or_not_at_all, a_partition_is_read_as_a_whole_or_not_at_all)
