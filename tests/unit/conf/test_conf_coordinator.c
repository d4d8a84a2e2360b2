/* coordinator.yaml: what it says, what it need not say, what it must not say. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/conf/conf_coordinator.h"
#include "tests/support/scratch.h"

static const char *const hosts[] = { "coordinator.example.org", "10.0.0.1", "::1" };

static void read_good(const char *text, struct conf_coordinator *conf)
{
	struct findings findings = { 0 };
	int r = conf_coordinator_read(scratch_text("coordinator.yaml", text), &findings, conf);
	ck_assert_msg(r == CONF_E_OK, "%s", findings.n > 0 ? findings.items[0].detail : "");
	ck_assert_uint_eq(findings.n, 0);
}

static void check_mistake(const char *text, size_t line, const char *what)
{
	struct findings findings = { 0 };
	cleanup(conf_coordinator_deinit) struct conf_coordinator conf;
	ck_assert_int_eq(conf_coordinator_read(scratch_text("c.yaml", text), &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_msg(findings.items[0].line == line && strstr(findings.items[0].detail, what) != NULL,
		      "%s → %zu: %s", text, findings.items[0].line, findings.items[0].detail);
	findings_deinit(&findings);
}

START_TEST(a_file_says_everything)
{
	cleanup(conf_coordinator_deinit) struct conf_coordinator conf;
	read_good("listen: 0.0.0.0:8443\nhosts: [a.example.org, \"::1\"]\nhttp: 127.0.0.1:9090\n"
		  "certificate_days: 3650\ninvitation_hours: 1\npoll_hold_s: 5\nlog_format: json\n"
		  "log_level: error\n",
		  &conf);
	ck_assert_str_eq(conf.listen, "0.0.0.0:8443");
	ck_assert_uint_eq(conf.hosts.n, 2);
	ck_assert_str_eq(conf.hosts.items[0], "a.example.org");
	ck_assert_str_eq(conf.hosts.items[1], "::1");
	ck_assert_str_eq(conf.http, "127.0.0.1:9090");
	ck_assert_uint_eq(conf.certificate_days, 3650);
	ck_assert_uint_eq(conf.invitation_hours, 1);
	ck_assert_uint_eq(conf.poll_hold_s, 5);
	ck_assert(conf.log_json);
	ck_assert_int_eq(conf.log_level, LOG_ERROR);
}
END_TEST

START_TEST(the_sample_says_the_defaults)
{
	cleanup(free_pointer) char *sample = NULL;
	cleanup(conf_coordinator_deinit) struct conf_coordinator conf;
	ck_assert_int_eq(conf_coordinator_sample("[::]:8443", hosts, 3, &sample), 0);
	read_good(sample, &conf);
	ck_assert_str_eq(conf.listen, "[::]:8443");
	ck_assert_uint_eq(conf.hosts.n, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_str_eq(conf.hosts.items[i], hosts[i]);
	ck_assert_str_eq(conf.http, "127.0.0.1:0");
	ck_assert_uint_eq(conf.certificate_days, 90);
	ck_assert_uint_eq(conf.invitation_hours, 168);
	ck_assert_uint_eq(conf.poll_hold_s, 25);
	ck_assert(!conf.log_json);
	ck_assert_int_eq(conf.log_level, LOG_INFO);
	ck_assert_str_ne(conf.dir, "");
}
END_TEST

START_TEST(the_sample_of_the_tree_is_the_programs)
{
	char path[1024];
	cleanup(free_pointer) char *sample = NULL;
	snprintf(path, sizeof(path), "%s/coordinator.yaml", getenv("CONFIGS"));
	cleanup(free_pointer) char *kept = scratch_read(path, NULL);
	ck_assert_int_eq(conf_coordinator_sample("0.0.0.0:8443", hosts, 1, &sample), 0);
	ck_assert_str_eq(kept, sample);
}
END_TEST

START_TEST(mistakes_are_told_where_they_are)
{
	check_mistake("listen: a:1\n", 1, "column 1: hosts is not there: add it");
	check_mistake("hosts: [a]\n", 1, "listen is not there");
	check_mistake("listen: a:1\nhosts: []\n", 2, "hosts needs at least one value");
	check_mistake("listen: a:1\nhosts: a\n", 2, "hosts needs a list");
	check_mistake("listen: a:1\nhosts: [a, b:1]\n", 2, "column 12: hosts needs a host's name or address");
	check_mistake("listen: 8443\nhosts: [a]\n", 1, "listen needs an address and a port");
	check_mistake("listen: a:1\nhosts: [a]\ncertificate_days: 0\n", 3,
		      "certificate_days needs a whole number of 1 to 3650");
	check_mistake("listen: a:1\nhosts: [a]\npoll_hold_s: 31\n", 3, "of 1 to 30");
	check_mistake("listen: a:1\nhosts: [a]\ninvitation_hours: 1.5\n", 3, "whole number");
	check_mistake("listen: a:1\nhosts: [a]\npolicy: {}\n", 3, "policy: leave it away");
	check_mistake("listen: [a:1\nhosts: [a]\n", 2, "that began in line 1");
}
END_TEST

SUITE_MAIN("coordinator.yaml", a_file_says_everything, the_sample_says_the_defaults,
	   the_sample_of_the_tree_is_the_programs, mistakes_are_told_where_they_are)
