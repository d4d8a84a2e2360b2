/* What texts of configuration files have to be. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/conf/conf_checks.h"

#define CHECK(check, good, bad)                                                         \
	do {                                                                            \
		for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)             \
			ck_assert_msg(check(good[i]) == NULL, "%s is fine", good[i]);   \
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)               \
			ck_assert_msg(check(bad[i]) != NULL, "%s is not fine", bad[i]); \
	} while (0)

START_TEST(a_host_and_port_has_both)
{
	static const char *const good[] = { "a:1", "coordinator.example.org:8443", "127.0.0.1:65535",
					    "[::1]:8443", "[2001:db8::7]:443" };
	static const char *const bad[] = { "",      ":",        ":1",         "a",
					   "a:",    "a:0",      "a:65536",    "a:01",
					   "a:-1",  "a:1 ",     "a b:1",      "-a:1",
					   ".a:1",  "::1:8443", "[]:1",       "[a]:1",
					   "[::1]", "[1]:1",    "http://a:1", "a:99999999999999999999",
					   "a_b:1", "é:1" };
	CHECK(conf_checks_host_port, good, bad);
}
END_TEST

START_TEST(a_place_to_listen_at_may_have_any_port)
{
	static const char *const good[] = { "127.0.0.1:0", "0.0.0.0:8443", "[::]:0", "localhost:80" };
	static const char *const bad[] = { "8443", "127.0.0.1", "127.0.0.1:00", "*:80" };
	CHECK(conf_checks_listen, good, bad);
}
END_TEST

START_TEST(a_host_has_no_port)
{
	static const char *const good[] = { "a", "coordinator.example.org", "10.0.0.1", "::1",
					    "2001:db8::7" };
	static const char *const bad[] = {
		"", "a:1", "a b", "a/b", "[::1]", "-a", "coordinator.example.org:8443"
	};
	CHECK(conf_checks_host, good, bad);
	char name[256] = "";
	memset(name, 'a', 253);
	ck_assert_ptr_null(conf_checks_host(name));
	name[253] = 'a';
	ck_assert_ptr_nonnull(conf_checks_host(name));
}
END_TEST

START_TEST(a_proxy_speaks_http)
{
	static const char *const good[] = { "http://proxy:3128", "http://[::1]:80" };
	static const char *const bad[] = { "proxy:3128", "https://proxy:3128", "http://proxy", "http://a:1/",
					   "http://user:secret@proxy:3128" };
	CHECK(conf_checks_proxy, good, bad);
}
END_TEST

START_TEST(names_encoders_and_learners_are_those_there_are)
{
	static const char *const names[] = { "a", "client-00", "0.b_c" };
	static const char *const no_names[] = {
		"",
		"A",
		"-a",
		".a",
		"a/b",
		"..",
		"a-name-of-a-client-that-is-longer-than-sixty-four-letters-ever-are"
	};
	static const char *const encoders[] = { "given", "hash", "hash:1", "hash:8192" };
	static const char *const no_encoders[] = { "",        "hash:",   "hash:0", "hash:8193",
						   "hash:1x", "hash:01", "Hash",   "given:3" };
	static const char *const learners[] = { "static", "ridge", "kmeans", "mlp" };
	static const char *const no_learners[] = { "", "Ridge", "oracle" };
	CHECK(conf_checks_client, names, no_names);
	CHECK(conf_checks_encoder, encoders, no_encoders);
	CHECK(conf_checks_learner, learners, no_learners);
}
END_TEST

SUITE_MAIN("Texts of configurations", a_host_and_port_has_both, a_place_to_listen_at_may_have_any_port,
	   a_host_has_no_port, a_proxy_speaks_http, names_encoders_and_learners_are_those_there_are)
