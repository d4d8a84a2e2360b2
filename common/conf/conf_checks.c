/* conf_checks.c: addresses, names and words.                                               (kind: adapter) */
#include "common/conf/conf_checks.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/embed/encoder.h"
#include "common/learn/learners.h"

enum { HOST_MOST = 253, PORT_MOST = 65535, CLIENT_MOST = 64 };

#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define LETTERS SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A number without leading zeros in [least, most]. */
static bool is_number(const char *text, unsigned long least, unsigned long most)
{
	size_t n = strlen(text);
	if (n == 0 || n > 6 || strspn(text, DIGITS) != n || (text[0] == '0' && n > 1))
		return false;
	unsigned long value = strtoul(text, NULL, 10);
	return value >= least && value <= most;
}

/* A name of `n` bytes, or an address of version 4; of version 6, which has two colons, where `colons`. */
static bool is_host(const char *text, size_t n, bool colons)
{
	const char *letters = colons ? DIGITS "abcdefABCDEF:." : LETTERS DIGITS ".-";
	size_t n_colons = 0;
	for (size_t i = 0; i < n; i++)
		n_colons += text[i] == ':';
	return n > 0 && n <= HOST_MOST && strspn(text, letters) >= n && text[0] != '-' && text[0] != '.' &&
	       (!colons || n_colons >= 2);
}

static bool is_host_port(const char *text, unsigned long least)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	if (!colon || !is_number(colon + 1, least, PORT_MOST))
		return false;
	if (n > 2 && text[0] == '[' && colon[-1] == ']')
		return is_host(text + 1, n - 2, true);
	return is_host(text, n, false);
}

const char *conf_checks_host_port(const char *text)
{
	return is_host_port(text, 1) ? NULL : "a host and a port, as in coordinator.example.org:8443";
}

const char *conf_checks_listen(const char *text)
{
	return is_host_port(text, 0) ? NULL : "an address and a port, as in 0.0.0.0:8443 or \"[::]:8443\"";
}

const char *conf_checks_host(const char *text)
{
	size_t n = strlen(text);
	return is_host(text, n, false) || is_host(text, n, true) ? NULL :
								   "a host's name or address, without a port";
}

const char *conf_checks_proxy(const char *text)
{
	static const char scheme[] = "http://";
	size_t n = sizeof(scheme) - 1;
	bool fits = strncmp(text, scheme, n) == 0 && is_host_port(text + n, 1);
	return fits ? NULL : "the address of an HTTP proxy, as in http://proxy.example.org:3128";
}

const char *conf_checks_client(const char *text)
{
	size_t n = strlen(text);
	bool fits =
		n > 0 && n <= CLIENT_MOST && strspn(text, SMALL DIGITS "._-") == n && !strchr("._-", text[0]);
	return fits ? NULL : "1 to 64 of a-z 0-9 . _ - and a letter or digit in front";
}

const char *conf_checks_learner(const char *text)
{
	return learners_find(text) ? NULL : "the name of a learner that this program has";
}

const char *conf_checks_encoder(const char *text)
{
	bool fits = strcmp(text, "given") == 0 || strcmp(text, "hash") == 0 ||
		    (strncmp(text, "hash:", 5) == 0 && is_number(text + 5, 1, ENCODER_DIMENSION_MOST));
	return fits ? NULL : "given, hash, or hash:DIM with DIM from 1 to 8192";
}
