/* rpc.c: starting and stopping the C core as it has to be on this system.                (kind: adapter) */
#include "common/rpc/rpc.h"

#include <dlfcn.h>
#include <grpc/grpc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/log.h"
#include "common/rpc/rpc_core.h"
#include "common/rpc/rpc_log.h"

static const struct {
	enum rpc_status status;
	const char *name;
} names[] = {
	{ RPC_OK, "ok" },
	{ RPC_CANCELLED, "cancelled" },
	{ RPC_INVALID, "invalid argument" },
	{ RPC_LATE, "deadline exceeded" },
	{ RPC_NOT_FOUND, "not found" },
	{ RPC_EXISTS, "already exists" },
	{ RPC_DENIED, "permission denied" },
	{ RPC_EXHAUSTED, "resource exhausted" },
	{ RPC_PRECONDITION, "failed precondition" },
	{ RPC_ABORTED, "aborted" },
	{ RPC_RANGE, "out of range" },
	{ RPC_UNIMPLEMENTED, "unimplemented" },
	{ RPC_INTERNAL, "internal error" },
	{ RPC_UNAVAILABLE, "unavailable" },
	{ RPC_UNAUTHENTICATED, "unauthenticated" },
};

const char *rpc_status_name(enum rpc_status status)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].status == status)
			return names[i].name;
	}
	return "unknown";
}

/* What the core reads from the environment, whatever stands there. */
static const struct {
	const char *name, *value;
} settings[] = {
	/* Or an idle connection keeps megabytes of receive buffers. */
	{ "GRPC_EXPERIMENTS", "-tcp_read_chunks" },
	/* The core can't be told to refuse TLS 1.2. This is the list of suites it may use there; one that
	 * needs a key shared beforehand, which nobody has, leaves none. TLS 1.3 has a list of its own. */
	{ "GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384" },
	/* A proxy that was asked for is used for every host: no host's name ends in this. */
	{ "no_grpc_proxy", "-" },
	/* Names are resolved as by every other program of the machine. */
	{ "GRPC_DNS_RESOLVER", "native" },
};

/* Debian's abseil aborts the process at a merely possible deadlock (a debugging aid). */
static void calm_abseil(void)
{
	void (*set_mode)(int) = NULL;
	void *found =
		dlsym(RTLD_DEFAULT, "_ZN4absl7debian329SetMutexDeadlockDetectionModeENS0_15OnDeadlockCycleE");
	memcpy(&set_mode, &found, sizeof(found));
	if (set_mode)
		set_mode(0);
	else
		log_event(LOG_DEBUG, "abseil-unknown", NULL, 0);
}

/* An accept that fails for want of a descriptor closes the core's listener for good. */
static void raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int rpc_start(void)
{
	raise_files();
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		setenv(settings[i].name, settings[i].value, 1);
	calm_abseil();
	TRY(rpc_log_start());
	grpc_init();
	return rpc_core_start();
}

/* Connections that were freed may still be winding down on the core's threads, which crash when the process
 * exits under them; and without a thread that waits on a queue they never end. So lend it one, as long as the
 * core says it is alive. */
static void wind_down(void)
{
	enum { TURNS = 100, TURN_MS = 10 };
	for (int i = 0; i < TURNS && grpc_is_initialized(); i++) {
		grpc_init();
		grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
		grpc_completion_queue_next(queue, rpc_core_deadline(TURN_MS), NULL);
		grpc_completion_queue_shutdown(queue);
		grpc_completion_queue_next(queue, rpc_core_deadline(0), NULL);
		grpc_completion_queue_destroy(queue);
		grpc_shutdown();
	}
	if (grpc_is_initialized())
		log_event(LOG_WARNING, "grpc-still-running", NULL, 0);
}

void rpc_stop(void)
{
	rpc_core_stop();
	grpc_shutdown();
	wind_down();
}

uint64_t rpc_handshake_failures(char *reason, size_t n)
{
	return rpc_log_failures(reason, n);
}

bool rpc_deaf(void)
{
	return rpc_log_deaf();
}
