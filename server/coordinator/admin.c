/* admin.c: the operator's commands, from the machine's own socket.                       (kind: conductor) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/admin/admin.h"
#include "server/coordinator/office.h"

/* Every finding in one text, a line each. */
static json_t *error_of_findings(const struct findings *findings)
{
	char *text = NULL;
	size_t n;
	FILE *stream = open_memstream(&text, &n);
	if (!stream)
		return NULL;
	findings_print(findings, stream, FINDINGS_KEPT);
	fclose(stream);
	json_t *answer = json_pack("{s:s, s:i}", "error", text, "exit", ADMIN_USAGE);
	free(text);
	return answer;
}

static int start(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	const json_t *plan = json_object_get(request, "plan");
	char id[STORE_RUN];
	if (!json_is_string(plan)) {
		*answer = admin_error(ADMIN_USAGE, "a plan is missing");
		return 0;
	}
	int r = runs_start(coordinator, json_string_value(plan), json_string_length(plan), &findings, id);
	if (r < 0)
		return r;
	*answer = r == COORDINATOR_E_BAD ? error_of_findings(&findings) : json_pack("{s:s}", "run", id);
	return 0;
}

static int stop(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	const char *id = admin_text(request, "run");
	struct run *run = runs_find(coordinator, id);
	if (!run) {
		*answer = admin_error(ADMIN_FAILED, "no run %s is under way", id);
		return 0;
	}
	runs_end(run, ROUND_STOPPED, "stopped", "stopped by the operator");
	*answer = json_pack("{s:s}", "stopped", id);
	return 0;
}

/* After the registry has it: end what the client has under way. */
static void cut(struct coordinator *coordinator, const char *client)
{
	uploads_discard(coordinator, client);
	size_t calls = rpc_server_cut(coordinator->rpc, client);
	log_say(LOG_WARNING, "client-revoked", { "client", client }, { "calls_cut", log_number(calls) });
}

int coordinator_admin(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	const char *name = admin_text(request, "command");
	int r = 0;
	*answer = NULL;
	if (strcmp(name, "start") == 0)
		r = start(coordinator, request, answer);
	else if (strcmp(name, "stop") == 0)
		r = stop(coordinator, request, answer);
	else
		r = admin_serve(coordinator->store, request, answer);
	if (r == ADMIN_E_NONE)
		*answer = admin_error(ADMIN_USAGE, "no such command: %s", name);
	else
		TRY(r);
	TRY_ALLOC(*answer);
	if (strcmp(name, "revoke") == 0 && json_object_get(*answer, "revoked"))
		cut(coordinator, admin_text(request, "client"));
	return 0;
}
