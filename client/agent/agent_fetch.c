/* agent_fetch.c: states and routers on their way in.                                        (kind: conductor)
 *
 * Bytes are appended to DIR/fetched/NAME; a download that was cut off goes on behind them. The file counts
 * when its SHA-256 is the one that was asked for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/agent/agent_inside.h"
#include "common/base/log.h"
#include "common/crypto/digest.h"
#include "common/io/mapped.h"

static void (*when_done)(struct agent *agent);

void agent_fetch_end(struct agent *agent)
{
	if (agent->file)
		fclose(agent->file);
	agent->file = NULL;
	free(agent->path);
	agent->path = NULL;
}

/* Is the file on disk the blob that was asked for? */
static bool is_wanted(const struct agent *agent)
{
	struct findings findings = { 0 };
	struct digest digest;
	void *bytes;
	size_t n;
	int r = mapped_open(agent->path, &findings, &bytes, &n);
	findings_deinit(&findings);
	if (r != 0)
		return false;
	r = digest_bytes(bytes, n, &digest);
	munmap(bytes, n);
	return r == 0 && n == agent->wanted->bytes &&
	       memcmp(digest.bytes, agent->wanted->sha256, sizeof(digest.bytes)) == 0;
}

static void message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct agent *agent = context;
	const uint8_t *piece;
	size_t n_piece;
	char why[WIRE_TEXT];
	bool good = wire_piece_parse(bytes, n, why, &piece, &n_piece) == 0 &&
		    n_piece <= agent->wanted->bytes - agent->received &&
		    fwrite(piece, 1, n_piece, agent->file) == n_piece;
	if (!good) {
		rpc_stream_cancel(stream);
		return;
	}
	agent->received += n_piece;
	rpc_stream_read(stream);
}

static void closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct agent *agent = context;
	(void)stream;
	agent->stream = NULL;
	agent->step = AGENT_WAITING;
	bool flushed = fclose(agent->file) == 0;
	agent->file = NULL;
	if (agent->stopping)
		return;
	if (outcome->status == RPC_OK && flushed && is_wanted(agent)) {
		when_done(agent);
		return;
	}
	if (outcome->status == RPC_OK || outcome->status == RPC_RANGE)
		unlink(agent->path); /* not what was asked for: from the beginning next time */
	agent_fetch_end(agent);
	agent_pause(agent, "fetch-failed", outcome);
}

static int begin(struct agent *agent, const char *name)
{
	static const struct rpc_handler handler = { .message = message,
						    .closed = closed,
						    .message_most = WIRE_PIECE_MOST };
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	cleanup(free_pointer) char *folder = NULL;
	struct wire_fetch fetch = { 0 };
	struct stat status;
	if (asprintf(&folder, "%s/fetched", agent->dir) < 0 ||
	    asprintf(&agent->path, "%s/%s", folder, name) < 0)
		return FAIL(-ENOMEM);
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return FAIL(-errno);
	if (stat(agent->path, &status) == 0 && (uint64_t)status.st_size <= agent->wanted->bytes)
		fetch.offset = (uint64_t)status.st_size;
	agent->received = fetch.offset;
	agent->file = fopen(agent->path, fetch.offset > 0 ? "abe" : "wbe");
	if (!agent->file)
		return FAIL(-errno);
	memcpy(fetch.sha256, agent->wanted->sha256, sizeof(fetch.sha256));
	TRY(wire_fetch_pack(&fetch, &bytes));
	agent->step = AGENT_FETCHING;
	TRY(rpc_channel_download(agent->channel, WIRE_FETCH, bytes.data, bytes.n, &handler, agent,
				 &agent->stream));
	rpc_stream_read(agent->stream);
	return 0;
}

void agent_fetch(struct agent *agent, const struct wire_blob *blob, const char *name,
		 void (*done)(struct agent *agent))
{
	agent->wanted = blob;
	when_done = done;
	if (begin(agent, name) == 0)
		return;
	agent_fetch_end(agent);
	agent_pause(agent, "fetch-failed", NULL);
}
