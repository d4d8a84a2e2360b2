/* agent.c: the agent's life: set up, poll, decide what is next, wait, renew.             (kind: conductor) */
#include "client/agent/agent.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "client/agent/agent_inside.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/metric.h"
#include "common/io/atomic_file.h"
#include "common/io/text_file.h"
#include "common/learn/learners.h"
#include "common/router/artefact.h"

enum { PAUSE_MS = 500, PAUSE_MOST_MS = 30000, POLL_DEADLINE_MS = 120000, PEM_MOST = 64 << 10 };

/* ---- what is next ---- */

void agent_refuse(struct agent *agent, const char *reason, const char *format, ...)
{
	struct wire_refusal *refusal = &agent->refusal;
	va_list arguments;
	snprintf(refusal->run, sizeof(refusal->run), "%s", agent->answer.task.run);
	refusal->phase = agent->answer.task.phase;
	snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
	va_start(arguments, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, arguments);
	va_end(arguments);
	agent->counters[AGENT_REFUSED]++;
	log_say(LOG_WARNING, "task-refused", { "run", refusal->run }, { "reason", refusal->reason },
		{ "text", refusal->text });
	agent_poll(agent);
}

static void state_fetched(struct agent *agent)
{
	agent_compute(agent);
}

/* The contribution to the task, if the outbox has it. A coordinator that was restored from an older backup
 * gives its runs' ids again: what was kept for another run of this id is no answer, and goes. */
static int find_answer(struct agent *agent, const struct wire_task *task)
{
	char question[65];
	TRY(agent_question(task, question));
	int r = client_outbox_get(agent->store, task->run, task->phase, &agent->contribution);
	if (r != 0 || strcmp(question, agent->contribution.question) == 0)
		return r;
	TRY(client_outbox_drop(agent->store, task->run, UINT32_MAX));
	return CLIENT_STORE_E_NONE;
}

/* A task: sent again if the outbox has its answer, else computed. */
static void take_task(struct agent *agent)
{
	const struct wire_task *task = &agent->answer.task;
	int r = find_answer(agent, task);
	if (r == 0) {
		agent->contribution.acknowledged = false;
		agent_send(agent, task->durable);
	} else if (r == CLIENT_STORE_E_NONE) {
		agent_fetch(agent, &task->state, "state", state_fetched);
	} else {
		agent_pause(agent, "outbox-failed", NULL);
	}
}

static int take_router(struct agent *agent)
{
	const struct wire_artefact *artefact = &agent->answer.artefacts[agent->next_artefact];
	const struct artefact_reader reader = { .find = learners_predictor, .key = agent->artefact_key };
	struct client_router record = { .version = artefact->version, .bytes = artefact->file.bytes };
	cleanup(findings_deinit) struct findings findings = { 0 };
	struct router *router = NULL;
	struct digest digest;
	char hex[65];
	int r = artefact_read(agent->path, &reader, &findings, NULL, &router);
	if (r == 0)
		r = router_digest(router, &digest);
	router_free(router);
	if (r == 0) {
		digest_hex(&digest, hex);
		r = strcmp(hex, artefact->digest) == 0 ? 0 : ARTEFACT_E_BAD;
	}
	if (r != 0) {
		log_say(LOG_ERROR, "router-refused", { "version", log_number(artefact->version) },
			{ "reason", findings.n_items > 0 ? findings.items[0].detail : "another digest" });
		unlink(agent->path);
		return r;
	}
	snprintf(record.learner, sizeof(record.learner), "%s", artefact->learner);
	snprintf(record.digest, sizeof(record.digest), "%s", artefact->digest);
	snprintf(record.run, sizeof(record.run), "%s", artefact->run);
	memcpy(digest.bytes, artefact->file.sha256, sizeof(digest.bytes));
	digest_hex(&digest, record.sha256);
	TRY(client_routers_put(agent->store, &record, agent->path));
	log_say(LOG_INFO, "router-fetched", { "version", log_number(artefact->version) },
		{ "learner", artefact->learner }, { "digest", artefact->digest });
	return 0;
}

static void router_fetched(struct agent *agent)
{
	int r = take_router(agent);
	agent_fetch_end(agent);
	if (r != 0) {
		agent_pause(agent, "router-refused", NULL);
		return;
	}
	agent->next_artefact++;
	agent_continue(agent);
}

void agent_continue(struct agent *agent)
{
	if (agent->answer.task.run[0])
		take_task(agent);
	else if (agent->next_artefact < agent->answer.n_artefacts)
		agent_fetch(agent, &agent->answer.artefacts[agent->next_artefact].file, "router",
			    router_fetched);
	else
		agent_poll(agent);
}

/* ---- renewing the certificate ---- */

