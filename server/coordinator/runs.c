/* runs.c: runs from their plan to their end, and what a restart takes up again.          (kind: conductor) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/coordinator/office.h"

static const struct setting *settings_of(const char *learner)
{
	const struct learner *found = learners_find(learner);
	return found ? found->settings : NULL;
}

static void run_free(struct run *run)
{
	round_deinit(&run->round);
	state_deinit(&run->state);
	plan_file_deinit(&run->plan);
	encoder_identity_deinit(&run->encoder);
	store_phase_deinit(&run->journal);
	store_run_deinit(&run->record);
	free(run);
}

void runs_free(struct coordinator *coordinator)
{
	while (coordinator->runs) {
		struct run *next = coordinator->runs->next;
		run_free(coordinator->runs);
		coordinator->runs = next;
	}
}

struct run *runs_find(const struct coordinator *coordinator, const char *id)
{
	for (struct run *run = coordinator->runs; run; run = run->next) {
		if (strcmp(run->record.id, id) == 0)
			return run;
	}
	return NULL;
}

static void append(struct coordinator *coordinator, struct run *run)
{
	struct run **end = &coordinator->runs;
	while (*end)
		end = &(*end)->next;
	*end = run;
	run->next = NULL;
}

/* The plan and the machine of a run whose record holds the plan's text. */
static int run_prepare(struct run *run, struct findings *findings)
{
	const char *text = run->record.plan;
	int r = plan_parse("plan", text, strlen(text), settings_of, findings, &run->plan);
	if (r != 0)
		return r == PLAN_E_BAD ? COORDINATOR_E_BAD : r;
	const struct plan *plan = &run->plan.plan;
	run->learner = learners_find(plan->learner);
	return round_new(plan->clients, plan->n_clients, plan->quorum, plan->deadline_s, &run->round);
}

/* Everyone on the roster must be known and not revoked. */
static int check_roster(struct coordinator *coordinator, const struct plan *plan, struct findings *findings)
{
	for (size_t i = 0; i < plan->n_clients; i++) {
		struct store_client client;
		int r = store_client_get(coordinator->store, plan->clients[i], &client);
		if (r < 0)
			return r;
		if (r == STORE_E_NONE || client.state == STORE_REVOKED)
			findings_add(findings, "plan", 0, "a client who can't take part", "%s %s",
				     plan->clients[i],
				     r == STORE_E_NONE ? "was never invited" : "was revoked");
	}
	return findings->n > 0 ? COORDINATOR_E_BAD : 0;
}

static int run_record(struct coordinator *coordinator, struct run *run)
{
	struct store_run *runs = NULL;
	size_t n;
	TRY(store_runs(coordinator->store, &runs, &n));
	snprintf(run->record.id, sizeof(run->record.id), "%s-%zu", run->learner->name, n + 1);
	for (size_t i = 0; i < n; i++)
		store_run_deinit(&runs[i]);
	free(runs);
	snprintf(run->record.learner, sizeof(run->record.learner), "%s", run->learner->name);
	run->record.state = STORE_WAITING;
	run->record.clients = (uint32_t)run->plan.plan.n_clients;
	run->record.created = clock_wall_s();
	run->record.encoder = strdup("");
	TRY_ALLOC(run->record.encoder);
	return store_run_put(coordinator->store, &run->record);
}

/* Who has a poll open was here already: the run need not wait for the next one. */
static void see_waiting(struct coordinator *coordinator, struct run *run)
{
	enum round_action action = ROUND_NOTHING;
	for (const struct waiting *waiting = coordinator->waiting; waiting && action == ROUND_NOTHING;
	     waiting = waiting->next)
		action = round_polled(&run->round, waiting->client);
	runs_act(run, action);
}

int runs_start(struct coordinator *coordinator, const char *plan, size_t n, struct findings *findings,
	       char id[STORE_RUN])
{
	struct run *run = calloc(1, sizeof(*run));
	TRY_ALLOC(run);
	run->coordinator = coordinator;
	run->record.plan = strndup(plan, n);
	int r = run->record.plan ? run_prepare(run, findings) : -ENOMEM;
	if (r == 0)
		r = check_roster(coordinator, &run->plan.plan, findings);
	if (r == 0)
		r = run_record(coordinator, run);
	if (r != 0) {
		run_free(run);
		return r;
	}
	append(coordinator, run);
	snprintf(id, STORE_RUN, "%s", run->record.id);
	log_say(LOG_INFO, "run-started", { "run", run->record.id },
		{ "clients", log_number(run->plan.plan.n_clients) });
	see_waiting(coordinator, run);
	return 0;
}

