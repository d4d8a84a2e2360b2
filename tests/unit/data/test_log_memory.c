/* Logs when memory runs out: nothing leaks, and there is the whole log or none. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/data/log.h"
#include "tests/support/scratch.h"
#include "tests/support/shortage.h"

static const char jsonl[] =
	"{\"id\":\"q1\",\"query\":\"What?\",\"model\":\"a\",\"score\":1,\"cost\":0.1,\"task\":\"t\"}\n"
	"{\"id\":\"q1\",\"query\":\"What?\",\"model\":\"b\",\"score\":0.5,\"cost\":0.01}\n"
	"{\"query\":\"Why?\",\"scores\":{\"a\":1,\"b\":0},\"costs\":{\"a\":1,\"b\":2}}\n";
static const char csv[] = "sample_id,prompt,eval_name,a,b,a|total_cost,b|total_cost\n"
			  "q1,\"['What?', 'And\nwhy?']\",mmlu,1,0.5,0.1,0.01\nq2,x,mmlu,1,1,1,1\n";

static int read_log(void *context)
{
	const char *path = context;
	const struct log_source source = {
		.n_files = 1, .files = &path, .encoder = "hash:4", .max_bad = LOG_MAX_BAD
	};
	struct findings findings = { 0 };
	struct log *log = NULL;
	int r = log_read(&source, &findings, &log);
	shortage_end();
	ck_assert((r == LOG_E_OK) == (log != NULL));
	if (log)
		ck_assert_uint_eq(log_data(log)->n_rows, 4);
	log_free(log);
	findings_deinit(&findings);
	return r;
}

static void check(const char *path)
{
	ck_assert_uint_gt(shortage_try(read_log, (void *)path, false), 30);
	shortage_try(read_log, (void *)path, true);
}

START_TEST(json_lines_are_read_as_a_whole_or_not_at_all)
{
	check(scratch_text("log.jsonl", jsonl));
}
END_TEST

START_TEST(a_csv_is_read_as_a_whole_or_not_at_all)
{
	check(scratch_text("log.csv", csv));
}
END_TEST

struct use {
	const struct log *log;
	const char *path;
};

static int use_log(void *context)
{
	const struct use *use = context;
	const struct log *log = use->log;
	struct findings findings = { 0 };
	cleanup(free_pointer) char *report = NULL;
	cleanup(free_pointer) const char **models = NULL;
	struct dataset complete = { 0 };
	int r = log_report_json(log, &findings, &report);
	if (r == 0)
		r = log_complete(log_data(log), &models, &complete);
	if (r == 0)
		r = log_write(log_data(log), use->path);
	shortage_end();
	unlink(use->path);
	dataset_deinit(&complete);
	return r;
}

START_TEST(what_is_made_of_a_log_is_whole_or_not_there)
{
	const char *path = scratch_text("log.jsonl", jsonl);
	const struct log_source source = {
		.n_files = 1, .files = &path, .encoder = "hash:4", .max_bad = LOG_MAX_BAD
	};
	struct findings findings = { 0 };
	struct log *log;
	ck_assert_int_eq(log_read(&source, &findings, &log), LOG_E_OK);
	struct use use = { log, scratch_path("written") };
	ck_assert_uint_gt(shortage_try(use_log, &use, false), 10);
	shortage_try(use_log, &use, true);
	log_free(log);
}
END_TEST

SUITE_MAIN("Logs without memory", json_lines_are_read_as_a_whole_or_not_at_all,
	   a_csv_is_read_as_a_whole_or_not_at_all, what_is_made_of_a_log_is_whole_or_not_there)
