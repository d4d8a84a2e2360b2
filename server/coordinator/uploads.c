/* uploads.c: submissions on their way in.                                                   (kind: conductor)
 *
 * Everything is judged by the header, before a byte of the body is read. A piece is written by a worker, and
 * the next one is asked for when it is on disk (synced every MiB): a slow disk slows the sender, and memory
 * is one piece a call. A complete body is checked like the code it will be folded by, then journaled, and
 * only then acknowledged.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/crypto/digest.h"
#include "common/drive/body.h"
#include "common/io/mapped.h"
#include "server/coordinator/office.h"

enum { UPLOADS_MOST = 256, SYNC_BYTES = 1 << 20, UPLOAD_E_BAD = 16 };

struct upload {
	struct upload *next;
	struct coordinator *coordinator;
	struct rpc_call *call; /* NULL: the call has ended */
	struct store_submission submission;
	uint64_t offset; /* where the sender goes on */
	struct store_part *part;
	uint64_t written, durable;
	bool busy;    /* a worker has it */
	bool discard; /* the client was revoked */
	uint8_t *piece;
	size_t n_piece;
	struct run *run; /* only while its state is being checked against */
	struct findings findings;
};

static void upload_free(struct upload *upload)
{
	struct upload **at = &upload->coordinator->uploads;
	while (*at && *at != upload)
		at = &(*at)->next;
	if (*at)
		*at = upload->next;
	if (upload->discard && upload->part)
		store_part_discard(upload->part);
	store_part_close(upload->part);
	findings_deinit(&upload->findings);
	free(upload->piece);
	free(upload);
}

/* Run the job; while it runs the upload is the worker's. */
static void start_job(struct upload *upload, int (*work)(void *context),
		      void (*done)(void *context, int result))
{
	upload->busy = true;
	if (loop_job(upload->coordinator->loop, work, done, upload) == 0)
		return;
	upload->busy = false;
	office_refuse(upload->coordinator, upload->call, RPC_EXHAUSTED, "busy",
		      "no worker is free: send it again");
}

/* Back from a worker: false if there is nobody left to answer. */
static bool back(struct upload *upload)
{
	upload->busy = false;
	if (upload->call)
		return true;
	upload_free(upload);
	return false;
}

static void refuse_result(struct upload *upload, int result)
{
	if (result == STORE_E_FULL || result == -ENOSPC)
		office_refuse(upload->coordinator, upload->call, RPC_EXHAUSTED, "disk-full",
			      "the coordinator's disk is full");
	else if (result == STORE_E_BAD)
		office_refuse(upload->coordinator, upload->call, RPC_INVALID, "wrong-bytes",
			      "the body is not the one that the header names: send it again");
	else
		office_refuse(upload->coordinator, upload->call, RPC_INTERNAL, "internal",
			      "the contribution could not be kept");
}

/* ---- the last step ---- */

static struct run *judge(struct upload *upload)
{
	struct run *run = runs_find(upload->coordinator, upload->submission.run);
	const char *reason =
		run ? round_judge(&run->round, upload->submission.client, upload->submission.phase) :
		      "unknown-run";
	if (!reason)
		return run;
	office_refuse(upload->coordinator, upload->call, RPC_PRECONDITION, reason, "run %s, phase %u: %s",
		      upload->submission.run, upload->submission.phase, reason);
	return NULL;
}

static int check_body(void *context)
{
	struct upload *upload = context;
	struct run *run = upload->run;
	const struct store_submission *submission = &upload->submission;
	cleanup(free_pointer) char *path = NULL;
	cleanup(answer_deinit) struct answer answer = { 0 };
	void *bytes;
	size_t n;
	int r = store_part_finish(upload->part);
	if (r != 0)
		return r;
	TRY(store_body_path(upload->coordinator->store, submission->run, submission->phase,
			    submission->client, &path));
	TRY(mapped_open(path, &upload->findings, &bytes, &n));
	r = body_parse(&run->phase, bytes, n, submission->rows, submission->client, &upload->findings,
		       &answer);
	munmap(bytes, n);
	if (r == 0 && run->learner->check)
		r = run->learner->check(&run->plan.plan, &run->phase, &run->state, &answer,
					submission->client, &upload->findings);
	if (r <= 0)
		return r;
	store_part_discard(upload->part);
	return UPLOAD_E_BAD;
}

