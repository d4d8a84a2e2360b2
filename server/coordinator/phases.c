/* phases.c: how a run begins, how a phase is folded and the next one opened.                (kind: conductor)
 *
 * Folding, finishing and writing run on a worker: it reads the bodies of accepted submissions from the spool
 * in order of client name and holds one of them in memory at a time (gathered parts: all of them). The loop
 * writes the journal when the worker is done: the next phase, or the router, is on disk before anybody hears
 * of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/drive/body.h"
#include "common/drive/drive.h"
#include "common/io/mapped.h"
#include "common/learn/state_file.h"
#include "common/router/artefact.h"
#include "server/coordinator/office.h"

struct turning { /* one job: from a closed phase to the next, or to the router */
	struct run *run;
	bool first; /* nothing to fold: the state is the initial one */
	bool finished;
	struct store_phase opened; /* the phase that opens */
	size_t *members, n_members;
	struct store_artefact artefact;
	struct findings findings;
};

static void turning_free(struct turning *turning)
{
	findings_deinit(&turning->findings);
	store_phase_deinit(&turning->opened);
	free(turning->members);
	free(turning);
}

/* ---- folding ---- */

static void submissions_cleanup(struct store_submission **submissions)
{
	free(*submissions);
}

/* One accepted body as an answer. What was accepted was checked; a body that fails now was damaged on this
 * disk. */
static int read_body(struct run *run, const struct store_submission *submission, struct findings *findings,
		     struct answer *out)
{
	cleanup(free_pointer) char *path = NULL;
	void *bytes;
	size_t n;
	TRY(store_body_path(run->coordinator->store, submission->run, submission->phase, submission->client,
			    &path));
	TRY(mapped_open(path, findings, &bytes, &n));
	int r = body_parse(&run->phase, bytes, n, submission->rows, submission->client, findings, out);
	munmap(bytes, n);
	return r == 0 ? 0 : FAIL(r < 0 ? r : -EBADMSG);
}

static int fold_sums(struct run *run, const struct store_submission *submissions, size_t n,
		     struct findings *findings)
{
	struct answers answers = { .n = n };
	cleanup(free_pointer) uint64_t *total = calloc(run->phase.lanes.words, sizeof(*total));
	TRY_ALLOC(total);
	for (size_t i = 0; i < n; i++) {
		cleanup(answer_deinit) struct answer answer = { 0 };
		TRY(read_body(run, &submissions[i], findings, &answer));
		lanes_sum(total, answer.words, run->phase.lanes.words);
		answers.rows += answer.rows;
	}
	answers.total = total;
	return run->learner->fold(&run->plan.plan, &run->phase, &run->state, &answers);
}

static int read_parts(struct run *run, const struct store_submission *submissions, struct answers *answers,
		      struct answer *parts, struct findings *findings)
{
	for (size_t i = 0; i < answers->n; i++) {
		TRY(read_body(run, &submissions[i], findings, &parts[i]));
		answers->rows += parts[i].rows;
	}
	answers->parts = parts;
	return run->learner->fold(&run->plan.plan, &run->phase, &run->state, answers);
}

static int fold_parts(struct run *run, const struct store_submission *submissions, size_t n,
		      struct findings *findings)
{
	struct answers answers = { .n = n };
	struct answer *parts = calloc(n + 1, sizeof(*parts));
	TRY_ALLOC(parts);
	int r = read_parts(run, submissions, &answers, parts, findings);
	for (size_t i = 0; i < n; i++)
		answer_deinit(&parts[i]);
	free(parts);
	return r;
}

static int fold(struct turning *turning)
{
	struct run *run = turning->run;
	cleanup(submissions_cleanup) struct store_submission *submissions = NULL;
	size_t n;
	TRY(store_submissions(run->coordinator->store, run->record.id, run->phase.number, &submissions, &n));
	if (run->phase.kind == PHASE_SUMS)
		TRY(fold_sums(run, submissions, n, &turning->findings));
	else
		TRY(fold_parts(run, submissions, n, &turning->findings));
	run->state.phase++;
	return 0;
}

/* ---- opening ---- */

