/* client.yaml: what it says, what it need not say, what it must not say. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_client.h"
#include "tests/support/scratch.h"

static const char least[] = "coordinator: c.example.org:8443\nname: hospital-a\n";

static void read_good(const char *text, struct conf_client *conf)
{
	struct findings findings = { 0 };
	int r = conf_client_read(scratch_text("client.yaml", text), &findings, conf);
	ck_assert_msg(r == CONF_E_OK, "%s", findings.n > 0 ? findings.items[0].detail : "");
	ck_assert_uint_eq(findings.n, 0);
}

/* What is wrong with the least file and `text` behind it: one finding in this line, with `what` in it. */
static void check_mistake(const char *text, size_t line, const char *what)
{
	char whole[512];
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client conf;
	snprintf(whole, sizeof(whole), "%s%s", least, text);
	ck_assert_int_eq(conf_client_read(scratch_text("client.yaml", whole), &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_msg(findings.items[0].line == line && strstr(findings.items[0].detail, what) != NULL &&
			      strncmp(findings.items[0].detail, "column ", 7) == 0,
		      "%s → %zu: %s", text, findings.items[0].line, findings.items[0].detail);
	findings_deinit(&findings);
}

START_TEST(a_file_says_everything)
{
	cleanup(conf_client_deinit) struct conf_client conf;
	read_good(
		"coordinator: \"[::1]:8443\"\nname: hospital-a\nproxy: http://proxy:3128\nhttp: 127.0.0.1:9\n"
		"learner: mlp\nmodels: {gpt-4o-2024-08-06: gpt-4o, \"null\": nil}\nkeep_text: true\n"
		"encoder: hash:128\ndefault_model: gpt-4o\n"
		"policy:\n  learners: [ridge, static]\n  minimum_rows_per_model: 5\n"
		"  bytes_per_day: 18446744073709551615\nlog_format: json\nlog_level: debug\n",
		&conf);
	ck_assert_str_eq(conf.coordinator, "[::1]:8443");
	ck_assert_str_eq(conf.name, "hospital-a");
	ck_assert_str_eq(conf.proxy, "http://proxy:3128");
	ck_assert_str_eq(conf.http, "127.0.0.1:9");
	ck_assert_str_eq(conf.learner, "mlp");
	ck_assert_uint_eq(conf.models.n, 2);
	ck_assert_str_eq(conf.models.items[0].local, "gpt-4o-2024-08-06");
	ck_assert_str_eq(conf.models.items[0].canonical, "gpt-4o");
	ck_assert_str_eq(conf.models.items[1].local, "null");
	ck_assert(conf.keep_text);
	ck_assert_str_eq(conf.encoder, "hash:128");
	ck_assert_str_eq(conf.default_model, "gpt-4o");
	ck_assert_uint_eq(conf.policy.learners.n, 2);
	ck_assert_str_eq(conf.policy.learners.items[1], "static");
	ck_assert_uint_eq(conf.policy.minimum_rows_per_model, 5);
	ck_assert_uint_eq(conf.policy.bytes_per_day, UINT64_MAX);
	ck_assert(conf.log_json);
	ck_assert_int_eq(conf.log_level, LOG_DEBUG);
}
END_TEST

static void check_defaults(const struct conf_client *conf)
{
	ck_assert_ptr_null(conf->proxy);
	ck_assert_str_eq(conf->http, "127.0.0.1:0");
	ck_assert_str_eq(conf->learner, "ridge");
	ck_assert_uint_eq(conf->models.n, 0);
	ck_assert(!conf->keep_text);
	ck_assert_str_eq(conf->encoder, "given");
	ck_assert_ptr_null(conf->default_model);
	ck_assert_uint_eq(conf->policy.learners.n, 0);
	ck_assert_uint_eq(conf->policy.minimum_rows_per_model, 0);
	ck_assert_uint_eq(conf->policy.bytes_per_day, 0);
	ck_assert(!conf->log_json);
	ck_assert_int_eq(conf->log_level, LOG_INFO);
}

START_TEST(what_is_left_away_has_its_default)
{
	cleanup(conf_client_deinit) struct conf_client conf;
	cleanup(conf_client_deinit) struct conf_client some;
	read_good(least, &conf);
	check_defaults(&conf);
	read_good("coordinator: a:1\nname: b\npolicy: {bytes_per_day: 7}\n", &some);
	ck_assert_uint_eq(some.policy.bytes_per_day, 7);
	ck_assert_uint_eq(some.policy.minimum_rows_per_model, 0);
}
END_TEST

START_TEST(the_directory_is_the_files)
{
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client conf;
	const char *path = scratch_text("client.yaml", least);
	ck_assert_int_eq(conf_client_read(path, &findings, &conf), CONF_E_OK);
	ck_assert_uint_eq(strlen(conf.dir) + strlen("/client.yaml"), strlen(path));
	ck_assert_mem_eq(conf.dir, path, strlen(conf.dir));
}
END_TEST

START_TEST(the_sample_says_the_defaults)
{
	cleanup(free_pointer) char *sample = NULL;
	cleanup(conf_client_deinit) struct conf_client conf;
	ck_assert_int_eq(conf_client_sample("[::1]:8443", "hospital-a", &sample), 0);
	read_good(sample, &conf);
	ck_assert_str_eq(conf.coordinator, "[::1]:8443");
	ck_assert_str_eq(conf.name, "hospital-a");
	check_defaults(&conf);
}
END_TEST

/* An invitation is a foreign file: what it says cannot become other keys. */
START_TEST(a_hostile_address_stays_one_text)
{
	cleanup(free_pointer) char *sample = NULL;
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client conf;
	ck_assert_int_eq(conf_client_sample("x:1\nkeep_text: true\n\"", "hospital-a", &sample), 0);
	ck_assert_ptr_nonnull(strstr(sample, "coordinator: \"x:1\\x0akeep_text: true\\x0a\\\"\"\n"));
	ck_assert_int_eq(conf_client_read(scratch_text("client.yaml", sample), &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "coordinator needs a host and a port"));
	findings_deinit(&findings);
}
END_TEST

START_TEST(the_sample_of_the_tree_is_the_programs)
{
	char path[1024];
	cleanup(free_pointer) char *sample = NULL;
	snprintf(path, sizeof(path), "%s/client.yaml", getenv("CONFIGS"));
	cleanup(free_pointer) char *kept = scratch_read(path, NULL);
	ck_assert_int_eq(conf_client_sample("coordinator.example.org:8443", "hospital-a", &sample), 0);
	ck_assert_str_eq(kept, sample);
}
END_TEST

START_TEST(mistakes_are_told_where_they_are)
{
	check_mistake("keep_txt: true\n", 3, "column 1: keep_txt: did you mean keep_text?");
	check_mistake("policy: {learner: [ridge]}\n", 3, "learner: did you mean learners?");
	check_mistake("colour: red\n", 3, "colour: leave it away");
	check_mistake("limits: {}\n", 3, "limits: leave it away");
	check_mistake("name: b\n", 3, "name is also in line 2");
	check_mistake("keep_text: yes\n", 3, "column 12: keep_text needs true or false");
	check_mistake("http: 9090\n", 3, "http needs an address and a port");
	check_mistake("proxy: proxy:3128\n", 3, "proxy needs the address of an HTTP proxy");
	check_mistake("proxy: ''\n", 3, "not empty");
	check_mistake("learner: oracle\n", 3, "learner needs the name of a learner");
	check_mistake("encoder: bert\n", 3, "encoder needs given, hash, or hash:DIM");
	check_mistake("models: [a, b]\n", 3, "models needs names with the names they stand for");
	check_mistake("models: {a: [b]}\n", 3, "a needs a name that it stands for");
	check_mistake("models: {a: }\n", 3, "a needs a name that it stands for");
	check_mistake("models:\n", 3, "models needs names");
	check_mistake("policy: []\n", 3, "policy needs keys with values");
	check_mistake("policy:\n  learners: [ridge,\n    oracle]\n", 5,
		      "learners needs the name of a learner");
	check_mistake("policy: {bytes_per_day: -1}\n", 3, "bytes_per_day needs a whole number");
	check_mistake("log_level: trace\n", 3, "log_level needs one of: error warning info debug");
	check_mistake("log_format: [json]\n", 3, "log_format needs one of: logfmt json");
}
END_TEST

START_TEST(every_wrong_value_is_found_at_its_line)
{
	static const size_t lines[] = { 1, 2, 3, 4, 5, 7 };
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client conf;
	const char *path = scratch_text("client.yaml", "coordinator: hub\nname: Client 1\nproxy: ftp://x:1\n"
						       "learner: oracle\nmodels: {gpt: [a]}\npolicy:\n"
						       "  learners: [ridge, oracle]\n");
	ck_assert_int_eq(conf_client_read(path, &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 6);
	for (size_t line = 0; line < 6; line++) {
		size_t found = 0;
		for (size_t i = 0; i < findings.n_items; i++)
			found += findings.items[i].line == lines[line];
		ck_assert_msg(found == 1, "line %zu: %zu findings", lines[line], found);
	}
	findings_deinit(&findings);
}
END_TEST

START_TEST(hostile_texts_are_refused)
{
	check_mistake("models: &a {b: c}\n", 3, "anchors and aliases");
	check_mistake("models: {a: [[[[[[[[b]]]]]]]]}\n", 3, "8 levels");
	check_mistake("default_model: \"a\\0b\"\n", 3, "NUL");
	check_mistake("default_model: \xff\n", 3, "UTF-8");
	check_mistake("---\nname: b\n", 4, "second document");
}
END_TEST

START_TEST(a_file_that_is_not_there_is_said_to_be_so)
{
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client conf;
	ck_assert_int_eq(conf_client_read(scratch_path("nowhere"), &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("client.yaml", a_file_says_everything, what_is_left_away_has_its_default,
	   the_directory_is_the_files, the_sample_says_the_defaults, a_hostile_address_stays_one_text,
	   the_sample_of_the_tree_is_the_programs, mistakes_are_told_where_they_are,
	   every_wrong_value_is_found_at_its_line, hostile_texts_are_refused,
	   a_file_that_is_not_there_is_said_to_be_so)
