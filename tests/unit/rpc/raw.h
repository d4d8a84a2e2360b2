/* raw.h: a peer that speaks TLS and HTTP/2 by hand, and not always as one should. It waits: so it is quick,
 * or has a thread of its own. */
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdbool.h>

#include "common/rpc/rpc.h"

struct raw {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
	int64_t connection_window, stream_window; /* what the server lets us send */
	bool closed;                              /* the server ended the stream or the connection */
};

/* A TCP connection to "127.0.0.1:port". */
int raw_connect(const char *address);
int raw_connect_or_not(const char *address); /* −1: nobody listens */

/* A socket that listens, and where. */
int raw_listener(char address[64]);

/* Certificate and key for a context. */
void raw_use(SSL_CTX *context, const struct rpc_credentials *credentials);

/* TLS over a connection of its own, version at most `version` (TLS1_2_VERSION …). False: the handshake
 * failed. Without certificate: anonymous. Must be closed in either case. */
bool raw_open(struct raw *raw, const char *address, const struct rpc_credentials *credentials, int version);
void raw_close(struct raw *raw);

/* HTTP/2: hello; the headers of a gRPC call on stream 1, with `encoding` (NULL: none); some data; a frame as
 * it is. */
void raw_hello(struct raw *raw);
void raw_call(struct raw *raw, const char *path, const char *encoding);
void raw_data(struct raw *raw, const void *bytes, size_t n, bool last);
/* Take in what the server sends, until it closes the stream or `window` bytes may be sent. */
void raw_listen(struct raw *raw, int64_t window);
