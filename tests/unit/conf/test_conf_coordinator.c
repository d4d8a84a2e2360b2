/* coordinator.yaml: defaults, ranges, and the sample that init writes. */
#include "tests/support/suite.h"

#include <stdlib.h>

#include "common/conf/conf_coordinator.h"
#include "tests/support/scratch.h"

static int read_text(const char *text, struct findings *findings, struct conf_coordinator *out)
{
	return conf_coordinator_read(scratch_text("coordinator.yaml", text), findings, out);
}

START_TEST(the_sample_has_the_defaults_and_what_it_was_made_for)
{
	static const char *const hosts[] = { "hub.example.org", "2001:db8::1" };
	struct findings findings = { 0 };
	struct conf_coordinator conf;
	char *text;
	ck_assert_int_eq(conf_coordinator_sample("[::]:8443", hosts, 2, &text), 0);
	ck_assert_int_eq(read_text(text, &findings, &conf), CONF_E_OK);
	ck_assert_str_eq(conf.listen, "[::]:8443");
	ck_assert_uint_eq(conf.hosts.n, 2);
	ck_assert_str_eq(conf.hosts.items[0], "hub.example.org");
	ck_assert_str_eq(conf.hosts.items[1], "2001:db8::1");
	ck_assert_uint_eq(conf.certificate_days, 90);
	ck_assert_uint_eq(conf.invitation_hours, 168);
	ck_assert_uint_eq(conf.poll_hold_s, 25);
	ck_assert_int_eq(conf.log_level, LOG_INFO);
	conf_coordinator_deinit(&conf);
	free(text);
}
END_TEST

START_TEST(numbers_stay_in_their_range)
{
	static const char *const values[] = { "certificate_days: 0",    "certificate_days: 3651",
					      "invitation_hours: 8761", "poll_hold_s: 31",
					      "poll_hold_s: -1",        "poll_hold_s: 4294967297" };
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct findings findings = { 0 };
		struct conf_coordinator conf;
		char text[200];
		snprintf(text, sizeof(text), "listen: 0.0.0.0:8443\nhosts: [hub]\n%s\n", values[i]);
		ck_assert_msg(read_text(text, &findings, &conf) == CONF_E_BAD, "%s", values[i]);
		ck_assert_uint_eq(findings.n, 1);
		ck_assert_uint_eq(findings.items[0].line, 3);
		conf_coordinator_deinit(&conf);
		findings_deinit(&findings);
	}
}
END_TEST

START_TEST(a_coordinator_has_a_host_and_a_place_to_listen_at)
{
	static const char *const texts[] = { "listen: 0.0.0.0:8443\n", "hosts: [hub]\n",
					     "listen: 0.0.0.0:8443\nhosts: []\n",
					     "listen: 0.0.0.0:8443\nhosts: [\"hub:8443\"]\n",
					     "listen: 0.0.0.0\nhosts: [hub]\n" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct findings findings = { 0 };
		struct conf_coordinator conf;
		ck_assert_msg(read_text(texts[i], &findings, &conf) == CONF_E_BAD, "%s", texts[i]);
		ck_assert_uint_eq(findings.n, 1);
		conf_coordinator_deinit(&conf);
		findings_deinit(&findings);
	}
}
END_TEST

START_TEST(a_file_that_is_not_there_is_a_finding)
{
	struct findings findings = { 0 };
	struct conf_coordinator conf;
	ck_assert_int_eq(conf_coordinator_read(scratch_path("none.yaml"), &findings, &conf), CONF_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	conf_coordinator_deinit(&conf);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("coordinator.yaml", the_sample_has_the_defaults_and_what_it_was_made_for,
	   numbers_stay_in_their_range, a_coordinator_has_a_host_and_a_place_to_listen_at,
	   a_file_that_is_not_there_is_a_finding)
