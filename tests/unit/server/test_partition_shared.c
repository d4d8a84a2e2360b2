/* The partitions that came with the recorded logs; skipped where those are not. */
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/data/log.h"
#include "server/simulate/partition.h"

enum { SKIPPED = 77, PATH = 4096 };

static const char *folder(void)
{
	const char *named = getenv("FEDROUTER_SHARED");
	return named ? named : getenv("SHARED_DATA");
}

/* Read the log's complete sub-table and the partition; compare with what the partition is known to hold. */
static void holds(const char *name, const char *partition_name, size_t clients, size_t train, size_t test)
{
	char path[PATH], embeddings[PATH], file[PATH];
	struct findings findings = { 0 };
	snprintf(path, sizeof(path), "%s/%s.jsonl.gz", folder(), name);
	snprintf(embeddings, sizeof(embeddings), "%s/%s.minilm.npy", folder(), name);
	snprintf(file, sizeof(file), "%s/partitions/%s.json", folder(), partition_name);
	const char *const files[] = { path };
	struct log_source source = {
		.n_files = 1, .files = files, .embeddings = embeddings, .max_bad = LOG_MAX_BAD
	};
	struct log *log;
	struct dataset complete, pooled, tested;
	const char **models;
	struct partition partition;
	ck_assert_int_eq(log_read(&source, &findings, &log), LOG_E_OK);
	ck_assert_int_eq(log_complete(log_data(log), &models, &complete), 0);
	ck_assert_int_eq(partition_read(file, &complete, &findings, &partition), PARTITION_E_OK);
	ck_assert_uint_eq(partition.n, clients);
	ck_assert_int_eq(partition_pool(&partition, &complete, &pooled, &tested), 0);
	ck_assert_uint_eq(pooled.n_rows, train);
	ck_assert_uint_eq(tested.n_rows, test * complete.n_models);
	dataset_deinit(&pooled);
	dataset_deinit(&tested);
	partition_deinit(&partition);
	dataset_deinit(&complete);
	free(models);
	log_free(log);
	findings_deinit(&findings);
}

START_TEST(all_five_partitions_load)
{
	holds("cascades_9model", "cascades_9model.100", 10, 4124, 1381);
	holds("cascades_9model", "cascades_9model.101", 10, 4126, 1379);
	holds("cascades_9model", "cascades_9model.102", 10, 4124, 1381);
	holds("openllm_v2", "openllm_v2.100", 10, 13623, 4548);
	holds("optllm_logparsing", "optllm_logparsing.by-task", 16, 11605, 3877);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { all_five_partitions_load };
	char path[PATH];
	snprintf(path, sizeof(path), "%s/partitions", folder() ? folder() : "");
	if (access(path, R_OK) != 0) {
		printf("skipped: no recorded logs in %s\n", path);
		return SKIPPED;
	}
	return suite_main("partition_shared", tests, 1);
}