static bool is_due(const struct agent *agent)
{
	int64_t life = agent->facts.not_after - agent->facts.not_before;
	return clock_wall_s() >= agent->facts.not_before + life / 3 * 2;
}

static int connect_channel(struct agent *agent);

static int write_certificate(struct agent *agent, const char *pem)
{
	cleanup(free_pointer) char *path = NULL;
	cleanup(key_cleanup) struct key *key = NULL;
	struct certificate_facts facts;
	if (key_parse_private(agent->private_key, KEY_P256, &key) != 0 ||
	    certificate_fits(pem, key, agent->authority) != 0 || certificate_read(pem, &facts) != 0 ||
	    strcmp(facts.name, agent->facts.name) != 0)
		return FAIL(-EBADMSG);
	if (asprintf(&path, "%s/client.pem", agent->dir) < 0)
		return FAIL(-ENOMEM);
	TRY(atomic_file_write(path, pem, strlen(pem)));
	char *copy = strdup(pem);
	TRY_ALLOC(copy);
	free(agent->certificate);
	agent->certificate = copy;
	agent->facts = facts;
	log_say(LOG_INFO, "certificate-renewed", { "client", facts.name });
	return 0;
}

static void renewal_message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct agent *agent = context;
	struct wire_certificate message;
	char why[WIRE_TEXT] = "";
	(void)stream;
	if (wire_certificate_parse(bytes, n, why, &message) != 0) {
		log_say(LOG_ERROR, "renewal-failed", { "text", why });
		return;
	}
	if (write_certificate(agent, message.certificate) != 0)
		log_say(LOG_ERROR, "renewal-failed",
			{ "text", "the certificate does not fit key and authority" });
	wire_certificate_deinit(&message);
}

static void reconnect(void *context)
{
	struct agent *agent = context;
	rpc_channel_free(agent->channel);
	agent->channel = NULL;
	if (connect_channel(agent) == 0)
		agent_poll(agent);
	else
		log_say(LOG_ERROR, "reconnect-failed", { "address", agent->options.address });
}

static void renewal_closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct agent *agent = context;
	(void)stream;
	agent->stream = NULL;
	agent->step = AGENT_WAITING;
	if (agent->stopping)
		return;
	if (outcome->status != RPC_OK || is_due(agent)) {
		agent_pause(agent, "renewal-failed", outcome);
		return;
	}
	loop_timer_free(agent->timer); /* a channel is not freed from within its own callback */
	if (loop_timer_new(agent->loop, reconnect, agent, &agent->timer) == 0)
		loop_timer_start(agent->timer, 0);
}

static int renew(struct agent *agent)
{
	static const struct rpc_handler handler = { .message = renewal_message,
						    .closed = renewal_closed,
						    .message_most = WIRE_ENROLL_MOST };
	struct wire_enroll message = { .versions = wire_versions("fedrouter-client") };
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	cleanup(key_cleanup) struct key *key = NULL;
	if (key_parse_private(agent->private_key, KEY_P256, &key) != 0)
		return FAIL(-EBADMSG);
	TRY(certificate_request(agent->facts.name, key, &message.request.data, &message.request.n));
	int r = wire_renew_pack(&message, &bytes);
	wire_enroll_deinit(&message);
	TRY(r);
	agent->step = AGENT_RENEWING;
	return rpc_channel_unary(agent->channel, WIRE_RENEW, bytes.data, bytes.n, POLL_DEADLINE_MS, &handler,
				 agent, &agent->stream);
}

/* ---- polling ---- */

static void fired(void *context)
{
	agent_poll(context);
}

/* 0 … most, at random; most where the system gives no randomness. */
static uint64_t spread(uint64_t most)
{
	uint64_t random_bits;
	if (getrandom(&random_bits, sizeof random_bits, 0) != (ssize_t)sizeof random_bits)
		return most;
	return random_bits % (most + 1);
}

void agent_pause(struct agent *agent, const char *what, const struct rpc_outcome *outcome)
{
	uint64_t pause = PAUSE_MS;
	agent->step = AGENT_WAITING;
	agent->counters[AGENT_FAILURES]++;
	for (unsigned i = 0; i < agent->failures && pause < PAUSE_MOST_MS; i++)
		pause *= 2;
	pause = pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
	pause = pause / 2 + spread(pause / 2); /* clients must not come back all at once */
	agent->failures++;
	log_say(LOG_WARNING, what, { "status", outcome ? rpc_status_name(outcome->status) : "" },
		{ "reason", outcome ? outcome->reason : "" }, { "text", outcome ? outcome->text : "" },
		{ "again_ms", log_number(pause) });
	loop_timer_start(agent->timer, pause);
}