/* Journal, acknowledge, count. */
static int accept_body(struct upload *upload, struct run *run)
{
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	struct coordinator *coordinator = upload->coordinator;
	TRY(wire_result_pack(WIRE_ACCEPTED, &bytes));
	TRY(store_submission_put(coordinator->store, &upload->submission));
	failpoint("before-acknowledgement");
	rpc_call_reply(upload->call, bytes.data, bytes.n);
	coordinator->counters[COUNT_SUBMISSIONS]++;
	log_say(LOG_INFO, "contribution-accepted", { "client", upload->submission.client },
		{ "run", upload->submission.run }, { "phase", log_number(upload->submission.phase) },
		{ "bytes", log_number(upload->submission.bytes) });
	runs_act(run, round_accepted(&run->round, upload->submission.client));
	return 0;
}

static void checked(void *context, int result)
{
	struct upload *upload = context;
	struct run *run = upload->run;
	bool alive = back(upload);
	if (!alive) {
		runs_checked(run);
		return;
	}
	if (result == UPLOAD_E_BAD) {
		const struct finding *first =
			upload->findings.n_items > 0 ? &upload->findings.items[0] : NULL;
		office_refuse(upload->coordinator, upload->call, RPC_INVALID, "bad-contribution", "%s: %s",
			      first ? first->reason : "refused by the learner",
			      first && first->detail ? first->detail : "");
	} else if (result != 0) {
		refuse_result(upload, result);
	} else if ((run = judge(upload)) != NULL && accept_body(upload, run) != 0) {
		refuse_result(upload, -EIO);
	}
	runs_checked(upload->run);
}

static void half_closed(struct rpc_call *call, void *context)
{
	struct upload *upload = rpc_call_own(call);
	if (!upload || upload->written != upload->submission.bytes) {
		office_refuse(context, call, RPC_INVALID, "incomplete",
			      "the upload ended before the body did");
		return;
	}
	upload->run = judge(upload);
	if (!upload->run)
		return;
	upload->run->checking++;
	upload->busy = true;
	if (loop_job(upload->coordinator->loop, check_body, checked, upload) == 0)
		return;
	upload->busy = false;
	runs_checked(upload->run);
	refuse_result(upload, -ENOMEM);
}

/* ---- pieces ---- */

static int write_piece(void *context)
{
	struct upload *upload = context;
	int r = store_part_write(upload->part, upload->piece, upload->n_piece);
	if (r == 0 && upload->written + upload->n_piece - upload->durable >= SYNC_BYTES)
		r = store_part_sync(upload->part, &upload->durable);
	return r;
}

static void written(void *context, int result)
{
	struct upload *upload = context;
	if (!back(upload))
		return;
	if (result != 0) {
		refuse_result(upload, result);
		return;
	}
	upload->written += upload->n_piece;
	upload->coordinator->counters[COUNT_BYTES_IN] += upload->n_piece;
	struct run *run = runs_find(upload->coordinator, upload->submission.run);
	if (run)
		round_progressed(&run->round, upload->submission.client);
	rpc_call_read(upload->call);
}

static void take_piece(struct upload *upload, const uint8_t *bytes, size_t n)
{
	const uint8_t *piece;
	char why[WIRE_TEXT] = "";
	if (wire_part_parse(bytes, n, why, &piece, &upload->n_piece) != 0) {
		office_refuse(upload->coordinator, upload->call, RPC_INVALID, "malformed", "%s", why);
		return;
	}
	if (upload->n_piece > upload->submission.bytes - upload->written) {
		office_refuse(upload->coordinator, upload->call, RPC_INVALID, "too-long",
			      "more bytes than the header says");
		return;
	}
	memcpy(upload->piece, piece, upload->n_piece);
	start_job(upload, write_piece, written);
}

/* ---- the header ---- */

static int open_part(void *context)
{
	struct upload *upload = context;
	return store_part_open(upload->coordinator->store, &upload->submission, &upload->part,
			       &upload->durable);
}

static void part_opened(void *context, int result)
{
	struct upload *upload = context;
	if (!back(upload))
		return;
	upload->written = upload->durable;
	if (result != 0)
		refuse_result(upload, result);
	else if (upload->offset != upload->durable)
		office_refuse(upload->coordinator, upload->call, RPC_RANGE, "wrong-offset", "%llu",
			      (unsigned long long)upload->durable);
	else
		rpc_call_read(upload->call);
}

/* The same submission once more, or another one in its place. True: the call was answered. */
static bool answer_repeated(struct coordinator *coordinator, struct rpc_call *call,
			    const struct store_submission *submission)
{
	struct store_submission before;
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	int r = store_submission_get(coordinator->store, submission->run, submission->phase,
				     submission->client, &before);
	if (r == STORE_E_NONE)
		return false;
	if (r == 0 && strcmp(before.sha256, submission->sha256) == 0 &&
	    wire_result_pack(WIRE_DUPLICATE, &bytes) == 0) {
		coordinator->counters[COUNT_DUPLICATES]++;
		rpc_call_reply(call, bytes.data, bytes.n);
	} else if (r == 0) {
		office_refuse(coordinator, call, RPC_EXISTS, "conflict",
			      "another contribution was accepted before");
	} else {
		office_refuse(coordinator, call, RPC_INTERNAL, "internal", "the journal could not be read");
	}
	return true;
}

