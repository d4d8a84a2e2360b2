/* agent_send.c: a contribution from the outbox on its way out.                           (kind: conductor) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "client/agent/agent_inside.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/crypto/digest.h"
#include "common/io/mapped.h"

enum { DAY_S = 86400 };

void agent_send_end(struct agent *agent)
{
	if (agent->body)
		munmap(agent->body, agent->contribution.bytes);
	agent->body = NULL;
}

static void send_piece(struct agent *agent)
{
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	uint64_t left = agent->contribution.bytes - agent->sent;
	size_t n = left < WIRE_PIECE ? (size_t)left : WIRE_PIECE;
	if (n == 0 || wire_part_pack(agent->body + agent->sent, n, &bytes) != 0) {
		agent->body_done = true;
		rpc_stream_done(agent->stream);
		return;
	}
	agent->sent += n;
	agent->bytes_today += n;
	rpc_stream_send(agent->stream, bytes.data, bytes.n);
}

static void sent(struct rpc_stream *stream, void *context)
{
	struct agent *agent = context;
	(void)stream;
	if (!agent->body_done)
		send_piece(agent);
}

static void message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct agent *agent = context;
	enum wire_result result;
	char why[WIRE_TEXT];
	(void)stream;
	if (wire_result_parse(bytes, n, why, &result) != 0)
		return;
	failpoint("outbox-before-acknowledged");
	if (client_outbox_acknowledge(agent->store, agent->contribution.run, agent->contribution.phase) != 0)
		return;
	failpoint("outbox-acknowledged");
	agent->contribution.acknowledged = true;
	agent->counters[AGENT_SENT]++;
	log_say(LOG_INFO, "contribution-acknowledged", { "run", agent->contribution.run },
		{ "phase", log_number(agent->contribution.phase) },
		{ "result", result == WIRE_DUPLICATE ? "duplicate" : "accepted" });
}

/* Nobody will ever take it: the phase is over, or another contribution was accepted. */
static bool is_void(const struct rpc_outcome *outcome)
{
	static const char *const reasons[] = { "phase-closed", "wrong-phase",   "unknown-run",
					       "conflict",     "not-in-cohort", "not-in-roster" };
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(outcome->reason, reasons[i]) == 0)
			return true;
	}
	return false;
}

static void closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct agent *agent = context;
	(void)stream;
	agent->stream = NULL;
	agent->step = AGENT_WAITING;
	agent_send_end(agent);
	if (agent->stopping)
		return;
	if (agent->contribution.acknowledged) {
		agent->failures = 0;
		agent_poll(agent);
	} else if (strcmp(outcome->reason, "wrong-offset") == 0 && agent->failures++ < 3) {
		agent_send(agent, strtoull(outcome->text, NULL, 10));
	} else if (strcmp(outcome->reason, "bad-contribution") == 0) {
		agent_refuse(agent, "bad-contribution", "the coordinator found it wrong: %s", outcome->text);
	} else {
		if (is_void(outcome) && client_outbox_drop(agent->store, agent->contribution.run,
							   agent->contribution.phase + 1) != 0)
			log_say(LOG_ERROR, "outbox-failed", { "run", agent->contribution.run });
		agent_pause(agent, "send-failed", outcome);
	}
}

static int header_of(const struct agent *agent, uint64_t offset, struct wire_bytes *out)
{
	const struct client_contribution *contribution = &agent->contribution;
	struct wire_submission header = { .phase = contribution->phase,
					  .gather = contribution->gather,
					  .bytes = contribution->bytes,
					  .rows = contribution->rows,
					  .offset = offset,
					  .clipped = contribution->clipped };
	struct digest digest;
	snprintf(header.run, sizeof(header.run), "%s", contribution->run);
	TRY(digest_from_hex(contribution->sha256, &digest));
	memcpy(header.sha256, digest.bytes, sizeof(header.sha256));
	if (!contribution->gather) {
		TRY(digest_from_hex(contribution->lanes_digest, &digest));
		memcpy(header.lanes_digest, digest.bytes, sizeof(header.lanes_digest));
	}
	return wire_submission_pack(&header, out);
}

static int begin(struct agent *agent, uint64_t offset)
{
	static const struct rpc_handler handler = {
		.message = message, .sent = sent, .closed = closed, .message_most = WIRE_FETCH_MOST
	};
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	cleanup(free_pointer) char *path = NULL;
	cleanup(findings_deinit) struct findings findings = { 0 };
	void *body;
	size_t n;
	TRY(client_outbox_path(agent->store, &agent->contribution, &path));
	int r = mapped_open(path, &findings, &body, &n);
	if (r != 0 || n != agent->contribution.bytes || offset > n)
		return FAIL(-EBADMSG);
	agent->body = body;
	agent->sent = offset;
	agent->body_done = false;
	agent->step = AGENT_SENDING;
	TRY(header_of(agent, offset, &bytes));
	TRY(rpc_channel_upload(agent->channel, WIRE_SUBMIT, &handler, agent, &agent->stream));
	rpc_stream_send(agent->stream, bytes.data, bytes.n);
	return 0;
}

void agent_send(struct agent *agent, uint64_t offset)
{
	uint64_t most = agent->options.policy.bytes_per_day;
	int64_t day = clock_wall_s() / DAY_S;
	if (day != agent->today) {
		agent->today = day;
		agent->bytes_today = 0;
	}
	if (most > 0 && agent->bytes_today + agent->contribution.bytes - offset > most) {
		agent_refuse(agent, "policy-bytes",
			     "%llu bytes more would be beyond the client's limit of %llu a day",
			     (unsigned long long)(agent->contribution.bytes - offset),
			     (unsigned long long)most);
		return;
	}
	if (begin(agent, offset) == 0)
		return;
	agent_send_end(agent);
	agent->step = AGENT_WAITING;
	agent_pause(agent, "send-failed", NULL);
}
