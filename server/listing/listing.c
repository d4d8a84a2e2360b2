/* listing.c: one JSON object per row of the store.                                        (kind: adapter) */
#include "server/listing/listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "server/round/round.h"

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static json_t *time_of(int64_t wall_s)
{
	char text[21];
	if (wall_s == 0)
		return json_null();
	clock_rfc3339(wall_s, text);
	return json_string(text);
}

static json_t *number_or_null(uint64_t number)
{
	return number == 0 ? json_null() : json_integer((json_int_t)number);
}

/* Append a new object, which may be NULL where memory was short. */
static int append(json_t *list, json_t *item)
{
	return json_array_append_new(list, item) == 0 ? 0 : FAIL(-ENOMEM);
}

static int wrap(const char *key, json_t *list, json_t **out)
{
	*out = json_pack("{s:O}", key, list);
	TRY_ALLOC(*out);
	return 0;
}

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (const char *at = text; at && *at; n++) {
		const char *end = strchr(at, '\n');
		at = end ? end + 1 : NULL;
	}
	return n;
}

/* What the open phase stands at; nothing is added to a run that has none. */
static int add_open_phase(struct store *store, const struct store_run *run, json_t *json)
{
	cleanup(store_phase_deinit) struct store_phase phase = { 0 };
	cleanup(free_pointer) struct store_submission *submissions = NULL;
	size_t n;
	if (run->state != STORE_COLLECTING && run->state != STORE_CLOSING)
		return 0;
	int r = store_phase_get(store, run->id, run->phase, &phase);
	if (r == STORE_E_NONE)
		return 0;
	TRY(r);
	TRY(store_submissions(store, run->id, run->phase, &submissions, &n));
	cleanup(json_cleanup) json_t *open =
		json_pack("{s:I, s:I, s:o}", "asked", (json_int_t)lines_of(phase.cohort), "accepted",
			  (json_int_t)n, "deadline", time_of(phase.deadline));
	TRY_ALLOC(open && json_object_update(json, open) == 0);
	return 0;
}

static int append_run(struct store *store, const struct store_run *run, json_t *list)
{
	cleanup(json_cleanup) json_t *json =
		json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:o, s:n, s:n, s:n, s:s, s:s, s:o, s:o}", "run",
			  run->id, "learner", run->learner, "state",
			  round_state_name((enum round_state)run->state), "phase", (json_int_t)run->phase,
			  "phases", (json_int_t)run->phases, "clients", (json_int_t)run->clients, "artefact",
			  number_or_null(run->artefact), "asked", "accepted", "deadline", "reason",
			  run->reason, "text", run->text, "created", time_of(run->created), "ended",
			  time_of(run->ended));
	TRY_ALLOC(json);
	TRY(add_open_phase(store, run, json));
	return append(list, json_incref(json));
}

static int list_all_runs(struct store *store, json_t *list)
{
	cleanup(free_pointer) struct store_run *runs = NULL;
	size_t n;
	TRY(store_runs(store, &runs, &n));
	int r = 0;
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			r = append_run(store, &runs[i], list);
		store_run_deinit(&runs[i]);
	}
	return r;
}

static int list_one_run(struct store *store, const char *id, json_t *list)
{
	cleanup(store_run_deinit) struct store_run run = { 0 };
	int r = store_run_get(store, id, &run);
	if (r == STORE_E_NONE)
		return LISTING_E_NONE;
	TRY(r);
	return append_run(store, &run, list);
}

int listing_runs(struct store *store, const char *run, json_t **out)
{
	cleanup(json_cleanup) json_t *list = json_array();
	TRY_ALLOC(list);
	int r = run ? list_one_run(store, run, list) : list_all_runs(store, list);
	return r == 0 ? wrap("runs", list, out) : r;
}

static json_t *client_json(const struct store_client *client)
{
	static const char *const states[] = {
		[STORE_INVITED] = "invited", [STORE_ENROLLED] = "enrolled", [STORE_REVOKED] = "revoked"
	};
	bool invited = client->state == STORE_INVITED;
	return json_pack("{s:s, s:s, s:o, s:I, s:I, s:s, s:o, s:o}", "name", client->name, "state",
			 states[client->state], "last_seen", time_of(client->last_seen), "rows",
			 (json_int_t)client->rows, "unknown_models", (json_int_t)client->unknown_models,
			 "program", client->program, "certificate_expires",
			 time_of(client->certificate_expires), "invitation_expires",
			 time_of(invited ? client->token_expires : 0));
}

int listing_clients(struct store *store, json_t **out)
{
	cleanup(free_pointer) struct store_client *clients = NULL;
	size_t n;
	cleanup(json_cleanup) json_t *list = json_array();
	TRY_ALLOC(list);
	TRY(store_clients(store, &clients, &n));
	for (size_t i = 0; i < n; i++)
		TRY(append(list, client_json(&clients[i])));
	return wrap("clients", list, out);
}

static json_t *model_json(const struct store_artefact *artefact)
{
	static const char *const states[] = {
		[STORE_CANDIDATE] = "candidate", [STORE_CURRENT] = "current", [STORE_RETIRED] = "retired"
	};
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:I, s:I}", "version",
			 (json_int_t)artefact->version, "learner", artefact->learner, "digest",
			 artefact->digest, "run", artefact->run, "state", states[artefact->state], "sha256",
			 artefact->file.sha256, "bytes", (json_int_t)artefact->file.bytes, "created",
			 time_of(artefact->created), "phases", (json_int_t)artefact->phases, "participants",
			 (json_int_t)artefact->participants);
}

int listing_models(struct store *store, json_t **out)
{
	cleanup(free_pointer) struct store_artefact *artefacts = NULL;
	size_t n;
	cleanup(json_cleanup) json_t *list = json_array();
	TRY_ALLOC(list);
	TRY(store_artefacts(store, 0, &artefacts, &n));
	for (size_t i = 0; i < n; i++)
		TRY(append(list, model_json(&artefacts[i])));
	return wrap("models", list, out);
}