static int write_cohort(const struct plan *plan, struct turning *turning)
{
	size_t n;
	turning->members = calloc(plan->n_clients + 1, sizeof(*turning->members));
	TRY_ALLOC(turning->members);
	TRY(drive_draw(plan, &turning->run->phase, turning->members, &turning->n_members));
	FILE *stream = open_memstream(&turning->opened.cohort, &n);
	TRY_ALLOC(stream);
	for (size_t i = 0; i < turning->n_members; i++)
		fprintf(stream, "%s\n", plan->clients[turning->members[i]]);
	return fclose(stream) == 0 ? 0 : FAIL(-ENOMEM);
}

/* The state as a file, and everything that the journal says of the phase. */
static int write_phase(struct turning *turning)
{
	struct run *run = turning->run;
	struct store_phase *opened = &turning->opened;
	cleanup(free_pointer) void *bytes = NULL;
	struct digest digest;
	size_t n;
	TRY(write_cohort(&run->plan.plan, turning));
	TRY(state_file_bytes(&run->state, &bytes, &n));
	TRY(store_blob_write(run->coordinator->store, bytes, n, &opened->state));
	TRY(state_digest(&run->plan.plan, &run->state, &digest));
	digest_hex(&digest, opened->state_digest);
	opened->gather = run->phase.kind == PHASE_GATHER;
	if (!opened->gather) {
		TRY(lanes_digest(&run->phase.lanes, &digest));
		digest_hex(&digest, opened->lanes_digest);
	}
	snprintf(opened->run, sizeof(opened->run), "%s", run->record.id);
	opened->number = run->phase.number;
	opened->open = true;
	opened->deadline = clock_wall_s() + run->plan.plan.deadline_s;
	return 0;
}

static int write_artefact(struct turning *turning)
{
	struct run *run = turning->run;
	struct coordinator *coordinator = run->coordinator;
	struct artefact_notes notes = { .phases = run->state.phase,
					.participants = (unsigned)run->plan.plan.n_clients,
					.held_out = run->plan.plan.held_out };
	cleanup(router_cleanup) struct router *router = NULL;
	cleanup(free_pointer) void *bytes = NULL;
	struct digest digest;
	size_t n;
	snprintf(notes.run, sizeof(notes.run), "%s", run->record.id);
	TRY(run->learner->finish(&run->plan.plan, &run->state, coordinator->options.threads, &router, NULL));
	TRY(artefact_bytes(router, &notes, coordinator->signing_key, &bytes, &n));
	TRY(store_blob_write(coordinator->store, bytes, n, &turning->artefact.file));
	TRY(router_digest(router, &digest));
	digest_hex(&digest, turning->artefact.digest);
	turning->artefact.phases = notes.phases;
	turning->artefact.participants = notes.participants;
	return 0;
}

static int turn(void *context)
{
	struct turning *turning = context;
	struct run *run = turning->run;
	if (turning->first)
		TRY(run->learner->init(&run->plan.plan, &run->state));
	else
		TRY(fold(turning));
	int r = run->learner->next(&run->plan.plan, &run->state, &run->phase);
	if (r == LEARNER_E_FINISHED) {
		turning->finished = true;
		return write_artefact(turning);
	}
	TRY(r);
	return write_phase(turning);
}

/* ---- back on the loop ---- */

static int publish(struct turning *turning)
{
	struct run *run = turning->run;
	struct store_artefact *artefact = &turning->artefact;
	snprintf(artefact->learner, sizeof(artefact->learner), "%s", run->record.learner);
	snprintf(artefact->run, sizeof(artefact->run), "%s", run->record.id);
	artefact->state = STORE_CURRENT;
	artefact->created = clock_wall_s();
	run->record.state = STORE_FINISHED;
	run->record.phases = run->state.phase;
	TRY(store_artefact_put(run->coordinator->store, &run->record, artefact));
	log_say(LOG_INFO, "artefact-published", { "run", run->record.id }, { "learner", artefact->learner },
		{ "digest", artefact->digest });
	office_time(run, &run->coordinator->closing);
	runs_end(run, ROUND_FINISHED, "", "");
	return 0;
}

