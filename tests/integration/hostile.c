/* hostile.c: a client with a good certificate and bad intentions, for test_hostile.py.
 *
 *     hostile DIR ADDRESS attack       wait for a task, answer it wrongly in every way, print what came of it
 *     hostile DIR ADDRESS strange N    wait for a task, send N damaged headers and polls
 *     hostile DIR ADDRESS again RUN    send DIR's answer to phase 0 once more, then another one
 *     hostile DIR ADDRESS intrude RUN  poll, then send an answer to a run that did not ask
 *     hostile DIR ADDRESS anonymous    poll without a certificate
 *
 * One line for each attack: its name, and the reason of the refusal, or the status where there is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/store/client_outbox.h"
#include "common/crypto/digest.h"
#include "common/io/text_file.h"
#include "common/learn/learners.h"
#include "common/plan/plan_read.h"
#include "common/rpc/rpc_channel.h"
#include "common/wire/wire.h"

enum { DEADLINE_MS = 60000, STRANGE_MS = 300, PEM_MOST = 64 << 10, TRIES = 600, PAUSE_MS = 50 };

struct message {
	const uint8_t *bytes;
	size_t n;
};

struct call {
	struct loop *loop;
	const struct message *messages;
	size_t n, at;
	struct rpc_outcome outcome;
	struct wire_bytes answer;
};

static struct loop *loop;
static struct rpc_channel *channel;

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "hostile: %s\n", what);
	exit(2);
}

/* ---- one call, to its end ---- */

static void send_next(struct rpc_stream *stream, void *context)
{
	struct call *call = context;
	if (call->at < call->n) {
		const struct message *next = &call->messages[call->at++];
		rpc_stream_send(stream, next->bytes, next->n);
	} else if (call->at++ == call->n) {
		rpc_stream_done(stream);
	}
}

static void answered(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct call *call = context;
	(void)stream;
	wire_bytes_deinit(&call->answer);
	call->answer = (struct wire_bytes){ malloc(n + 1), n };
	check(call->answer.data != NULL, "out of memory");
	memcpy(call->answer.data, bytes, n);
}

static void closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct call *call = context;
	(void)stream;
	call->outcome = *outcome;
	loop_stop(loop);
}

static const struct rpc_handler handler = {
	.message = answered, .sent = send_next, .closed = closed, .message_most = WIRE_POLL_ANSWER_MOST
};

static const char *reason_of(const struct call *call)
{
	return call->outcome.reason[0] ? call->outcome.reason : rpc_status_name(call->outcome.status);
}

static void ask(const struct message *message, uint64_t deadline_ms, struct call *call)
{
	*call = (struct call){ 0 };
	check(rpc_channel_unary(channel, WIRE_POLL, message->bytes, message->n, deadline_ms, &handler, call,
				NULL) == 0,
	      "no call");
	check(loop_run(loop) == 0, "the loop failed");
}

static void pause_over(void *context)
{
	(void)context;
	loop_stop(loop);
}

static void wait_a_little(void)
{
	struct loop_timer *timer;
	check(loop_timer_new(loop, pause_over, NULL, &timer) == 0, "no timer");
	loop_timer_start(timer, PAUSE_MS);
	check(loop_run(loop) == 0, "the loop failed");
	loop_timer_free(timer);
}

/* An upload of these messages; again while the coordinator still ends the one before. */
static void upload(const struct message *messages, size_t n, struct call *call)
{
	struct rpc_stream *stream;
	for (unsigned i = 0; i < TRIES; i++) {
		*call = (struct call){ .messages = messages, .n = n };
		check(rpc_channel_upload(channel, WIRE_SUBMIT, &handler, call, &stream) == 0, "no call");
		send_next(stream, call);
		check(loop_run(loop) == 0, "the loop failed");
		if (strcmp(call->outcome.reason, "busy") != 0)
			return;
		wait_a_little();
	}
}

/* ---- what is true ---- */

static void pack_poll(struct wire_bytes *out)
{
	static char encoder[] = "", model[] = "nothing";
	struct wire_model models = { model, 1 };
	struct wire_poll poll = { .versions = wire_versions("hostile"),
				  .encoder = encoder,
				  .rows = 1,
				  .n_models = 1,
				  .models = &models,
				  .artefacts_seen = INT64_MAX };
	check(wire_poll_pack(&poll, out) == 0, "no poll");
}