static void poll_message(struct rpc_stream *stream, void *context, const uint8_t *bytes, size_t n)
{
	struct agent *agent = context;
	char why[WIRE_TEXT] = "";
	(void)stream;
	wire_poll_answer_deinit(&agent->answer);
	if (wire_poll_answer_parse(bytes, n, why, &agent->answer) != 0)
		log_say(LOG_ERROR, "bad-answer", { "text", why });
}

static void poll_closed(struct rpc_stream *stream, void *context, const struct rpc_outcome *outcome)
{
	struct agent *agent = context;
	(void)stream;
	agent->stream = NULL;
	agent->step = AGENT_WAITING;
	if (agent->stopping)
		return;
	if (outcome->status != RPC_OK) {
		agent_pause(agent, "poll-failed", outcome);
		return;
	}
	agent->failures = 0;
	agent->refusal = (struct wire_refusal){ 0 };
	agent->next_artefact = 0;
	if (agent->answer.task.run[0] || agent->answer.n_artefacts > 0)
		agent_continue(agent);
	else
		loop_timer_start(agent->timer, agent->answer.ask_again_ms);
}

static int fill_poll(struct agent *agent, struct wire_poll *poll, struct client_models *models,
		     struct encoder_identity *encoder)
{
	size_t n_learners = 0;
	int r = client_store_encoder(agent->store, encoder);
	if (r == 0)
		TRY(encoder_identity_json(encoder, &poll->encoder));
	else if (r == CLIENT_STORE_E_NONE)
		poll->encoder = strdup("");
	TRY_ALLOC(poll->encoder);
	TRY(client_store_models(agent->store, &agent->options.names, models));
	TRY(client_routers_newest(agent->store, &poll->artefacts_seen));
	while (learners[n_learners])
		n_learners++;
	poll->versions = wire_versions("fedrouter-client");
	poll->models = calloc(models->n + 1, sizeof(*poll->models));
	poll->learners = calloc(n_learners + 1, sizeof(*poll->learners));
	TRY_ALLOC(poll->models && poll->learners);
	for (poll->n_models = 0; poll->n_models < models->n && poll->n_models < WIRE_MODELS_MOST;
	     poll->n_models++) {
		poll->models[poll->n_models].rows = models->items[poll->n_models].rows;
		poll->models[poll->n_models].name = strdup(models->items[poll->n_models].name);
		TRY_ALLOC(poll->models[poll->n_models].name);
	}
	for (; poll->n_learners < n_learners; poll->n_learners++)
		snprintf(poll->learners[poll->n_learners], WIRE_NAME, "%s", learners[poll->n_learners]->name);
	poll->rows = models->rows;
	poll->refusal = agent->refusal;
	return 0;
}

static int poll_now(struct agent *agent)
{
	static const struct rpc_handler handler = { .message = poll_message,
						    .closed = poll_closed,
						    .message_most = WIRE_POLL_ANSWER_MOST };
	cleanup(wire_poll_deinit) struct wire_poll poll = { 0 };
	cleanup(client_models_deinit) struct client_models models = { 0 };
	cleanup(encoder_identity_deinit) struct encoder_identity encoder = { 0 };
	cleanup(wire_bytes_deinit) struct wire_bytes bytes = { 0 };
	TRY(fill_poll(agent, &poll, &models, &encoder));
	TRY(wire_poll_pack(&poll, &bytes));
	agent->step = AGENT_POLLING;
	agent->counters[AGENT_POLLS]++;
	return rpc_channel_unary(agent->channel, WIRE_POLL, bytes.data, bytes.n, POLL_DEADLINE_MS, &handler,
				 agent, &agent->stream);
}

void agent_poll(struct agent *agent)
{
	if (agent->stopping)
		return;
	int r = is_due(agent) ? renew(agent) : poll_now(agent);
	if (r != 0)
		agent_pause(agent, "poll-failed", NULL);
}

static void changed(void *context, bool up, const char *hint)
{
	struct agent *agent = context;
	if (agent->stopping)
		return;
	if (up != agent->connected || hint)
		log_say(up ? LOG_INFO : LOG_WARNING, up ? "connected" : "disconnected",
			{ "address", agent->options.address }, { "hint", hint ? hint : "" });
	bool back = up && !agent->connected;
	agent->connected = up;
	if (back && agent->step == AGENT_WAITING && agent->failures > 0 && !agent->stopping)
		loop_timer_start(agent->timer, PAUSE_MS / 5);
}

/* ---- setting up and down ---- */

static int connect_channel(struct agent *agent)
{
	struct rpc_channel_options options = { .address = agent->options.address,
					       .proxy = agent->options.proxy,
					       .credentials = { agent->authority, agent->certificate,
								agent->private_key },
					       .changed = changed,
					       .context = agent };
	if (agent->timer)
		loop_timer_free(agent->timer);
	agent->timer = NULL;
	TRY(loop_timer_new(agent->loop, fired, agent, &agent->timer));
	return rpc_channel_new(agent->loop, &options, &agent->channel);
}

