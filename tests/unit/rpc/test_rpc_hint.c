/* What a person is told about a connection that does not come. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/rpc/rpc_hint.h"

static void says(const char *text, bool with_certificate, const char *part)
{
	const char *hint = rpc_hint_of(text, with_certificate);
	ck_assert_msg(strstr(hint, part) != NULL, "%s: %s", text, hint);
}

START_TEST(what_the_core_says_leads_to_a_remedy)
{
	says("last error: UNKNOWN: ipv4:1.2.3.4:5: Failed to connect to remote host: Connection refused",
	     true, "nothing listens");
	says("Peer name localhost is not in peer certificate", true, "another host");
	says("Ssl handshake failed: SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify failed",
	     true, "authority");
	says("DNS resolution failed for nohost:1: UNKNOWN: Name or service not known", true, "host name");
	says("HTTP proxy returned response code 403", true, "proxy refuses");
	says("connect: Connection timed out", true, "no answer in time");
	says("Ssl handshake failed: something new", true, "TLS handshake failed");
}
END_TEST

START_TEST(only_who_has_a_certificate_is_told_that_it_may_be_refused)
{
	says("last error: UNAVAILABLE: ipv4:1.2.3.4:5: Socket closed", true, "certificate");
	ck_assert_ptr_null(strstr(rpc_hint_of("Socket closed", false), "certificate"));
	says("what nobody has seen yet", true, "no connection");
}
END_TEST

SUITE_MAIN("hint", what_the_core_says_leads_to_a_remedy,
	   only_who_has_a_certificate_is_told_that_it_may_be_refused)