static int open_phase(struct turning *turning)
{
	struct run *run = turning->run;
	struct coordinator *coordinator = run->coordinator;
	uint32_t closed = run->journal.number;
	run->record.state = STORE_COLLECTING;
	run->record.phase = turning->opened.number;
	run->record.phases = run->state.phase;
	run->journal.open = false;
	run->journal.full = run->round.full;
	TRY(store_phase_turn(coordinator->store, &run->record, run->journaled ? &run->journal : NULL,
			     &turning->opened));
	if (run->journaled)
		TRY(store_spool_drop(coordinator->store, run->record.id, closed));
	store_phase_deinit(&run->journal);
	run->journal = turning->opened;
	turning->opened = (struct store_phase){ 0 };
	run->journaled = true;
	coordinator->counters[COUNT_PHASES]++;
	if (!turning->first)
		office_time(run, &coordinator->closing);
	run->since_ms = clock_steady_ms();
	round_opened(&run->round, run->journal.number, turning->members, turning->n_members, clock_wall_s());
	log_say(LOG_INFO, "phase-opened", { "run", run->record.id },
		{ "phase", log_number(run->journal.number) }, { "cohort", log_number(turning->n_members) });
	polls_wake(coordinator);
	return 0;
}

static void turned(void *context, int result)
{
	struct turning *turning = context;
	struct run *run = turning->run;
	if (run->round.state > ROUND_CLOSING) { /* stopped meanwhile */
		turning_free(turning);
		runs_checked(run);
		return;
	}
	run->checking--;
	if (result == 0)
		result = turning->finished ? publish(turning) : open_phase(turning);
	if (result != 0) {
		char text[STORE_TEXT];
		snprintf(text, sizeof(text), "phase %u: %s%s%s", run->phase.number, strerror(-result),
			 turning->findings.n > 0 ? ": " : "",
			 turning->findings.n > 0 ? turning->findings.items[0].reason : "");
		runs_end(run, ROUND_FAILED, "internal", text);
	}
	turning_free(turning);
}

static void start_turning(struct run *run, bool first)
{
	struct turning *turning = calloc(1, sizeof(*turning));
	run->close_wanted = false;
	if (turning) {
		turning->run = run;
		turning->first = first;
		run->checking++;
		if (loop_job(run->coordinator->loop, turn, turned, turning) == 0)
			return;
		run->checking--;
		free(turning);
	}
	runs_end(run, ROUND_FAILED, "internal", "out of memory");
}

void phases_close(struct run *run)
{
	office_time(run, &run->coordinator->collecting);
	start_turning(run, false);
}

/* ---- beginning: models and encoder ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The union of what the roster reported, for `models: auto`. */
static int resolve_models(struct run *run)
{
	const struct plan *plan = &run->plan.plan;
	cleanup(free_pointer) const char **names = NULL;
	size_t n = 0;
	for (size_t i = 0; i < plan->n_clients; i++) {
		const struct report *report = polls_report(run->coordinator, plan->clients[i]);
		size_t more = report ? report->n_models : 0;
		const char **longer = reallocarray(names, n + more + 1, sizeof(*names));
		TRY_ALLOC(longer);
		names = longer;
		for (size_t m = 0; m < more; m++)
			names[n++] = report->models[m].name;
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), by_text);
	return plan_file_models(&run->plan, names, n);
}

/* The identity that everyone's embeddings must have; `why` says who does not fit. */
static int resolve_encoder(struct run *run, char why[STORE_TEXT])
{
	const struct plan *plan = &run->plan.plan;
	const struct encoder_identity *wanted = &run->plan.encoder;
	bool known = strcmp(wanted->name, "hash") == 0;
	if (known)
		TRY(hash_identity(wanted->dimension, &run->encoder));
	for (size_t i = 0; i < plan->n_clients; i++) {
		const struct report *report = polls_report(run->coordinator, plan->clients[i]);
		cleanup(encoder_identity_deinit) struct encoder_identity theirs = { 0 };
		char both[STORE_TEXT - 128];
		if (!report || report->encoder[0] == '\0')
			continue;
		if (encoder_identity_parse(report->encoder, &theirs) != 0) {
			snprintf(why, STORE_TEXT, "%s reports an encoder that is not one", plan->clients[i]);
			return COORDINATOR_E_BAD;
		}
		if (!known && strcmp(theirs.name, wanted->name) == 0 &&
		    theirs.dimension == wanted->dimension) {
			TRY(encoder_identity_copy(&theirs, &run->encoder));
			known = true;
		}
		if (!encoder_identity_matches(known ? &run->encoder : wanted, &theirs, both, sizeof(both))) {
			snprintf(why, STORE_TEXT, "%s: %s", plan->clients[i], both);
			return COORDINATOR_E_BAD;
		}
	}
	return known ? 0 : encoder_identity_given(wanted->name, wanted->dimension, &run->encoder);
}