static int read_file(const struct agent *agent, const char *name, struct findings *findings, char **out)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/%s", agent->dir, name) < 0)
		return FAIL(-ENOMEM);
	int r = text_file_read(path, PEM_MOST, out);
	if (r == 0)
		return 0;
	findings_add(findings, path, 0, "not readable", "%s: make DIR with `fedrouter-client enroll`",
		     strerror(-r));
	return AGENT_E_BAD;
}

static int read_identity(struct agent *agent, struct findings *findings)
{
	cleanup(free_pointer) char *signer = NULL;
	cleanup(key_cleanup) struct key *key = NULL;
	int r = read_file(agent, "authority.pem", findings, &agent->authority);
	if (r == 0)
		r = read_file(agent, "client.pem", findings, &agent->certificate);
	if (r == 0)
		r = read_file(agent, "client.key", findings, &agent->private_key);
	if (r == 0)
		r = read_file(agent, "artefact.pub", findings, &signer);
	if (r != 0)
		return r;
	if (key_parse_public(signer, KEY_ED25519, &agent->artefact_key) != 0 ||
	    key_parse_private(agent->private_key, KEY_P256, &key) != 0 ||
	    certificate_read(agent->certificate, &agent->facts) != 0 ||
	    certificate_fits(agent->certificate, key, agent->authority) != 0) {
		findings_add(findings, agent->dir, 0, "keys and certificates do not fit together",
			     "restore them from a backup, or ask the operator for a new invitation");
		return AGENT_E_BAD;
	}
	return 0;
}

static int set_up(struct agent *agent, struct findings *findings)
{
	int r = read_identity(agent, findings);
	if (r != 0)
		return r;
	r = client_store_open(agent->dir, findings, &agent->store);
	if (r > 0)
		return AGENT_E_BAD;
	TRY(r);
	TRY(connect_channel(agent));
	loop_timer_start(agent->timer, 0);
	return 0;
}

int agent_new(struct loop *loop, const struct agent_options *options, struct findings *findings,
	      struct agent **out)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	TRY_ALLOC(agent);
	agent->loop = loop;
	agent->options = *options;
	agent->dir = strdup(options->dir);
	int r = agent->dir ? set_up(agent, findings) : -ENOMEM;
	if (r != 0) {
		agent_free(agent);
		return r;
	}
	*out = agent;
	return 0;
}

void agent_stop(struct agent *agent, loop_callback stopped, void *context)
{
	agent->stopping = true;
	agent->stopped = stopped;
	agent->stopped_context = context;
	loop_timer_stop(agent->timer);
	if (agent->stream)
		rpc_stream_cancel(agent->stream);
	if (agent->step != AGENT_COMPUTING)
		stopped(context);
}

void agent_free(struct agent *agent)
{
	if (!agent)
		return;
	agent->stopping = true;
	if (agent->channel)
		rpc_channel_free(agent->channel);
	if (agent->timer)
		loop_timer_free(agent->timer);
	agent_fetch_end(agent);
	agent_send_end(agent);
	wire_poll_answer_deinit(&agent->answer);
	client_store_close(agent->store);
	key_free(agent->artefact_key);
	key_text_free(agent->private_key);
	free(agent->certificate);
	free(agent->authority);
	free(agent->dir);
	free(agent);
}

bool agent_connected(const struct agent *agent)
{
	return agent->connected;
}

enum agent_step agent_step(const struct agent *agent)
{
	return agent->step;
}

void agent_metrics(const struct agent *agent, FILE *out)
{
	static const char *const names[AGENT_COUNTERS][2] = {
		{ "fedrouter_client_polls_total", "Polls sent." },
		{ "fedrouter_client_computed_total", "Contributions computed." },
		{ "fedrouter_client_sent_total", "Contributions acknowledged by the coordinator." },
		{ "fedrouter_client_refused_total", "Tasks that this client refused." },
		{ "fedrouter_client_failures_total", "Calls and computations that failed." },
	};
	for (size_t i = 0; i < AGENT_COUNTERS; i++)
		metric_one(out, names[i][0], METRIC_COUNTER, names[i][1], (double)agent->counters[i]);
	metric_one(out, "fedrouter_client_connected", METRIC_GAUGE, "Whether the coordinator is reached.",
		   agent->connected);
	metric_one(out, "fedrouter_client_certificate_expiry_timestamp_seconds", METRIC_GAUGE,
		   "When the own certificate ends, since 1970.", (double)agent->facts.not_after);
}
