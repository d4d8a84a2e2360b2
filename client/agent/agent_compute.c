/* agent_compute.c: a task and the client's rows become a contribution, on a worker.     (kind: conductor) */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/agent/agent_inside.h"
#include "common/base/log.h"
#include "common/drive/body.h"
#include "common/learn/learners.h"
#include "common/learn/state_file.h"
#include "common/plan/plan_read.h"

struct work { /* what a computation holds on its way */
	struct plan_file plan;
	struct encoder_identity encoder;
	const struct learner *learner;
	struct state state;
	struct phase phase;
	struct client_snapshot snapshot;
	struct answer answer;
	struct findings findings;
};

static void work_deinit(struct work *work)
{
	answer_deinit(&work->answer);
	client_snapshot_deinit(&work->snapshot);
	state_deinit(&work->state);
	encoder_identity_deinit(&work->encoder);
	plan_file_deinit(&work->plan);
	findings_deinit(&work->findings);
}

static int refuse(struct computation *computation, const char *reason, const char *format, ...)
	print_like(3, 4);

static int refuse(struct computation *computation, const char *reason, const char *format, ...)
{
	struct wire_refusal *refusal = &computation->refusal;
	va_list arguments;
	snprintf(refusal->run, sizeof(refusal->run), "%s", computation->task->run);
	refusal->phase = computation->task->phase;
	snprintf(refusal->reason, sizeof(refusal->reason), "%s", reason);
	va_start(arguments, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, arguments);
	va_end(arguments);
	return AGENT_E_BAD;
}

static const char *first_finding(const struct findings *findings)
{
	const struct finding *first = findings->n_items > 0 ? &findings->items[0] : NULL;
	return !first ? "" : first->detail ? first->detail : first->reason;
}

static const struct setting *settings_of(const char *learner)
{
	const struct learner *found = learners_find(learner);
	return found ? found->settings : NULL;
}

/* The plan, and whether this client takes part in such a plan at all. */
static int read_plan(struct computation *computation, struct work *work)
{
	const struct agent_policy *policy = &computation->agent->options.policy;
	const char *text = computation->task->plan;
	int r = plan_parse("plan", text, strlen(text), settings_of, &work->findings, &work->plan);
	if (r == PLAN_E_BAD)
		return refuse(computation, "bad-plan", "the plan does not read here: %s",
			      first_finding(&work->findings));
	TRY(r);
	struct plan *plan = &work->plan.plan;
	bool allowed = policy->n_learners == 0;
	for (size_t i = 0; i < policy->n_learners; i++)
		allowed = allowed || strcmp(policy->learners[i], plan->learner) == 0;
	if (!allowed)
		return refuse(computation, "policy-learner",
			      "the client's policy does not allow the learner %s", plan->learner);
	bool listed = false;
	for (size_t i = 0; i < plan->n_clients; i++)
		listed = listed || strcmp(plan->clients[i], computation->agent->facts.name) == 0;
	if (!listed)
		return refuse(computation, "not-in-roster", "the plan's roster does not name this client");
	if (encoder_identity_parse(computation->task->encoder, &work->encoder) != 0)
		return refuse(computation, "bad-encoder", "the task's encoder identity does not read");
	plan->encoder = &work->encoder;
	work->learner = learners_find(plan->learner);
	return 0;
}

/* The state, and that it is what the task says; the question that follows from it must be the task's. */
static int read_state(struct computation *computation, struct work *work)
{
	const struct wire_task *task = computation->task;
	struct digest digest;
	int r = state_file_read(computation->state_path, &work->findings, &work->state);
	if (r == STATE_FILE_E_BAD)
		return refuse(computation, "bad-state", "the state does not read: %s",
			      first_finding(&work->findings));
	TRY(r);
	TRY(state_digest(&work->plan.plan, &work->state, &digest));
	if (memcmp(digest.bytes, task->state_digest, sizeof(digest.bytes)) != 0)
		return refuse(computation, "bad-state", "the state has another digest than the task says");
	r = work->learner->next(&work->plan.plan, &work->state, &work->phase);
	if (r != 0 || work->phase.number != task->phase || (work->phase.kind == PHASE_GATHER) != task->gather)
		return refuse(computation, "bad-task", "the state does not ask for what the task says");
	if (task->gather)
		return 0;
	TRY(lanes_digest(&work->phase.lanes, &digest));
	if (memcmp(digest.bytes, task->lanes_digest, sizeof(digest.bytes)) != 0)
		return refuse(computation, "wrong-lanes",
			      "the lane table follows otherwise from the plan here: is one "
			      "side's program older?");
	return 0;
}