static void wait_for_task(struct wire_poll_answer *out)
{
	struct wire_bytes bytes;
	struct call call;
	char why[WIRE_TEXT] = "";
	pack_poll(&bytes);
	for (unsigned i = 0; i < TRIES; i++) {
		ask(&(struct message){ bytes.data, bytes.n }, DEADLINE_MS, &call);
		check(call.outcome.status == RPC_OK, reason_of(&call));
		check(wire_poll_answer_parse(call.answer.data, call.answer.n, why, out) == 0, why);
		wire_bytes_deinit(&call.answer);
		if (out->task.run[0])
			break;
		wire_poll_answer_deinit(out);
		wait_a_little();
	}
	wire_bytes_deinit(&bytes);
	check(out->task.run[0], "no task came");
}

static const struct setting *settings_of(const char *learner)
{
	const struct learner *found = learners_find(learner);
	return found ? found->settings : NULL;
}

/* How many rows and bytes the first phase takes. */
static void sizes_of(const struct wire_task *task, uint64_t *rows, size_t *bytes)
{
	struct findings findings = { 0 };
	struct plan_file plan;
	struct encoder_identity encoder;
	struct state state;
	struct phase phase;
	check(plan_parse("plan", task->plan, strlen(task->plan), settings_of, &findings, &plan) == 0,
	      "no plan");
	check(encoder_identity_parse(task->encoder, &encoder) == 0, "no encoder");
	plan.plan.encoder = &encoder;
	const struct learner *learner = learners_find(plan.plan.learner);
	check(learner->init(&plan.plan, &state) == 0 && learner->next(&plan.plan, &state, &phase) == 0,
	      "no phase");
	*rows = plan.plan.limit_rows;
	*bytes = phase.lanes.words * sizeof(uint64_t);
	state_deinit(&state);
	encoder_identity_deinit(&encoder);
	plan_file_deinit(&plan);
	findings_deinit(&findings);
}

/* ---- attacks ---- */

struct target { /* a good header, and how large things are */
	struct wire_submission header;
	uint64_t limit_rows;
	size_t body;
};

enum aim {
	AIM_NONE,
	AIM_RUN,
	AIM_PHASE,
	AIM_LANES,
	AIM_KIND,
	AIM_ROWS,
	AIM_SIZE,
	AIM_HUGE,
	AIM_DIGEST,
	AIM_OFFSET,
	AIM_NO_HEADER,
	AIM_TWO_HEADERS
};

static const struct attack {
	const char *name;
	enum aim aim;
	int fill;        /* byte of the body */
	int more, fewer; /* bytes sent beyond the header's size, or short of it */
} attacks[] = {
	{ .name = "run", .aim = AIM_RUN },
	{ .name = "phase", .aim = AIM_PHASE },
	{ .name = "lanes", .aim = AIM_LANES },
	{ .name = "kind", .aim = AIM_KIND },
	{ .name = "rows", .aim = AIM_ROWS },
	{ .name = "size", .aim = AIM_SIZE },
	{ .name = "huge", .aim = AIM_HUGE },
	{ .name = "offset", .aim = AIM_OFFSET, .fill = 9 },
	{ .name = "no-header", .aim = AIM_NO_HEADER },
	{ .name = "two-headers", .aim = AIM_TWO_HEADERS, .fill = 8 },
	{ .name = "digest", .aim = AIM_DIGEST, .fill = 7 },
	{ .name = "bounds", .fill = 0x7f },
	{ .name = "negative", .fill = 0x80 },
	{ .name = "truncated", .fill = 1, .fewer = 8 },
	{ .name = "empty", .fill = 2, .fewer = 1 << 30 },
	{ .name = "long", .fill = 3, .more = 8 },
};

