/* polls.c: clients ask for work; the answer waits until there is some.                   (kind: conductor) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/coordinator/office.h"

enum { ASK_AGAIN_MS = 100, SEEN_EVERY_S = 30, POLLS_MOST = 4096 };

/* ---- reports ---- */

static void report_clear(struct report *report)
{
	for (size_t i = 0; i < report->n_models; i++)
		free(report->models[i].name);
	free(report->models);
	free(report->encoder);
	report->models = NULL;
	report->encoder = NULL;
	report->n_models = 0;
}

static struct report *report_of(struct coordinator *coordinator, const char *client)
{
	for (struct report *report = coordinator->reports; report; report = report->next) {
		if (strcmp(report->client, client) == 0)
			return report;
	}
	struct report *report = calloc(1, sizeof(*report));
	if (!report)
		return NULL;
	snprintf(report->client, sizeof(report->client), "%s", client);
	report->next = coordinator->reports;
	coordinator->reports = report;
	return report;
}

const struct report *polls_report(const struct coordinator *coordinator, const char *client)
{
	for (const struct report *report = coordinator->reports; report; report = report->next) {
		if (strcmp(report->client, client) == 0)
			return report->encoder ? report : NULL;
	}
	return NULL;
}

/* Remember what the poll says (its lists are taken), and write down that the client was here, not at every
 * poll. */
static int report_take(struct coordinator *coordinator, struct store_client *client, struct wire_poll *poll)
{
	struct report *report = report_of(coordinator, client->name);
	int64_t now = clock_wall_s();
	TRY_ALLOC(report);
	report_clear(report);
	report->encoder = poll->encoder;
	report->models = poll->models;
	report->n_models = poll->n_models;
	poll->encoder = NULL;
	poll->models = NULL;
	poll->n_models = 0;
	if (client->rows == poll->rows && now < report->written + SEEN_EVERY_S)
		return 0;
	report->written = now;
	client->last_seen = now;
	client->rows = poll->rows;
	snprintf(client->program, sizeof(client->program), "%s", poll->versions.program);
	return store_client_put(coordinator->store, client);
}

/* ---- answers ---- */

static bool from_hex(const char *hex, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sscanf(hex + 2 * i, "%2hhx", &bytes[i]) != 1)
			return false;
	}
	return true;
}

static void blob_of(const struct store_blob *blob, struct wire_blob *out)
{
	from_hex(blob->sha256, out->sha256, sizeof(out->sha256));
	out->bytes = blob->bytes;
}

/* The task that this client should work on now, if there is one. Texts are borrowed from the run. */
static int find_task(struct coordinator *coordinator, const char *client, struct wire_task *out)
{
	for (struct run *run = coordinator->runs; run; run = run->next) {
		for (size_t i = 0; run->round.state == ROUND_COLLECTING && i < run->round.n; i++) {
			const struct round_member *member = &run->round.members[i];
			if (strcmp(member->name, client) != 0 || !member->asked || member->accepted ||
			    member->refused)
				continue;
			snprintf(out->run, sizeof(out->run), "%s", run->record.id);
			out->phase = run->round.phase;
			out->plan = run->record.plan;
			out->encoder = run->record.encoder;
			out->gather = run->journal.gather;
			out->deadline = run->round.deadline;
			blob_of(&run->journal.state, &out->state);
			from_hex(run->journal.state_digest, out->state_digest, sizeof(out->state_digest));
			if (!out->gather)
				from_hex(run->journal.lanes_digest, out->lanes_digest,
					 sizeof(out->lanes_digest));
			return store_part_durable(coordinator->store, out->run, out->phase, client,
						  &out->durable);
		}
	}
	return 0;
}

static int find_artefacts(struct coordinator *coordinator, uint64_t seen, struct wire_poll_answer *answer)
{
	cleanup(free_pointer) struct store_artefact *artefacts = NULL;
	size_t n;
	TRY(store_artefacts(coordinator->store, seen, &artefacts, &n));
	if (n > WIRE_ARTEFACTS_MOST)
		n = WIRE_ARTEFACTS_MOST;
	answer->artefacts = calloc(n + 1, sizeof(*answer->artefacts));
	TRY_ALLOC(answer->artefacts);
	for (size_t i = 0; i < n; i++) {
		struct wire_artefact *artefact = &answer->artefacts[i];
		artefact->version = artefacts[i].version;
		snprintf(artefact->learner, sizeof(artefact->learner), "%s", artefacts[i].learner);
		snprintf(artefact->digest, sizeof(artefact->digest), "%s", artefacts[i].digest);
		snprintf(artefact->run, sizeof(artefact->run), "%s", artefacts[i].run);
		blob_of(&artefacts[i].file, &artefact->file);
	}
	answer->n_artefacts = n;
	return 0;
}

static int reply(struct rpc_call *call, const struct wire_poll_answer *answer)
{
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	TRY(wire_poll_answer_pack(answer, &bytes));
	rpc_call_reply(call, bytes.data, bytes.n);
	return 0;
}

/* Answer the poll if there is something to say, or if it must not wait; *answered says whether. */
static int try_answer(struct coordinator *coordinator, const struct waiting *poll, bool must, bool *answered)
{
	struct wire_poll_answer answer = { .ask_again_ms = ASK_AGAIN_MS };
	int r = find_artefacts(coordinator, poll->seen, &answer);
	if (r == 0)
		r = find_task(coordinator, poll->client, &answer.task);
	*answered = r == 0 && (must || answer.task.run[0] || answer.n_artefacts > 0);
	if (*answered)
		r = reply(poll->call, &answer);
	free(answer.artefacts);
	return r;
}

/* ---- waiting ---- */

