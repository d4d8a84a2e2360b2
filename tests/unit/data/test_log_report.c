/* What a person and a script are told about a log. */
#include "tests/unit/data/reading.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"

/* Two tasks; b is not asked the second query; one bad cell, one duplicate, derived costs. */
static struct reading example(void)
{
	return reading_text(
		"log.jsonl",
		"{\"id\":\"p\",\"task\":\"math\",\"query\":\"secret one\",\"scores\":{\"a\":1,\"b\":0.5},"
		"\"derived_costs\":{\"a\":0.002,\"b\":0.001}}\n"
		"{\"id\":\"q\",\"task\":\"art\",\"query\":\"secret two\",\"scores\":{\"a\":0,\"b\":1.7},"
		"\"derived_costs\":{\"a\":0.004,\"b\":1}}\n"
		"{\"id\":\"q\",\"query\":\"secret two\",\"model\":\"a\",\"score\":0,\"cost\":0.004}\n"
		"{\"id\":\"r\",\"task\":\"math\",\"query\":\"secret three\",\"model\":\"a\","
		"\"score\":null,\"cost\":0}\n",
		0.5);
}

static char *printed(const struct reading *reading)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	log_report_print(reading->log, &reading->findings, out);
	fclose(out);
	return text;
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

START_TEST(a_person_reads_counts_reasons_models_and_the_coverage_of_tasks)
{
	struct reading reading = example();
	char *text = printed(&reading);
	has(text, "rows          6 read, 1 bad, 1 duplicates, 0 replaced by later ones\n");
	has(text, "observations  4 of 3 queries, 2 models, 2 tasks\n");
	has(text, "encoder       hash, 8 dimensions\n");
	has(text, "derived from published prices");
	has(text, "            1 × score outside [0,1]\n");
	has(text, "log.jsonl:2: score outside [0,1]: model \"b\": 1.7: ");
	has(text, "   1            3  0.500    0.002  a\n");
	has(text, "   2            1  0.500    0.001  b\n");
	has(text, "queries      1      2  task\n"
		  "      1      1      0  art\n"
		  "      2      2      1  math\n");
	ck_assert_ptr_null(strstr(text, "secret"));
	free(text);
	reading_close(&reading);
}
END_TEST

static json_int_t integer_at(const json_t *json, const char *key)
{
	ck_assert_msg(json_is_integer(json_object_get(json, key)), "no number %s", key);
	return json_integer_value(json_object_get(json, key));
}

static json_t *json_of(const struct reading *reading)
{
	char *text;
	ck_assert_int_eq(log_report_json(reading->log, &reading->findings, &text), 0);
	json_t *json = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(json);
	free(text);
	return json;
}

static const char *string_at(const json_t *json, const char *key)
{
	ck_assert_msg(json_is_string(json_object_get(json, key)), "no string %s", key);
	return json_string_value(json_object_get(json, key));
}

static void has_counts(const json_t *json)
{
	ck_assert_str_eq(string_at(json, "schema"), "fedrouter.log/1");
	ck_assert_int_eq(integer_at(json, "rows_read"), 6);
	ck_assert_int_eq(integer_at(json, "rows_bad"), 1);
	ck_assert_int_eq(integer_at(json, "duplicates"), 1);
	ck_assert_int_eq(integer_at(json, "replaced"), 0);
	ck_assert_int_eq(integer_at(json, "queries"), 3);
	ck_assert_int_eq(integer_at(json, "observations"), 4);
	ck_assert(json_is_true(json_object_get(json, "derived_costs")));
	ck_assert_str_eq(string_at(json_object_get(json, "encoder"), "name"), "hash");
}

START_TEST(a_script_reads_the_same_as_json)
{
	struct reading reading = example();
	json_t *json = json_of(&reading);
	has_counts(json);
	json_t *model = json_array_get(json_object_get(json, "models"), 0);
	ck_assert_str_eq(string_at(model, "model"), "a");
	ck_assert_int_eq(integer_at(model, "observations"), 3);
	ck_assert_double_eq(json_real_value(json_object_get(model, "score")), 0.5);
	ck_assert_double_eq(json_real_value(json_object_get(model, "cost")), 0.006 / 3);
	json_t *task = json_array_get(json_object_get(json, "tasks"), 0);
	ck_assert_str_eq(string_at(task, "task"), "art");
	ck_assert_int_eq(integer_at(task, "queries"), 1);
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(task, "observations"), 0)), 1);
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(task, "observations"), 1)), 0);
	json_t *reason = json_array_get(json_object_get(json, "reasons"), 0);
	ck_assert_str_eq(string_at(reason, "reason"), "score outside [0,1]");
	ck_assert_int_eq(integer_at(reason, "n"), 1);
	json_t *finding = json_array_get(json_object_get(json, "findings"), 0);
	ck_assert_int_eq(integer_at(finding, "line"), 2);
	ck_assert_ptr_nonnull(strstr(string_at(finding, "file"), "log.jsonl"));
	json_decref(json);
	reading_close(&reading);
}
END_TEST

START_TEST(file_names_that_are_not_utf8_do_not_break_the_json)
{
	struct reading reading =
		reading_text("l\xffg.jsonl",
			     "{\"id\":\"p\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":5,\"c\":1},"
			     "\"costs\":{\"a\":1,\"c\":1}}\n"
			     "{\"id\":\"p\",\"query\":\"y\",\"model\":\"a\",\"score\":1,\"cost\":1}\n",
			     0.5);
	json_t *json = json_of(&reading);
	json_t *findings = json_object_get(json, "findings");
	ck_assert_uint_eq(json_array_size(findings), 2);
	ck_assert_ptr_nonnull(strstr(string_at(json_array_get(findings, 0), "file"), "l?g.jsonl"));
	ck_assert_ptr_nonnull(
		strstr(string_at(json_array_get(findings, 1), "detail"), "l?g.jsonl:1 is kept"));
	json_decref(json);
	reading_close(&reading);
}
END_TEST

START_TEST(a_task_cannot_steer_the_terminal)
{
	struct reading reading = reading_text(
		"log.jsonl",
		"{\"id\":\"p\",\"task\":\"\\u001b[2Jmath\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":1},"
		"\"costs\":{\"a\":1,\"b\":1}}\n",
		0);
	char *text = printed(&reading);
	ck_assert_ptr_null(strchr(text, '\x1b'));
	has(text, "  ?[2Jmath\n");
	free(text);
	reading_close(&reading);
}
END_TEST

START_TEST(a_finding_without_a_detail_is_null_in_json)
{
	const char *const files[] = {
		scratch_text("1.jsonl", ""),
		scratch_text("2.jsonl", "{\"id\":\"p\",\"query\":\"x\",\"scores\":{\"a\":1,\"b\":1},"
					"\"costs\":{\"a\":1,\"b\":1}}\n")
	};
	struct reading reading =
		reading_of((struct log_source){ .n_files = 2, .files = files, .encoder = "hash:8" });
	json_t *json = json_of(&reading);
	json_t *finding = json_array_get(json_object_get(json, "findings"), 0);
	ck_assert_str_eq(string_at(finding, "reason"), "note: file has no observation");
	ck_assert(json_is_null(json_object_get(finding, "detail")));
	json_decref(json);
	reading_close(&reading);
}
END_TEST

SUITE_MAIN("data/log_report", a_person_reads_counts_reasons_models_and_the_coverage_of_tasks,
	   a_script_reads_the_same_as_json, file_names_that_are_not_utf8_do_not_break_the_json,
	   a_task_cannot_steer_the_terminal, a_finding_without_a_detail_is_null_in_json)
