/* relay.h: a way to the server that can be cut; or an HTTP proxy that lets through what it is asked to. */
#pragma once

#include <stdbool.h>

struct relay;

/* Listens at `address` (out) and passes on to `target` ("127.0.0.1:port"), or as a proxy to where CONNECT
 * says. */
struct relay *relay_new(const char *target, char address[64]);
struct relay *relay_new_proxy(char address[64]);
void relay_free(struct relay *relay);

/* End all connections; further ones are accepted again. */
void relay_cut(struct relay *relay);
/* From now on the proxy answers 403. */
void relay_refuse(struct relay *relay);
/* Connections passed on so far, and the last "host:port" that was asked for. */
int relay_passed(struct relay *relay);
void relay_asked(struct relay *relay, char out[64]);
