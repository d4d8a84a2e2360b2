/* http_listen.h: the socket on which a server listens; inside this room only.             (kind: adapter) */
#pragma once

#include "common/base/error.h"
#include "common/http/http_server.h"

/* A listening descriptor of "host:port", and its real address. Failures (-errno) leave no trail. */
must_check int http_listen_address(const char *address, int *out, char real[HTTP_ADDRESS]);

/* The same of a unix socket, mode 0600 from its first moment; what was at `path` goes. */
must_check int http_listen_socket(const char *path, int *out);
