/* admin.c: the operator's commands, from the machine's own socket.                                (kind: conductor) */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/coordinator/office.h"
#include "server/listing/listing.h"
#include "server/registry/registry.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, INVITATION_HOURS = 168 };

static json_t *error_of(int code, const char *format, ...) print_like(2, 3);

static json_t *error_of(int code, const char *format, ...)
{
	char text[STORE_TEXT];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return json_pack("{s:s, s:i}", "error", text, "exit", code);
}

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
	json_t *answer = json_pack("{s:s, s:i}", "error", text, "exit", EXIT_USAGE);
	free(text);
	return answer;
}

static const char *text_of(const json_t *request, const char *key)
{
	const char *text = json_string_value(json_object_get(request, key));
	return text ? text : "";
}

static int start(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	const json_t *plan = json_object_get(request, "plan");
	char id[STORE_RUN];
	if (!json_is_string(plan)) {
		*answer = error_of(EXIT_USAGE, "a plan is missing");
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
	const char *id = text_of(request, "run");
	struct run *run = runs_find(coordinator, id);
	if (!run) {
		*answer = error_of(EXIT_FAILED, "no run %s is under way", id);
		return 0;
	}
	runs_end(run, ROUND_STOPPED, "stopped", "stopped by the operator");
	*answer = json_pack("{s:s}", "stopped", id);
	return 0;
}

static int invite(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	static const char *const why[] = { [REGISTRY_E_NAME] = "is not a name ([a-z0-9][a-z0-9._-]{0,62})",
					   [REGISTRY_E_ENROLLED] = "is enrolled already",
					   [REGISTRY_E_REVOKED] = "was revoked: choose another name" };
	const char *client = text_of(request, "client");
	json_int_t hours = json_integer_value(json_object_get(request, "hours"));
	struct invitation invitation;
	int r = registry_invite(coordinator->store, client, hours > 0 ? (uint32_t)hours : INVITATION_HOURS,
				&invitation);
	if (r < 0)
		return r;
	*answer = r != 0 ? error_of(EXIT_FAILED, "%s %s", client, why[r]) :
			   json_pack("{s:s, s:I, s:i}", "token", invitation.token, "expires",
				     (json_int_t)invitation.expires, "port", coordinator_port(coordinator));
	return 0;
}

static int revoke(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	const char *client = text_of(request, "client");
	int r = registry_revoke(coordinator->store, client);
	if (r < 0)
		return r;
	if (r == REGISTRY_E_NONE) {
		*answer = error_of(EXIT_FAILED, "no client %s is known", client);
		return 0;
	}
	uploads_discard(coordinator, client);
	size_t calls = rpc_server_cut(coordinator->rpc, client);
	log_say(LOG_WARNING, "client-revoked", { "client", client }, { "calls_cut", log_number(calls) });
	*answer = json_pack("{s:s, s:I}", "revoked", client, "calls_cut", (json_int_t)calls);
	return 0;
}

static int runs(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	const char *id = text_of(request, "run");
	int r = listing_runs(coordinator->store, id[0] ? id : NULL, answer);
	if (r != LISTING_E_NONE)
		return r;
	*answer = error_of(EXIT_FAILED, "there is no run %s", id);
	return 0;
}

static int clients(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	(void)request;
	return listing_clients(coordinator->store, answer);
}

static int models(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	(void)request;
	return listing_models(coordinator->store, answer);
}

int coordinator_admin(struct coordinator *coordinator, const json_t *request, json_t **answer)
{
	static const struct {
		const char *name;
		int (*serve)(struct coordinator *coordinator, const json_t *request, json_t **answer);
	} commands[] = {
		{ "start", start },     { "stop", stop },     { "runs", runs },     { "status", runs },
		{ "clients", clients }, { "invite", invite }, { "revoke", revoke }, { "models", models },
	};
	const char *name = text_of(request, "command");
	*answer = NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			TRY(commands[i].serve(coordinator, request, answer));
	}
	if (!*answer)
		*answer = error_of(EXIT_USAGE, "no such command: %s", name);
	TRY_ALLOC(*answer);
	return 0;
}

static void print_counter(FILE *out, const char *name, const char *help, uint64_t value)
{
	fprintf(out,
		"# HELP fedrouter_%s_total %s.\n# TYPE fedrouter_%s_total counter\nfedrouter_%s_total %llu\n",
		name, help, name, name, (unsigned long long)value);
}

static void print_gauge(FILE *out, const char *name, const char *help, double value)
{
	fprintf(out, "# HELP fedrouter_%s %s.\n# TYPE fedrouter_%s gauge\nfedrouter_%s %.17g\n", name, help,
		name, name, value);
}

static void print_runs(const struct coordinator *coordinator, FILE *out)
{
	fprintf(out,
		"# HELP fedrouter_run_phase The open phase of a run.\n# TYPE fedrouter_run_phase gauge\n");
	for (const struct run *run = coordinator->runs; run; run = run->next)
		fprintf(out, "fedrouter_run_phase{run=\"%s\"} %u\n", run->record.id, run->round.phase);
	fprintf(out,
		"# HELP fedrouter_run_accepted Contributions of the open phase.\n# TYPE fedrouter_run_accepted gauge\n");
	for (const struct run *run = coordinator->runs; run; run = run->next)
		fprintf(out, "fedrouter_run_accepted{run=\"%s\"} %zu\n", run->record.id,
			run->round.n_accepted);
	fprintf(out,
		"# HELP fedrouter_run_asked Clients asked in the open phase.\n# TYPE fedrouter_run_asked gauge\n");
	for (const struct run *run = coordinator->runs; run; run = run->next)
		fprintf(out, "fedrouter_run_asked{run=\"%s\"} %zu\n", run->record.id, run->round.n_asked);
}

void coordinator_metrics(const struct coordinator *coordinator, FILE *out)
{
	static const char *const names[COUNTERS][2] = {
		[COUNT_POLLS] = { "polls", "Polls served" },
		[COUNT_SUBMISSIONS] = { "contributions", "Contributions accepted" },
		[COUNT_DUPLICATES] = { "duplicates", "Contributions that had been accepted before" },
		[COUNT_BYTES_IN] = { "received_bytes", "Bytes of contributions received" },
		[COUNT_BYTES_OUT] = { "sent_bytes", "Bytes of states and routers sent" },
		[COUNT_PHASES] = { "phases", "Phases opened" },
	};
	char reason[RPC_TEXT];
	for (size_t i = 0; i < COUNTERS; i++)
		print_counter(out, names[i][0], names[i][1], coordinator->counters[i]);
	print_counter(out, "handshake_failures", "TLS handshakes that failed",
		      rpc_handshake_failures(reason, sizeof(reason)));
	fprintf(out,
		"# HELP fedrouter_refusals_total Calls refused, by reason.\n# TYPE fedrouter_refusals_total counter\n");
	for (size_t i = 0; i < REASONS && coordinator->rejections[i].reason[0]; i++)
		fprintf(out, "fedrouter_refusals_total{reason=\"%s\"} %llu\n",
			coordinator->rejections[i].reason, (unsigned long long)coordinator->rejections[i].n);
	print_gauge(out, "calls", "Calls under way", (double)rpc_server_calls(coordinator->rpc));
	print_runs(coordinator, out);
}