static int read_rows(struct computation *computation, struct work *work)
{
	struct agent *agent = computation->agent;
	const struct plan *plan = &work->plan.plan;
	struct client_store *store = NULL;
	struct client_want want = { .names = &agent->options.names,
				    .n_models = plan->n_models,
				    .models = plan->models,
				    .encoder = &work->encoder,
				    .held_out = plan->held_out,
				    .part = CLIENT_TRAINING };
	int r = client_store_open(agent->dir, &work->findings, &store);
	if (r == 0)
		r = client_store_snapshot(store, &want, &work->findings, &work->snapshot);
	client_store_close(store);
	if (r == CLIENT_STORE_E_ENCODER)
		return refuse(computation, "wrong-encoder", "%s", first_finding(&work->findings));
	if (r > 0)
		return refuse(computation, "bad-store", "%s", first_finding(&work->findings));
	return r;
}

/* What the client's policy says of the rows. */
static int check_rows(struct computation *computation, const struct work *work)
{
	const struct dataset *data = &work->snapshot.data;
	uint64_t least = computation->agent->options.policy.minimum_rows_per_model;
	if (data->n_rows > work->plan.plan.limit_rows)
		return refuse(computation, "too-many-rows",
			      "%zu rows here, the plan takes at most %llu of a client", data->n_rows,
			      (unsigned long long)work->plan.plan.limit_rows);
	cleanup(free_pointer) uint64_t *counts = calloc(data->n_models + 1, sizeof(*counts));
	TRY_ALLOC(counts);
	dataset_count(data, counts);
	for (size_t m = 0; m < data->n_models; m++) {
		if (counts[m] > 0 && counts[m] < least)
			return refuse(computation, "policy-rows",
				      "%s has %llu rows here, the client's policy asks for %llu",
				      data->models[m], (unsigned long long)counts[m],
				      (unsigned long long)least);
	}
	return 0;
}

int agent_question(const struct wire_task *task, char hex[65])
{
	cleanup(digester_cleanup) struct digester *digester = NULL;
	struct digest digest;
	TRY(digester_new(&digester));
	digester_add_string(digester, task->plan);
	digester_add_string(digester, task->encoder);
	digester_add(digester, task->state_digest, sizeof(task->state_digest));
	TRY(digester_finish(digester, &digest));
	digest_hex(&digest, hex);
	return 0;
}

static int keep(struct computation *computation, struct work *work)
{
	const struct wire_task *task = computation->task;
	struct client_contribution contribution = { .phase = task->phase,
						    .gather = task->gather,
						    .rows = work->answer.rows,
						    .clipped = work->answer.clipped };
	struct digest digest;
	cleanup(free_pointer) void *body = NULL;
	struct client_store *store = NULL;
	size_t n;
	TRY(body_pack(&work->phase, &work->answer, &body, &n));
	snprintf(contribution.run, sizeof(contribution.run), "%s", task->run);
	TRY(agent_question(task, contribution.question));
	if (!task->gather) {
		memcpy(digest.bytes, task->lanes_digest, sizeof(digest.bytes));
		digest_hex(&digest, contribution.lanes_digest);
	}
	int r = client_store_open(computation->agent->dir, &work->findings, &store);
	if (r == 0)
		r = client_outbox_put(store, &contribution, body, n);
	client_store_close(store);
	return r == 0 ? 0 : FAIL(r < 0 ? r : -EIO);
}

static int compute(void *context)
{
	struct computation *computation = context;
	cleanup(work_deinit) struct work work = { 0 };
	int r = read_plan(computation, &work);
	if (r == 0)
		r = read_state(computation, &work);
	if (r == 0)
		r = read_rows(computation, &work);
	if (r == 0)
		r = check_rows(computation, &work);
	if (r != 0)
		return r;
	TRY(work.learner->contribute(&work.plan.plan, &work.phase, &work.state, &work.snapshot.data,
				     computation->agent->facts.name, &work.answer));
	return keep(computation, &work);
}

static void computed(void *context, int result)
{
	struct computation *computation = context;
	struct agent *agent = computation->agent;
	unlink(computation->state_path);
	free(computation->state_path);
	computation->state_path = NULL;
	agent->step = AGENT_WAITING;
	if (agent->stopping) {
		agent->stopped(agent->stopped_context);
		return;
	}
	if (result == AGENT_E_BAD) {
		agent_refuse(agent, computation->refusal.reason, "%s", computation->refusal.text);
		return;
	}
	if (result != 0) {
		agent_pause(agent, "computation-failed", NULL);
		return;
	}
	agent->counters[AGENT_COMPUTED]++;
	agent_continue(agent);
}

void agent_compute(struct agent *agent)
{
	agent->step = AGENT_COMPUTING;
	agent->computation = (struct computation){ .agent = agent,
						   .task = &agent->answer.task,
						   .state_path = agent->path };
	agent->path = NULL;
	log_say(LOG_INFO, "computing", { "run", agent->answer.task.run },
		{ "phase", log_number(agent->answer.task.phase) });
	if (loop_job(agent->loop, compute, computed, &agent->computation) != 0)
		computed(&agent->computation, -ENOMEM);
}