static int resolve(struct run *run, char why[STORE_TEXT])
{
	size_t n;
	int r = resolve_encoder(run, why);
	if (r != 0)
		return r;
	run->plan.plan.encoder = &run->encoder;
	if (run->plan.models_auto)
		TRY(resolve_models(run));
	if (run->plan.plan.n_models < 2) {
		snprintf(why, STORE_TEXT, "routing needs two models, the roster has %zu",
			 run->plan.plan.n_models);
		return COORDINATOR_E_BAD;
	}
	char *text = NULL, *encoder = NULL;
	TRY(encoder_identity_json(&run->encoder, &encoder));
	free(run->record.encoder);
	run->record.encoder = encoder;
	TRY(plan_yaml(&run->plan.plan, &text, &n));
	char *plan = realloc(text, n + 1);
	if (!plan)
		free(text);
	TRY_ALLOC(plan);
	plan[n] = '\0';
	free(run->record.plan);
	run->record.plan = plan;
	return 0;
}

void phases_begin(struct run *run)
{
	char why[STORE_TEXT] = "";
	int r = resolve(run, why);
	if (r == COORDINATOR_E_BAD)
		runs_end(run, ROUND_REFUSED, "does-not-fit", why);
	else if (r != 0)
		runs_end(run, ROUND_FAILED, "internal", strerror(-r));
	else
		start_turning(run, true);
}

/* ---- after a restart ---- */

/* The cohort's names as indices into the roster. */
static int read_cohort(const struct plan *plan, const char *cohort, size_t *members, size_t *n)
{
	*n = 0;
	for (const char *line = cohort; *line;) {
		size_t length = strcspn(line, "\n"), i = 0;
		while (i < plan->n_clients &&
		       (strncmp(plan->clients[i], line, length) != 0 || plan->clients[i][length] != '\0'))
			i++;
		if (i == plan->n_clients || *n == plan->n_clients)
			return FAIL(-EBADMSG);
		members[(*n)++] = i;
		line += length + (line[length] == '\n');
	}
	return 0;
}

/* Open the round as the journal has it, with the submissions that were accepted. */
static int replay(struct run *run)
{
	const struct plan *plan = &run->plan.plan;
	cleanup(free_pointer) size_t *members = calloc(plan->n_clients + 1, sizeof(*members));
	cleanup(submissions_cleanup) struct store_submission *accepted = NULL;
	size_t n, n_accepted;
	enum round_action action = ROUND_NOTHING;
	TRY_ALLOC(members);
	TRY(read_cohort(plan, run->journal.cohort, members, &n));
	run->since_ms = clock_steady_ms();
	round_opened(&run->round, run->journal.number, members, n, clock_wall_s());
	TRY(store_submissions(run->coordinator->store, run->record.id, run->journal.number, &accepted,
			      &n_accepted));
	for (size_t i = 0; i < n_accepted; i++) {
		enum round_action next = round_accepted(&run->round, accepted[i].client);
		action = next != ROUND_NOTHING ? next : action;
	}
	if (action == ROUND_CLOSE)
		phases_close(run);
	return 0;
}

int phases_load(struct run *run)
{
	struct coordinator *coordinator = run->coordinator;
	cleanup(free_pointer) char *path = NULL;
	cleanup(findings_deinit) struct findings findings = { 0 };
	if (encoder_identity_parse(run->record.encoder, &run->encoder) != 0)
		return FAIL(-EBADMSG);
	run->plan.plan.encoder = &run->encoder;
	int r = store_phase_get(coordinator->store, run->record.id, run->record.phase, &run->journal);
	if (r != 0)
		return FAIL(r < 0 ? r : -EBADMSG);
	run->journaled = true;
	TRY(store_blob_path(coordinator->store, run->journal.state.sha256, &path));
	r = state_file_read(path, &findings, &run->state);
	if (r != 0)
		return FAIL(r < 0 ? r : -EBADMSG);
	TRY(run->learner->next(&run->plan.plan, &run->state, &run->phase));
	return replay(run);
}