static const char *judge_header(const struct run *run, const struct wire_submission *header,
				const char *lanes)
{
	if (header->gather != run->journal.gather || strcmp(lanes, run->journal.lanes_digest) != 0)
		return "wrong-lanes";
	if (header->rows > run->plan.plan.limit_rows)
		return "too-many-rows";
	return body_size_fits(&run->phase, header->bytes) ? NULL : "wrong-size";
}

static struct upload *upload_new(struct coordinator *coordinator, struct rpc_call *call,
				 const struct store_submission *submission, uint64_t offset)
{
	struct upload *upload = calloc(1, sizeof(*upload));
	uint8_t *piece = malloc(WIRE_PIECE);
	if (!upload || !piece) {
		free(upload);
		free(piece);
		return NULL;
	}
	upload->coordinator = coordinator;
	upload->call = call;
	upload->submission = *submission;
	upload->offset = offset;
	upload->piece = piece;
	upload->next = coordinator->uploads;
	coordinator->uploads = upload;
	rpc_call_keep(call, upload);
	return upload;
}

/* A client has one upload at a time: an older one is cut, the newer one comes again when it is gone. */
static bool is_first(struct coordinator *coordinator, struct rpc_call *call, const char *client)
{
	for (struct upload *upload = coordinator->uploads; upload; upload = upload->next) {
		if (strcmp(upload->submission.client, client) != 0)
			continue;
		if (upload->call)
			office_refuse(coordinator, upload->call, RPC_ABORTED, "superseded",
				      "a later upload was begun");
		office_refuse(coordinator, call, RPC_ABORTED, "busy",
			      "an earlier upload is being ended: send it again");
		return false;
	}
	return true;
}

static void start(struct coordinator *coordinator, struct rpc_call *call,
		  const struct wire_submission *header)
{
	struct store_submission submission = { .phase = header->phase,
					       .bytes = header->bytes,
					       .rows = header->rows,
					       .clipped = header->clipped };
	struct digest digest;
	snprintf(submission.run, sizeof(submission.run), "%s", header->run);
	snprintf(submission.client, sizeof(submission.client), "%.63s", rpc_call_peer(call)->name);
	memcpy(digest.bytes, header->sha256, sizeof(digest.bytes));
	digest_hex(&digest, submission.sha256);
	if (!header->gather) {
		memcpy(digest.bytes, header->lanes_digest, sizeof(digest.bytes));
		digest_hex(&digest, submission.lanes_digest);
	}
	if (answer_repeated(coordinator, call, &submission))
		return;
	struct run *run = runs_find(coordinator, submission.run);
	const char *reason =
		run ? round_judge(&run->round, submission.client, submission.phase) : "unknown-run";
	if (!reason)
		reason = judge_header(run, header, submission.lanes_digest);
	if (reason) {
		office_refuse(coordinator, call, RPC_PRECONDITION, reason, "run %s, phase %u: %s",
			      submission.run, submission.phase, reason);
		return;
	}
	if (!is_first(coordinator, call, submission.client))
		return;
	struct upload *upload = upload_new(coordinator, call, &submission, header->offset);
	if (upload)
		start_job(upload, open_part, part_opened);
	else
		office_refuse(coordinator, call, RPC_EXHAUSTED, "busy", "out of memory: send it again");
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
	struct upload *upload = rpc_call_own(call);
	struct wire_submission header;
	char why[WIRE_TEXT] = "";
	if (upload)
		take_piece(upload, bytes, n);
	else if (wire_submission_parse(bytes, n, why, &header) != 0)
		office_refuse(coordinator, call, RPC_INVALID, "malformed", "%s", why);
	else
		start(coordinator, call, &header);
}

static void closed(struct rpc_call *call, void *context, bool cancelled)
{
	struct upload *upload = rpc_call_own(call);
	(void)context;
	(void)cancelled;
	if (!upload)
		return;
	upload->call = NULL;
	if (!upload->busy)
		upload_free(upload);
}

void uploads_discard(struct coordinator *coordinator, const char *client)
{
	for (struct upload *upload = coordinator->uploads; upload; upload = upload->next) {
		if (strcmp(upload->submission.client, client) == 0)
			upload->discard = true;
	}
}

const struct rpc_method submit_method = { .path = WIRE_SUBMIT,
					  .kind = RPC_UPLOAD,
					  .message_most = WIRE_PIECE_MOST,
					  .calls_most = UPLOADS_MOST,
					  .opened = opened,
					  .message = message,
					  .half_closed = half_closed,
					  .closed = closed };