static void aim(enum aim aim, const struct target *target, struct wire_submission *header)
{
	if (aim == AIM_RUN)
		snprintf(header->run, sizeof(header->run), "nobody-7");
	header->phase += aim == AIM_PHASE;
	header->lanes_digest[5] ^= aim == AIM_LANES;
	header->sha256[31] ^= aim == AIM_DIGEST;
	header->gather = aim == AIM_KIND;
	header->rows = aim == AIM_ROWS ? target->limit_rows + 1 : header->rows;
	header->bytes += aim == AIM_SIZE ? 8 : 0;
	header->bytes = aim == AIM_HUGE ? (uint64_t)1 << 40 : header->bytes;
	header->offset = aim == AIM_OFFSET ? 8 : 0;
}

static void attack(const struct attack *how, const struct target *target)
{
	struct wire_submission header = target->header;
	struct wire_bytes first, piece = { 0 };
	struct digest digest;
	struct call call;
	size_t short_of = (size_t)how->fewer < target->body ? (size_t)how->fewer : target->body;
	size_t n = target->body + (size_t)how->more - short_of;
	uint8_t *body = malloc(target->body + (size_t)how->more);
	check(body != NULL && n <= WIRE_PIECE, "the body takes more than one piece");
	memset(body, how->fill, target->body + (size_t)how->more);
	check(digest_bytes(body, target->body, &digest) == 0, "no digest");
	memcpy(header.sha256, digest.bytes, sizeof(header.sha256));
	aim(how->aim, target, &header);
	check(wire_submission_pack(&header, &first) == 0, "no header");
	if (n > 0)
		check(wire_part_pack(body, n, &piece) == 0, "no piece");
	const struct message good[] = { { first.data, first.n }, { piece.data, piece.n } };
	const struct message twice[] = { { first.data, first.n }, { first.data, first.n } };
	if (how->aim == AIM_TWO_HEADERS)
		upload(twice, 2, &call);
	else if (how->aim == AIM_NO_HEADER)
		upload(&good[1], 1, &call);
	else
		upload(good, n > 0 ? 2 : 1, &call);
	printf("%s %s\n", how->name, reason_of(&call));
	wire_bytes_deinit(&call.answer);
	wire_bytes_deinit(&first);
	wire_bytes_deinit(&piece);
	free(body);
}

static void take_aim(struct target *out)
{
	struct wire_poll_answer answer;
	wait_for_task(&answer);
	*out = (struct target){ 0 };
	sizes_of(&answer.task, &out->limit_rows, &out->body);
	snprintf(out->header.run, sizeof(out->header.run), "%s", answer.task.run);
	memcpy(out->header.lanes_digest, answer.task.lanes_digest, sizeof(out->header.lanes_digest));
	out->header.phase = answer.task.phase;
	out->header.bytes = out->body;
	out->header.rows = 1;
	wire_poll_answer_deinit(&answer);
}

static void attack_all(void)
{
	struct target target;
	take_aim(&target);
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		attack(&attacks[i], &target);
}

/* ---- damage ---- */

