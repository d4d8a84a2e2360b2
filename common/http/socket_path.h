/* socket_path.h: unix sockets whose paths are longer than the 107 bytes of an address.    (kind: adapter) */
#pragma once

#include "common/base/error.h"

struct socket_path {
	int folder; /* kept open while `text` is in use */
	char text[64];
};

/* Another name of `path` through a descriptor of its folder. -ENOENT and other failures of open leave no
 * trail; -ENAMETOOLONG: its last part is too long. */
must_check int socket_path_open(const char *path, struct socket_path *out);
void socket_path_close(struct socket_path *path); /* cleanup */
