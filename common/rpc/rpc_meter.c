/* rpc_meter.c: the kernel's count of received bytes, found by the peer's address.        (kind: adapter) */
#include "common/rpc/rpc_meter.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <grpc/support/alloc.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	BUCKETS = 256,
	PEER = 96,          /* "ipv6:%5B2001:db8::1%5D:443" */
	SLACK = 4 << 20,    /* flow-control windows of all streams, frames, headers */
	MESSAGE = 4 << 10,  /* frames and records around one message … */
	MESSAGE_SHARE = 64, /* … and one byte in so many */
};

struct line {
	char peer[PEER];
	int fd;        /* -1: not found */
	uint64_t base; /* received when we first looked */
	uint64_t received, handed_over, limit;
	bool known; /* `base` is set */
	bool over;  /* of the last look */
	struct line *next;
};

struct rpc_meter {
	struct line *buckets[BUCKETS];
	size_t n;
};

int rpc_meter_new(struct rpc_meter **out)
{
	*out = calloc(1, sizeof(**out));
	TRY_ALLOC(*out);
	return 0;
}

void rpc_meter_free(struct rpc_meter *meter)
{
	for (size_t i = 0; meter && i < BUCKETS; i++) {
		while (meter->buckets[i]) {
			struct line *next = meter->buckets[i]->next;
			free(meter->buckets[i]);
			meter->buckets[i] = next;
		}
	}
	free(meter);
}

static void peer_of(grpc_call *call, char out[PEER])
{
	char *peer = grpc_call_get_peer(call);
	snprintf(out, PEER, "%s", peer ? peer : "");
	gpr_free(peer);
}

static size_t bucket_of(const char *peer)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *peer; peer++)
		hash = (hash ^ (unsigned char)*peer) * 16777619u;
	return hash % BUCKETS;
}

static struct line *find(const struct rpc_meter *meter, const char *peer)
{
	struct line *at = meter->buckets[bucket_of(peer)];
	while (at && strcmp(at->peer, peer) != 0)
		at = at->next;
	return at;
}

/* The address of a socket's other end as the core writes it; "" if it has none. */
static void print_peer(int fd, char out[PEER])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
	socklen_t n = sizeof(address);
	char text[INET6_ADDRSTRLEN];
	out[0] = '\0';
	if (getpeername(fd, &address.any, &n) != 0)
		return;
	if (address.any.sa_family == AF_INET &&
	    inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof(text))) {
		snprintf(out, PEER, "ipv4:%s:%d", text, ntohs(address.v4.sin_port));
	} else if (address.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr)) {
		inet_ntop(AF_INET, address.v6.sin6_addr.s6_addr + 12, text, sizeof(text));
		snprintf(out, PEER, "ipv4:%s:%d", text, ntohs(address.v6.sin6_port));
	} else if (address.any.sa_family == AF_INET6 &&
		   inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof(text))) {
		snprintf(out, PEER, "ipv6:%%5B%s%%5D:%d", text, ntohs(address.v6.sin6_port));
	}
}

static int find_socket(const char *peer)
{
	DIR *open_files = opendir("/proc/self/fd");
	int found = -1;
	if (!open_files)
		return found;
	for (struct dirent *at; found < 0 && (at = readdir(open_files));) {
		char other[PEER];
		int fd = (int)strtol(at->d_name, NULL, 10);
		print_peer(fd, other);
		if (strcmp(other, peer) == 0)
			found = fd;
	}
	closedir(open_files);
	return found;
}

void rpc_meter_allow(struct rpc_meter *meter, grpc_call *call, size_t bytes)
{
	char peer[PEER];
	if (meter->n == 0)
		return;
	peer_of(call, peer);
	struct line *line = find(meter, peer);
	if (line)
		line->handed_over += bytes + bytes / MESSAGE_SHARE + MESSAGE;
}

void rpc_meter_waits(struct rpc_meter *meter, grpc_call *call, size_t message_most)
{
	char peer[PEER];
	peer_of(call, peer);
	struct line *line = find(meter, peer);
	if (!line) {
		line = calloc(1, sizeof(*line));
		if (!line)
			return;
		memcpy(line->peer, peer, PEER);
		line->fd = find_socket(peer);
		line->next = meter->buckets[bucket_of(peer)];
		meter->buckets[bucket_of(peer)] = line;
		meter->n++;
	}
	line->limit += message_most + (line->limit == 0 ? SLACK : 0);
}

static void read_counter(struct line *line)
{
	char peer[PEER];
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);
	print_peer(line->fd, peer); /* the number may be another connection's by now */
	if (strcmp(peer, line->peer) != 0 || getsockopt(line->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
		return;
	line->received = info.tcpi_bytes_received;
	if (!line->known)
		line->base = line->received;
	line->known = true;
}

void rpc_meter_look(struct rpc_meter *meter)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct line **at = &meter->buckets[i]; *at;) {
			struct line *line = *at;
			if (line->limit == 0) {
				*at = line->next;
				free(line);
				meter->n--;
				continue;
			}
			read_counter(line);
			line->over = line->received - line->base > line->handed_over + line->limit;
			line->limit = 0;
			at = &line->next;
		}
	}
}

bool rpc_meter_exceeds(const struct rpc_meter *meter, grpc_call *call)
{
	char peer[PEER];
	peer_of(call, peer);
	const struct line *line = find(meter, peer);
	return line && line->over;
}
