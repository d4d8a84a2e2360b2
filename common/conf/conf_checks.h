/* conf_checks.h: what texts of configuration files have to be: NULL, or what is needed.    (kind: adapter) */
#pragma once

/* "host:port", with a port of 1 to 65535: "coordinator.example.org:8443", "[2001:db8::1]:8443". */
const char *conf_checks_host_port(const char *text);

/* The same for a place to listen at, whose port may be 0 (any that is free). */
const char *conf_checks_listen(const char *text);

/* A DNS name or an IP address (without brackets). */
const char *conf_checks_host(const char *text);

/* "http://host:port". */
const char *conf_checks_proxy(const char *text);

/* A client's name: [a-z0-9][a-z0-9._-]{0,63}. */
const char *conf_checks_client(const char *text);

/* A learner of this program. */
const char *conf_checks_learner(const char *text);

/* "given", "hash" or "hash:DIM". */
const char *conf_checks_encoder(const char *text);
