/* rpc_hint.c: a table, first match wins.                                                 (kind: machine) */
#include "common/rpc/rpc_hint.h"

#include <stddef.h>
#include <string.h>

#define AUTHORITY                                                                                        \
	"the server's certificate is not of the authority known here, or has expired; check the clock, " \
	"or enroll again"
#define OTHER_TLS "no common TLS: both sides must speak TLS 1.3"
#define NO_TLS "something else than a TLS server answers there; check the port"
#define NO_NAME "the host name is not known here; check it"

static const struct {
	const char *part, *hint;
} hints[] = {
	{ "certificate verify failed", AUTHORITY },
	{ "EVP lib", AUTHORITY }, /* the authority's name, but another key */
	{ "is not in peer certificate",
	  "the server's certificate is for another host; use a name that it was made for" },
	{ "HTTP proxy returned response code",
	  "the proxy refuses; check its address and what it lets through" },
	{ "Connection refused", "nothing listens there; check the address, and whether the server runs" },
	{ "DNS resolution failed", NO_NAME },
	{ "Network is unreachable", "there is no way to that network; check route and firewall" },
	{ "No route to host", "there is no way to that host; check route and firewall" },
	{ "imed out", "no answer in time; check firewall, proxy and address" },
	{ "wrong version number", NO_TLS },
	{ "alert handshake failure", OTHER_TLS },
	{ "protocol version", OTHER_TLS },
	{ "unsupported protocol", OTHER_TLS },
	{ "Ssl handshake failed", "the TLS handshake failed; see the server's log" },
};

const char *rpc_hint_of(const char *text, bool with_certificate)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (strstr(text, hints[i].part))
			return hints[i].hint;
	}
	/* With TLS 1.3 a client is done before the server has judged its certificate. */
	bool cut =
		strstr(text, "ocket closed") || strstr(text, "onnection reset") || strstr(text, "roken pipe");
	if (cut && with_certificate)
		return "the server hangs up; it may refuse this side's certificate; its log says why";
	return "there is no connection; check address, network and the server's log";
}