static uint32_t chance(uint32_t below)
{
	static uint32_t state = 20261125;
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

/* A few bytes changed, or cut off, or both. */
static size_t damage(uint8_t *bytes, size_t n)
{
	for (uint32_t i = chance(4) + 1; i > 0; i--)
		bytes[chance((uint32_t)n)] = (uint8_t)chance(256);
	return chance(4) == 0 ? chance((uint32_t)n) + 1 : n;
}

static void send_damaged(const struct wire_bytes *good, bool header, size_t *refused)
{
	struct call call;
	uint8_t bytes[4096];
	check(good->n <= sizeof(bytes), "a message that is too large to damage");
	memcpy(bytes, good->data, good->n);
	struct message message = { bytes, damage(bytes, good->n) };
	if (header)
		upload(&message, 1, &call);
	else
		ask(&message, STRANGE_MS, &call);
	*refused += call.outcome.status != RPC_OK;
	check(call.outcome.status != RPC_INTERNAL && call.outcome.status != RPC_UNAVAILABLE,
	      reason_of(&call));
	wire_bytes_deinit(&call.answer);
}

static void attack_strangely(size_t n)
{
	struct target target;
	struct wire_bytes header, poll;
	size_t headers = 0, polls = 0;
	take_aim(&target);
	check(wire_submission_pack(&target.header, &header) == 0, "no header");
	pack_poll(&poll);
	for (size_t i = 0; i < n; i++)
		send_damaged(i % 2 ? &header : &poll, i % 2, i % 2 ? &headers : &polls);
	printf("headers %zu\npolls %zu\n", headers, polls);
	wire_bytes_deinit(&header);
	wire_bytes_deinit(&poll);
}

/* ---- twice, uninvited, unknown ---- */

static void submit(const char *name, const struct wire_submission *header)
{
	struct wire_bytes first;
	struct call call;
	enum wire_result result;
	char why[WIRE_TEXT];
	check(wire_submission_pack(header, &first) == 0, "no header");
	upload(&(struct message){ first.data, first.n }, 1, &call);
	if (call.outcome.status != RPC_OK)
		printf("%s %s\n", name, reason_of(&call));
	else if (wire_result_parse(call.answer.data, call.answer.n, why, &result) == 0)
		printf("%s %s\n", name, result == WIRE_DUPLICATE ? "duplicate" : "accepted");
	wire_bytes_deinit(&call.answer);
	wire_bytes_deinit(&first);
}

static void submit_again(const char *dir, const char *run)
{
	struct findings findings = { 0 };
	struct client_store *store;
	struct client_contribution sent;
	struct wire_submission header = { 0 };
	struct digest digest;
	check(client_store_open(dir, &findings, &store) == 0, "no store");
	check(client_outbox_get(store, run, 0, &sent) == 0, "nothing was sent");
	client_store_close(store);
	findings_deinit(&findings);
	snprintf(header.run, sizeof(header.run), "%s", run);
	header.bytes = sent.bytes;
	header.rows = sent.rows;
	check(digest_from_hex(sent.lanes_digest, &digest) == 0, "no digest");
	memcpy(header.lanes_digest, digest.bytes, sizeof(header.lanes_digest));
	check(digest_from_hex(sent.sha256, &digest) == 0, "no digest");
	memcpy(header.sha256, digest.bytes, sizeof(header.sha256));
	submit("same", &header);
	header.sha256[0] ^= 1;
	submit("other", &header);
}

static void poll_once(void)
{
	struct wire_bytes bytes;
	struct call call;
	pack_poll(&bytes);
	ask(&(struct message){ bytes.data, bytes.n }, STRANGE_MS * 10, &call);
	printf("poll %s\n", reason_of(&call));
	wire_bytes_deinit(&call.answer);
	wire_bytes_deinit(&bytes);
}

static void intrude(const char *run)
{
	struct wire_submission header = { .bytes = 8, .rows = 1 };
	snprintf(header.run, sizeof(header.run), "%s", run);
	poll_once();
	submit("intruder", &header);
}

static char *read_text(const char *dir, const char *name)
{
	char path[512], *text = NULL;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	check(text_file_read(path, PEM_MOST, &text) == 0, path);
	return text;
}

static void act(const char *dir, const char *what, const char *more)
{
	if (strcmp(what, "attack") == 0)
		attack_all();
	else if (strcmp(what, "strange") == 0)
		attack_strangely(strtoull(more, NULL, 10));
	else if (strcmp(what, "again") == 0)
		submit_again(dir, more);
	else if (strcmp(what, "intrude") == 0)
		intrude(more);
	else
		poll_once();
}

int main(int argc, char **argv)
{
	check(argc == 4 || argc == 5, "DIR ADDRESS WHAT [MORE]");
	bool anonymous = strcmp(argv[3], "anonymous") == 0;
	char *authority = read_text(argv[1], "authority.pem"), *certificate = NULL, *key = NULL;
	if (!anonymous) {
		certificate = read_text(argv[1], "client.pem");
		key = read_text(argv[1], "client.key");
	}
	struct rpc_channel_options options = { .address = argv[2],
					       .credentials = { authority, certificate, key } };
	check(rpc_start() == 0 && loop_new(&loop) == 0, "no loop");
	check(rpc_channel_new(loop, &options, &channel) == 0, "no channel");
	act(argv[1], argv[3], argc == 5 ? argv[4] : "");
	rpc_channel_free(channel);
	loop_free(loop);
	rpc_stop();
	free(authority);
	free(certificate);
	free(key);
	return 0;
}
