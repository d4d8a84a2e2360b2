/* rpc_log.c: the core's log function.                                                    (kind: adapter) */
#include "common/rpc/rpc_log.h"

#include <errno.h>
#include <grpc/support/log.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>

#include "common/base/log.h"

static const char handshake_failed[] = "Security handshake failed: ";

static struct {
	mtx_t lock; /* guards `reason` */
	char reason[256];
	atomic_uint_fast64_t failures;
	atomic_bool deaf;
} heard;

/* "Security handshake failed: UNKNOWN:REASON {file:…": the core's only word about it, whatever went wrong. */
static void count_failure(const char *text)
{
	char reason[sizeof(heard.reason)];
	snprintf(reason, sizeof(reason), "%s", text + strlen(handshake_failed));
	reason[strcspn(reason, "{")] = '\0';
	mtx_lock(&heard.lock);
	memcpy(heard.reason, reason, sizeof(reason));
	mtx_unlock(&heard.lock);
	atomic_fetch_add(&heard.failures, 1);
	log_say(LOG_DEBUG, "handshake-failed", { "reason", reason });
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* From any of the core's threads. */
static void listen_to(gpr_log_func_args *line)
{
	const char *text = line->message;
	if (begins(text, handshake_failed)) {
		count_failure(text);
	} else if (begins(text, "Failed accept4: ")) {
		atomic_store(&heard.deaf, true);
		log_say(LOG_ERROR, "listener-dead", { "text", text });
	} else if (line->severity == GPR_LOG_SEVERITY_ERROR && !begins(text, "Handshake failed with") &&
		   !begins(text, "No match found for server name")) {
		log_say(LOG_WARNING, "grpc", { "text", text });
	}
}

int rpc_log_start(void)
{
	if (mtx_init(&heard.lock, mtx_plain) != thrd_success)
		return FAIL(-ENOMEM);
	gpr_set_log_function(listen_to);
	gpr_set_log_verbosity(GPR_LOG_SEVERITY_DEBUG); /* where handshakes are spoken of */
	return 0;
}

uint64_t rpc_log_failures(char *reason, size_t n)
{
	if (reason && n > 0) {
		mtx_lock(&heard.lock);
		snprintf(reason, n, "%s", heard.reason);
		mtx_unlock(&heard.lock);
	}
	return atomic_load(&heard.failures);
}

bool rpc_log_deaf(void)
{
	return atomic_load(&heard.deaf);
}
