/* What texts of configuration files have to be. */
#include "tests/support/suite.h"

#include <stdbool.h>

#include "common/conf/conf_checks.h"

typedef const char *check_function(const char *text);

static void check_all(check_function *check, bool good, const char *const *texts)
{
	for (; *texts; texts++)
		ck_assert_msg((check(*texts) == NULL) == good, "\"%s\"", *texts);
}

#define TEXTS(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

START_TEST(a_host_and_a_port)
{
	check_all(conf_checks_host_port, true,
		  TEXTS("a:1", "hub.example.org:65535", "192.0.2.1:8443", "[2001:db8::1]:8443"));
	check_all(conf_checks_host_port, false,
		  TEXTS("", "a", ":1", "a:", "a:0", "a:65536", "a:01", "a:1 ", "a b:1", "-a:1", ".a:1",
			"2001:db8::1:8443", "[a]:1", "[]:1", "[2001:db8::1]"));
}
END_TEST

START_TEST(a_place_to_listen_at_may_have_port_0)
{
	check_all(conf_checks_listen, true, TEXTS("127.0.0.1:0", "[::]:0", "0.0.0.0:8443"));
	check_all(conf_checks_listen, false, TEXTS("8443", "0.0.0.0", "0.0.0.0:00"));
}
END_TEST

START_TEST(a_host_has_no_port)
{
	check_all(conf_checks_host, true, TEXTS("hub", "hub.example.org", "192.0.2.1", "2001:db8::1"));
	check_all(conf_checks_host, false, TEXTS("", "hub:8443", "[::1]", "a b", "-hub"));
}
END_TEST

START_TEST(a_proxy_is_an_http_address)
{
	check_all(conf_checks_proxy, true, TEXTS("http://proxy:3128"));
	check_all(conf_checks_proxy, false, TEXTS("proxy:3128", "https://proxy:3128", "http://proxy"));
}
END_TEST

START_TEST(names_of_clients_learners_and_encoders)
{
	check_all(conf_checks_client, true, TEXTS("a", "client-01", "0.a_b"));
	check_all(conf_checks_client, false, TEXTS("", "Client", "-a", ".a", "_a", "a/b", "a b"));
	check_all(conf_checks_learner, true, TEXTS("ridge", "static", "kmeans", "mlp"));
	check_all(conf_checks_learner, false, TEXTS("", "Ridge", "oracle"));
	check_all(conf_checks_encoder, true, TEXTS("given", "hash", "hash:1", "hash:8192"));
	check_all(conf_checks_encoder, false, TEXTS("", "hash:", "hash:0", "hash:8193", "hash:064", "bert"));
}
END_TEST

SUITE_MAIN("configured texts", a_host_and_a_port, a_place_to_listen_at_may_have_port_0, a_host_has_no_port,
	   a_proxy_is_an_http_address, names_of_clients_learners_and_encoders)
