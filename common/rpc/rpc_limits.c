/* rpc_limits.c: the core's arguments.                                                    (kind: adapter) */
#include "common/rpc/rpc_limits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	ANSWER_MOST = 64 << 20, /* of one message to a client; its handlers say less */
	READ_CHUNK = 8 << 10,   /* of 32 KiB and more the core loses parts (measured) */
	MEMORY_MOST_MIB = 2048, /* of one server; then the core cuts streams at random */
	STREAMS = 32,           /* at once on one connection */
	HANDSHAKE_MS = 10000,
	QUIET_MS = 30000,       /* then ask whether the other side is still there */
	ANSWER_MS = 10000,      /* … and take it for gone after that */
	QUIET_LEAST_MS = 10000, /* more often than that is an attack */
	PAUSE_FIRST_MS = 500,
	PAUSE_MOST_MS = 15000,
};

enum { ARGUMENTS = 24 };

struct arguments {
	grpc_arg list[ARGUMENTS];
	size_t n;
};

static void add_number(struct arguments *arguments, const char *key, int value)
{
	grpc_arg *next = &arguments->list[arguments->n++];
	*next = (grpc_arg){ .type = GRPC_ARG_INTEGER, .key = (char *)key };
	next->value.integer = value;
}

static void add_text(struct arguments *arguments, const char *key, const char *value)
{
	grpc_arg *next = &arguments->list[arguments->n++];
	*next = (grpc_arg){ .type = GRPC_ARG_STRING, .key = (char *)key };
	next->value.string = (char *)value;
}

static void add_common(struct arguments *arguments, size_t message_most)
{
	add_number(arguments, GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, (int)message_most);
	/* A small compressed message can be a large one. */
	add_number(arguments, GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1 << GRPC_COMPRESS_NONE);
	add_number(arguments, GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
	add_number(arguments, GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);
	add_number(arguments, GRPC_ARG_TCP_READ_CHUNK_SIZE, READ_CHUNK);
	add_number(arguments, GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, READ_CHUNK);
	add_number(arguments, GRPC_ARG_KEEPALIVE_TIME_MS, QUIET_MS);
	add_number(arguments, GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ANSWER_MS);
	add_number(arguments, GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
	add_number(arguments, GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
	add_number(arguments, GRPC_ARG_ENABLE_CHANNELZ, 0);
}

grpc_server *rpc_limits_server(size_t message_most)
{
	struct arguments arguments = { .n = 0 };
	add_common(&arguments, message_most);
	add_number(&arguments, GRPC_ARG_ALLOW_REUSEPORT, 0);
	add_number(&arguments, GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, HANDSHAKE_MS);
	add_number(&arguments, GRPC_ARG_MAX_CONCURRENT_STREAMS, STREAMS);
	add_number(&arguments, GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, QUIET_LEAST_MS);
	grpc_resource_quota *quota = grpc_resource_quota_create("server");
	grpc_resource_quota_resize(quota, (size_t)MEMORY_MOST_MIB << 20);
	grpc_arg *last = &arguments.list[arguments.n++];
	*last = (grpc_arg){ .type = GRPC_ARG_POINTER, .key = (char *)GRPC_ARG_RESOURCE_QUOTA };
	last->value.pointer.p = quota;
	last->value.pointer.vtable = grpc_resource_quota_arg_vtable();
	grpc_channel_args given = { .num_args = arguments.n, .args = arguments.list };
	grpc_server *server = grpc_server_create(&given, NULL);
	grpc_resource_quota_unref(quota);
	return server;
}

/* "[::1]:7443" as a path of a URI. */
static int target_of(const char *address, char *out, size_t n)
{
	int used = snprintf(out, n, "dns:///");
	for (const char *at = address; *at; at++) {
		if (used < 0 || (size_t)used + 4 > n)
			return FAIL(-EINVAL);
		const char *form = strchr("[]%", *at) ? "%%%02X" : "%c";
		used += snprintf(out + used, n - (size_t)used, form, (unsigned char)*at);
	}
	return 0;
}

int rpc_limits_channel(const char *address, const char *proxy, grpc_channel_credentials *credentials,
		       grpc_channel **out)
{
	char target[512];
	TRY(target_of(address, target, sizeof(target)));
	struct arguments arguments = { .n = 0 };
	add_common(&arguments, ANSWER_MOST);
	/* Equal channels of one process would share a connection, and with it the certificate. */
	add_number(&arguments, GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
	/* No minimum: it would also be the time that a handshake may take. */
	add_number(&arguments, GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, PAUSE_FIRST_MS);
	add_number(&arguments, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, PAUSE_MOST_MS);
	add_number(&arguments, GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
	add_number(&arguments, GRPC_ARG_ENABLE_HTTP_PROXY, proxy != NULL);
	if (proxy)
		add_text(&arguments, GRPC_ARG_HTTP_PROXY, proxy);
	grpc_channel_args given = { .num_args = arguments.n, .args = arguments.list };
	*out = grpc_channel_create(target, credentials, &given);
	return *out ? 0 : FAIL(-EINVAL);
}