static void unlink_waiting(struct coordinator *coordinator, struct waiting *waiting)
{
	struct waiting **at = &coordinator->waiting;
	while (*at && *at != waiting)
		at = &(*at)->next;
	if (*at)
		*at = waiting->next;
}

/* Look at the held polls again. `wants` NULL: all of them. */
static void look_again(struct coordinator *coordinator, bool must, uint64_t now_ms)
{
	for (struct waiting *waiting = coordinator->waiting, *next; waiting; waiting = next) {
		bool answered = false, late = must || now_ms >= waiting->until_ms;
		next = waiting->next;
		if (!must && now_ms > 0 && !late)
			continue;
		int r = try_answer(coordinator, waiting, late, &answered);
		if (r != 0)
			office_refuse(coordinator, waiting->call, RPC_INTERNAL, "internal",
				      "the answer could not be made");
		if (r == 0 && !answered)
			continue;
		unlink_waiting(coordinator, waiting);
		rpc_call_keep(waiting->call, NULL);
		free(waiting);
	}
}

void polls_wake(struct coordinator *coordinator)
{
	look_again(coordinator, coordinator->stopping, 0);
}

void polls_time(struct coordinator *coordinator, uint64_t now_ms)
{
	look_again(coordinator, false, now_ms);
}

void polls_drop(struct coordinator *coordinator, const char *client)
{
	for (struct waiting *waiting = coordinator->waiting, *next; waiting; waiting = next) {
		next = waiting->next;
		if (strcmp(waiting->client, client) != 0)
			continue;
		office_refuse(coordinator, waiting->call, RPC_ABORTED, "superseded",
			      "a later poll took this one's place");
		unlink_waiting(coordinator, waiting);
		rpc_call_keep(waiting->call, NULL);
		free(waiting);
	}
}

void polls_free(struct coordinator *coordinator)
{
	while (coordinator->waiting) {
		struct waiting *next = coordinator->waiting->next;
		free(coordinator->waiting);
		coordinator->waiting = next;
	}
	while (coordinator->reports) {
		struct report *next = coordinator->reports->next;
		report_clear(coordinator->reports);
		free(coordinator->reports);
		coordinator->reports = next;
	}
}

static int hold(struct coordinator *coordinator, const struct waiting *poll)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));
	TRY_ALLOC(waiting);
	*waiting = *poll;
	waiting->until_ms = clock_steady_ms() + (uint64_t)coordinator->options.poll_hold_s * 1000;
	waiting->next = coordinator->waiting;
	coordinator->waiting = waiting;
	rpc_call_keep(waiting->call, waiting);
	return 0;
}

/* ---- one poll ---- */

static void take_refusal(struct coordinator *coordinator, const char *client,
			 const struct wire_refusal *refusal)
{
	struct run *run = refusal->run[0] ? runs_find(coordinator, refusal->run) : NULL;
	if (!run || run->round.state != ROUND_COLLECTING || run->round.phase != refusal->phase)
		return;
	log_say(LOG_WARNING, "client-refuses", { "client", client }, { "run", refusal->run },
		{ "reason", refusal->reason }, { "text", refusal->text });
	snprintf(run->record.reason, sizeof(run->record.reason), "%s", refusal->reason);
	snprintf(run->record.text, sizeof(run->record.text), "%.63s: %.400s", client, refusal->text);
	runs_act(run, round_refused(&run->round, client));
}

static int serve(struct coordinator *coordinator, struct rpc_call *call, struct wire_poll *poll)
{
	struct store_client client;
	struct waiting asked = { .call = call, .seen = poll->artefacts_seen };
	const char *name = asked.client;
	bool answered;
	if (!office_client(coordinator, call, &client))
		return 0;
	snprintf(asked.client, sizeof(asked.client), "%s", client.name);
	TRY(report_take(coordinator, &client, poll));
	polls_drop(coordinator, name);
	for (struct run *run = coordinator->runs, *next; run; run = next) {
		next = run->next;
		runs_act(run, round_polled(&run->round, name));
	}
	take_refusal(coordinator, name, &poll->refusal);
	coordinator->counters[COUNT_POLLS]++;
	TRY(try_answer(coordinator, &asked, coordinator->stopping, &answered));
	return answered ? 0 : hold(coordinator, &asked);
}

static void opened(struct rpc_call *call, void *context)
{
	(void)context;
	rpc_call_read(call);
}

static void message(struct rpc_call *call, void *context, const uint8_t *bytes, size_t n)
{
	struct coordinator *coordinator = context;
	cleanup(wire_poll_deinit) struct wire_poll poll = { 0 };
	char why[WIRE_TEXT] = "";
	int r = wire_poll_parse(bytes, n, why, &poll);
	if (r == WIRE_E_BAD) {
		office_refuse(coordinator, call, RPC_INVALID, "malformed", "%s", why);
		return;
	}
	if (r == 0 && !wire_versions_meet(&poll.versions, why)) {
		office_refuse(coordinator, call, RPC_PRECONDITION, "version", "%s", why);
		return;
	}
	if (r == 0)
		r = serve(coordinator, call, &poll);
	if (r != 0)
		office_refuse(coordinator, call, RPC_INTERNAL, "internal", "the poll could not be served");
}

static void closed(struct rpc_call *call, void *context, bool cancelled)
{
	struct coordinator *coordinator = context;
	struct waiting *waiting = rpc_call_own(call);
	(void)cancelled;
	if (!waiting)
		return;
	unlink_waiting(coordinator, waiting);
	free(waiting);
}

const struct rpc_method polls_method = { .path = WIRE_POLL,
					 .kind = RPC_UNARY,
					 .message_most = WIRE_POLL_MOST,
					 .calls_most = POLLS_MOST,
					 .opened = opened,
					 .message = message,
					 .closed = closed };
