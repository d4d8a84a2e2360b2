/* coordinator_metrics.c: what monitoring may know of the coordinator.                    (kind: conductor) */
#include "common/base/metric.h"
#include "server/coordinator/office.h"

static void print_counters(const struct coordinator *coordinator, FILE *out)
{
	static const char *const names[COUNTERS][2] = {
		[COUNT_POLLS] = { "fedrouter_polls_total", "Polls served." },
		[COUNT_SUBMISSIONS] = { "fedrouter_contributions_total", "Contributions accepted." },
		[COUNT_DUPLICATES] = { "fedrouter_duplicates_total",
				       "Contributions that had been accepted before." },
		[COUNT_BYTES_IN] = { "fedrouter_received_bytes_total", "Bytes of contributions received." },
		[COUNT_BYTES_OUT] = { "fedrouter_sent_bytes_total", "Bytes of states and routers sent." },
		[COUNT_PHASES] = { "fedrouter_phases_total", "Phases opened." },
	};
	char reason[RPC_TEXT];
	for (size_t i = 0; i < COUNTERS; i++)
		metric_one(out, names[i][0], METRIC_COUNTER, names[i][1], (double)coordinator->counters[i]);
	metric_one(out, "fedrouter_handshake_failures_total", METRIC_COUNTER, "TLS handshakes that failed.",
		   (double)rpc_handshake_failures(reason, sizeof(reason)));
	metric_head(out, "fedrouter_refusals_total", METRIC_COUNTER, "Calls refused, by reason.");
	for (size_t i = 0; i < REASONS && coordinator->rejections[i].reason[0]; i++)
		metric_sample(out, "fedrouter_refusals_total", "reason", coordinator->rejections[i].reason,
			      (double)coordinator->rejections[i].n);
}

static double phase_of(const struct run *run)
{
	return run->round.phase;
}

static double asked_of(const struct run *run)
{
	return (double)run->round.n_asked;
}

static double accepted_of(const struct run *run)
{
	return (double)run->round.n_accepted;
}

static double quorum_of(const struct run *run)
{
	return run->round.quorum;
}

static double deadline_of(const struct run *run)
{
	return (double)run->round.deadline;
}

static void print_runs(const struct coordinator *coordinator, FILE *out)
{
	static const struct {
		const char *name, *help;
		double (*value)(const struct run *run);
	} gauges[] = {
		{ "fedrouter_run_phase", "The open phase of a run that has not ended.", phase_of },
		{ "fedrouter_run_asked", "Clients asked in the open phase.", asked_of },
		{ "fedrouter_run_accepted", "Contributions of the open phase.", accepted_of },
		{ "fedrouter_run_quorum_ratio", "Share of those asked without which no phase closes.",
		  quorum_of },
		{ "fedrouter_run_deadline_timestamp_seconds", "Deadline of the open phase, since 1970.",
		  deadline_of },
	};
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++) {
		metric_head(out, gauges[i].name, METRIC_GAUGE, gauges[i].help);
		for (const struct run *run = coordinator->runs; run; run = run->next)
			metric_sample(out, gauges[i].name, "run", run->record.id, gauges[i].value(run));
	}
	metric_summary(out, "fedrouter_collect_seconds", "From a phase's opening to its closing.",
		       &coordinator->collecting);
	metric_summary(out, "fedrouter_close_seconds", "Folding a phase and opening the next.",
		       &coordinator->closing);
}

static void print_clients(const struct coordinator *coordinator, FILE *out)
{
	static const char *const states[] = {
		[STORE_INVITED] = "invited", [STORE_ENROLLED] = "enrolled", [STORE_REVOKED] = "revoked"
	};
	cleanup(free_pointer) struct store_client *clients = NULL;
	size_t n = 0, of_state[sizeof(states) / sizeof(states[0])] = { 0 }, polls = 0;
	if (store_clients(coordinator->store, &clients, &n) != 0)
		return;
	for (size_t i = 0; i < n; i++)
		of_state[clients[i].state]++;
	metric_head(out, "fedrouter_clients", METRIC_GAUGE, "Clients by state.");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		metric_sample(out, "fedrouter_clients", "state", states[i], (double)of_state[i]);
	for (const struct waiting *waiting = coordinator->waiting; waiting; waiting = waiting->next)
		polls++;
	metric_one(out, "fedrouter_polls_waiting", METRIC_GAUGE, "Clients that wait for news.",
		   (double)polls);
}

static void print_certificates(const struct coordinator *coordinator, FILE *out)
{
	static const char name[] = "fedrouter_certificate_expiry_timestamp_seconds";
	struct certificate_facts facts;
	metric_head(out, name, METRIC_GAUGE, "When a certificate ends, since 1970.");
	if (certificate_read(coordinator->server_pem, &facts) == 0)
		metric_sample(out, name, "certificate", "server", (double)facts.not_after);
	if (certificate_read(coordinator->authority_pem, &facts) == 0)
		metric_sample(out, name, "certificate", "authority", (double)facts.not_after);
}

void coordinator_metrics(const struct coordinator *coordinator, FILE *out)
{
	print_counters(coordinator, out);
	metric_one(out, "fedrouter_calls", METRIC_GAUGE, "Calls under way.",
		   (double)rpc_server_calls(coordinator->rpc));
	print_runs(coordinator, out);
	print_clients(coordinator, out);
	print_certificates(coordinator, out);
}
