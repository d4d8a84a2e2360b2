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

void rpc_stop(void)
{
	rpc_core_stop();
	grpc_shutdown();
}

uint64_t rpc_handshake_failures(char *reason, size_t n)
{
	return rpc_log_failures(reason, n);
}

bool rpc_deaf(void)
{
	return rpc_log_deaf();
}
