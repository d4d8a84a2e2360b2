/* fetches.c: states and artefacts on their way out, mapped and not copied.               (kind: conductor) */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "server/coordinator/office.h"

enum { FETCHES_MOST = 1024 };

struct mapping { /* shared by the call and the pieces on their way */
	void *bytes;
	size_t n;
	_Atomic size_t holders;
};

struct fetch {
	struct mapping *mapping;
	size_t at;
};

static void mapping_release(void *owner)
{
	struct mapping *mapping = owner;
	if (--mapping->holders > 0)
		return;
	munmap(mapping->bytes, mapping->n);
	free(mapping);
}

static int mapping_open(const char *path, struct mapping **out)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? STORE_E_NONE : FAIL(-errno);
	struct mapping *mapping = calloc(1, sizeof(*mapping));
	int r = mapping && fstat(fd, &status) == 0 && status.st_size > 0 ? 0 : -EIO;
	if (r == 0) {
		mapping->n = (size_t)status.st_size;
		mapping->holders = 1;
		mapping->bytes = mmap(NULL, mapping->n, PROT_READ, MAP_SHARED, fd, 0);
		r = mapping->bytes == MAP_FAILED ? -errno : 0;
	}
	close(fd);
	if (r != 0) {
		free(mapping);
		return FAIL(r);
	}
	*out = mapping;
	return 0;
}

static void send_next(struct coordinator *coordinator, struct rpc_call *call, struct fetch *fetch)
{
	struct mapping *mapping = fetch->mapping;
	uint8_t head[WIRE_PIECE_HEAD];
	size_t left = mapping->n - fetch->at, n = left < WIRE_PIECE ? left : WIRE_PIECE;
	if (n == 0) {
		rpc_call_reply(call, NULL, 0);
		return;
	}
	struct rpc_tail tail = { (const char *)mapping->bytes + fetch->at, n, mapping_release, mapping };
	mapping->holders++;
	fetch->at += n;
	coordinator->counters[COUNT_BYTES_OUT] += n;
	rpc_call_send_tail(call, head, wire_piece_head(n, head), &tail);
}

static int start(struct coordinator *coordinator, struct rpc_call *call, const struct wire_fetch *message)
{
	struct digest digest;
	char hex[STORE_HEX];
	cleanup(free_pointer) char *path = NULL;
	struct mapping *mapping = NULL;
	memcpy(digest.bytes, message->sha256, sizeof(digest.bytes));
	digest_hex(&digest, hex);
	TRY(store_blob_path(coordinator->store, hex, &path));
	int r = mapping_open(path, &mapping);
	if (r == STORE_E_NONE) {
		office_refuse(coordinator, call, RPC_NOT_FOUND, "no-such-file",
			      "there is no file of that SHA-256 here");
		return 0;
	}
	TRY(r);
	struct fetch *fetch = message->offset <= mapping->n ? calloc(1, sizeof(*fetch)) : NULL;
	if (!fetch) {
		office_refuse(coordinator, call, RPC_RANGE, "wrong-offset", "the file has %zu bytes",
			      mapping->n);
		mapping_release(mapping);
		return 0;
	}
	fetch->mapping = mapping;
	fetch->at = (size_t)message->offset;
	rpc_call_keep(call, fetch);
	send_next(coordinator, call, fetch);
	return 0;
}

static void opened(struct rpc_call *call, void *context)
{
	struct store_client client;
	if (office_client(context, call, &client))
		rpc_call_read(call);
}

static void message(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct coordinator *coordinator = context;
	struct wire_fetch fetch;
	char why[WIRE_TEXT] = "";
	if (wire_fetch_parse(bytes, n, why, &fetch) != 0)
		office_refuse(coordinator, call, RPC_INVALID, "malformed", "%s", why);
	else if (start(coordinator, call, &fetch) != 0)
		office_refuse(coordinator, call, RPC_INTERNAL, "internal", "the file could not be read");
}

static void sent(struct rpc_call *call, void *context)
{
	send_next(context, call, rpc_call_own(call));
}

static void closed(struct rpc_call *call, void *context, bool cancelled)
{
	struct fetch *fetch = rpc_call_own(call);
	(void)context;
	(void)cancelled;
	if (!fetch)
		return;
	mapping_release(fetch->mapping);
	free(fetch);
}

const struct rpc_method fetch_method = { .path = WIRE_FETCH,
					 .kind = RPC_DOWNLOAD,
					 .message_most = WIRE_FETCH_MOST,
					 .calls_most = FETCHES_MOST,
					 .opened = opened,
					 .message = message,
					 .sent = sent,
					 .closed = closed };
