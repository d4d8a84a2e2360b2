/* client.yaml: what a file may say, what holds without it, and every mistake in one go. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_client.h"
#include "tests/support/scratch.h"

static int read_text(const char *text, struct findings *findings, struct conf_client *out)
{
	return conf_client_read(scratch_text("client.yaml", text), findings, out);
}

START_TEST(two_keys_are_enough_and_the_rest_has_defaults)
{
	struct findings findings = { 0 };
	struct conf_client conf;
	ck_assert_int_eq(read_text("coordinator: hub.example.org:8443\nname: client-01\n", &findings, &conf),
			 CONF_E_OK);
	ck_assert_str_eq(conf.coordinator, "hub.example.org:8443");
	ck_assert_str_eq(conf.name, "client-01");
	ck_assert_ptr_null(conf.proxy);
	ck_assert_str_eq(conf.http, "127.0.0.1:0");
	ck_assert_str_eq(conf.learner, "ridge");
	ck_assert_str_eq(conf.encoder, "given");
	ck_assert(!conf.keep_text && !conf.log_json);
	ck_assert_int_eq(conf.log_level, LOG_INFO);
	ck_assert_uint_eq(conf.policy.learners.n, 0);
	ck_assert_uint_eq(conf.policy.bytes_per_day, 0);
	size_t n = strlen(conf.dir);
	ck_assert_mem_eq(conf.dir, scratch_path("client.yaml"), n);
	ck_assert_str_eq(scratch_path("client.yaml") + n, "/client.yaml");
	conf_client_deinit(&conf);
}
END_TEST

START_TEST(every_key_is_taken)
{
	struct findings findings = { 0 };
	struct conf_client conf;
	ck_assert_int_eq(
		read_text("coordinator: \"[2001:db8::1]:8443\"\nname: client-01\n"
			  "proxy: http://proxy.example.org:3128\nhttp: 0.0.0.0:9100\nlearner: mlp\n"
			  "models: {gpt: openai/gpt, tiny: small}\nkeep_text: true\nencoder: hash:64\n"
			  "default_model: gpt\npolicy:\n  learners: [ridge, static]\n"
			  "  minimum_rows_per_model: 20\n  bytes_per_day: 5000000000\n"
			  "log_format: json\nlog_level: debug\n",
			  &findings, &conf),
		CONF_E_OK);
	ck_assert_str_eq(conf.proxy, "http://proxy.example.org:3128");
	ck_assert_str_eq(conf.http, "0.0.0.0:9100");
	ck_assert_str_eq(conf.learner, "mlp");
	ck_assert_uint_eq(conf.models.n, 2);
	ck_assert_str_eq(conf.models.items[1].local, "tiny");
	ck_assert_str_eq(conf.models.items[1].canonical, "small");
	ck_assert(conf.keep_text && conf.log_json);
	ck_assert_str_eq(conf.encoder, "hash:64");
	ck_assert_str_eq(conf.default_model, "gpt");
	ck_assert_uint_eq(conf.policy.learners.n, 2);
	ck_assert_str_eq(conf.policy.learners.items[1], "static");
	ck_assert_uint_eq(conf.policy.minimum_rows_per_model, 20);
	ck_assert_uint_eq(conf.policy.bytes_per_day, 5000000000u);
	ck_assert_int_eq(conf.log_level, LOG_DEBUG);
	conf_client_deinit(&conf);
}
END_TEST

START_TEST(every_wrong_value_is_found_at_its_line)
{
	static const size_t lines[] = { 1, 2, 3, 4, 5, 7 };
	struct findings findings = { 0 };
	struct conf_client conf;
	ck_assert_int_eq(read_text("coordinator: hub\nname: Client 1\nproxy: ftp://x:1\nlearner: oracle\n"
				   "models: {gpt: [a]}\npolicy:\n  learners: [ridge, oracle]\n",
				   &findings, &conf),
			 CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 6);
	for (size_t line = 0; line < 6; line++) {
		size_t found = 0;
		for (size_t i = 0; i < findings.n_items; i++)
			found += findings.items[i].line == lines[line];
		ck_assert_msg(found == 1, "line %zu: %zu findings", lines[line], found);
	}
	conf_client_deinit(&conf);
	findings_deinit(&findings);
}
END_TEST

START_TEST(missing_and_unknown_keys_and_other_kinds_are_found)
{
	struct findings findings = { 0 };
	struct conf_client conf;
	ck_assert_int_eq(read_text("coordinator: hub:1\nnmae: client-01\nkeep_text: perhaps\n", &findings,
				   &conf),
			 CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 3);
	conf_client_deinit(&conf);
	findings_deinit(&findings);
}
END_TEST

START_TEST(the_sample_is_a_file_that_says_what_it_was_made_for)
{
	struct findings findings = { 0 };
	struct conf_client conf;
	char *text;
	ck_assert_int_eq(conf_client_sample("hub.example.org:8443", "client-01", &text), 0);
	ck_assert_int_eq(read_text(text, &findings, &conf), CONF_E_OK);
	ck_assert_str_eq(conf.coordinator, "hub.example.org:8443");
	ck_assert_str_eq(conf.name, "client-01");
	ck_assert_ptr_null(conf.proxy);
	ck_assert_ptr_null(conf.default_model);
	conf_client_deinit(&conf);
	free(text);
}
END_TEST

SUITE_MAIN("client.yaml", two_keys_are_enough_and_the_rest_has_defaults, every_key_is_taken,
	   every_wrong_value_is_found_at_its_line, missing_and_unknown_keys_and_other_kinds_are_found,
	   the_sample_is_a_file_that_says_what_it_was_made_for)