/* Take up a run as its journal has it; `record` is taken. */
static int run_resume(struct coordinator *coordinator, struct store_run *record, struct findings *findings)
{
	struct run *run = calloc(1, sizeof(*run));
	TRY_ALLOC(run);
	run->coordinator = coordinator;
	run->record = *record;
	*record = (struct store_run){ 0 };
	int r = run_prepare(run, findings);
	if (r == 0 && run->record.state != STORE_WAITING)
		r = phases_load(run);
	if (r != 0) {
		run_free(run);
		return r;
	}
	append(coordinator, run);
	log_say(LOG_INFO, "run-resumed", { "run", run->record.id },
		{ "phase", log_number(run->record.phase) });
	return 0;
}

int runs_load(struct coordinator *coordinator, struct findings *findings)
{
	struct store_run *runs = NULL;
	size_t n;
	int r = 0;
	TRY(store_runs(coordinator->store, &runs, &n));
	for (size_t i = n; i > 0; i--) { /* oldest first */
		if (r == 0 && runs[i - 1].state <= STORE_CLOSING)
			r = run_resume(coordinator, &runs[i - 1], findings);
		store_run_deinit(&runs[i - 1]);
	}
	free(runs);
	return r;
}

static void remove_from(struct coordinator *coordinator, struct run *run)
{
	struct run **at = &coordinator->runs;
	while (*at && *at != run)
		at = &(*at)->next;
	if (*at)
		*at = run->next;
}

void runs_end(struct run *run, enum round_state state, const char *reason, const char *text)
{
	struct coordinator *coordinator = run->coordinator;
	round_ended(&run->round, state);
	run->record.state = (enum store_run_state)state;
	run->record.ended = clock_wall_s();
	snprintf(run->record.reason, sizeof(run->record.reason), "%s", reason);
	snprintf(run->record.text, sizeof(run->record.text), "%s", text);
	log_say(state == ROUND_FINISHED ? LOG_INFO : LOG_WARNING, "run-ended", { "run", run->record.id },
		{ "state", round_state_name(state) }, { "reason", reason }, { "text", text });
	run->journal.open = false;
	int r = store_phase_turn(coordinator->store, &run->record, run->journaled ? &run->journal : NULL,
				 NULL);
	if (r == 0 && run->journaled)
		r = store_spool_drop(coordinator->store, run->record.id, run->journal.number);
	if (r != 0)
		log_say(LOG_ERROR, "journal-failed", { "run", run->record.id });
	remove_from(coordinator, run);
	polls_wake(coordinator);
	if (run->checking == 0)
		run_free(run); /* else runs_checked does */
}

void runs_checked(struct run *run)
{
	run->checking--;
	if (run->checking > 0)
		return;
	if (run->round.state > ROUND_CLOSING)
		run_free(run);
	else if (run->close_wanted)
		phases_close(run);
}

void runs_act(struct run *run, enum round_action action)
{
	char text[STORE_TEXT];
	switch (action) {
	case ROUND_NOTHING:
		break;
	case ROUND_BEGIN:
		phases_begin(run);
		break;
	case ROUND_CLOSE:
		run->close_wanted = true;
		if (run->checking == 0)
			phases_close(run);
		break;
	case ROUND_EXTEND:
		log_say(LOG_WARNING, "deadline-extended", { "run", run->record.id },
			{ "phase", log_number(run->round.phase) },
			{ "accepted", log_number(run->round.n_accepted) },
			{ "asked", log_number(run->round.n_asked) });
		break;
	case ROUND_FAIL:
		snprintf(text, sizeof(text),
			 "phase %u has %zu of %zu contributions, %zu clients refused, the quorum is %g",
			 run->round.phase, run->round.n_accepted, run->round.n_asked, run->round.n_refused,
			 run->round.quorum);
		runs_end(run, run->round.n_refused > 0 ? ROUND_REFUSED : ROUND_FAILED, "below-quorum", text);
		break;
	}
}

void runs_time(struct coordinator *coordinator, int64_t now)
{
	for (struct run *run = coordinator->runs, *next; run; run = next) {
		next = run->next;
		runs_act(run, round_time(&run->round, now));
	}
}
