/* rpc_log.h: what the C core has to say, in our log and in a counter.                       (kind: adapter)
 *
 * Handshakes that fail never become calls; the core only writes a line about them. They are counted here. So
 * is the one line it writes when a listener dies of too many open files.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

/* Before grpc_init. */
must_check int rpc_log_start(void);

/* Failed handshakes so far, the last reason in `reason` (may be NULL), cut at `n` bytes with its NUL. */
uint64_t rpc_log_failures(char *reason, size_t n);

/* Did a listener stop accepting? */
bool rpc_log_deaf(void);
