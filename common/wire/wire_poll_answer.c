/* wire_poll_answer.c: what a client is told: a task, new artefacts, a notice.              (kind: adapter) */
#include <fedrouter.pb-c.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/wire_check.h"

enum { BLOB_MOST = 1 << 30 }; /* bytes of a state or artefact */

void wire_poll_answer_deinit(struct wire_poll_answer *message)
{
	free(message->task.plan);
	free(message->task.encoder);
	free(message->artefacts);
	*message = (struct wire_poll_answer){ 0 };
}

static Fedrouter__V1__Blob blob_put(const struct wire_blob *blob)
{
	Fedrouter__V1__Blob message = FEDROUTER__V1__BLOB__INIT;
	message.sha256 = (ProtobufCBinaryData){ sizeof(blob->sha256), (uint8_t *)blob->sha256 };
	message.bytes = blob->bytes;
	return message;
}

static bool blob_take(struct wire_checking *checking, const char *field, const Fedrouter__V1__Blob *blob,
		      struct wire_blob *out)
{
	if (!wire_check_that(checking, blob != NULL, "a file's name is missing") ||
	    !wire_check_sha256(checking, field, &blob->sha256) ||
	    !wire_check_that(checking, blob->bytes > 0 && blob->bytes <= BLOB_MOST,
			     "a file is empty or too large"))
		return false;
	memcpy(out->sha256, blob->sha256.data, sizeof(out->sha256));
	out->bytes = blob->bytes;
	return true;
}

static Fedrouter__V1__Task task_put(const struct wire_task *task, Fedrouter__V1__Blob *state)
{
	Fedrouter__V1__Task message = FEDROUTER__V1__TASK__INIT;
	*state = blob_put(&task->state);
	message.run = (char *)task->run;
	message.phase = task->phase;
	message.plan = task->plan;
	message.encoder = task->encoder;
	message.state = state;
	message.state_digest = (ProtobufCBinaryData){ 32, (uint8_t *)task->state_digest };
	if (!task->gather)
		message.lanes_digest = (ProtobufCBinaryData){ 32, (uint8_t *)task->lanes_digest };
	message.deadline = task->deadline;
	message.durable = task->durable;
	return message;
}

static Fedrouter__V1__Artefact artefact_put(const struct wire_artefact *artefact, Fedrouter__V1__Blob *file)
{
	Fedrouter__V1__Artefact message = FEDROUTER__V1__ARTEFACT__INIT;
	*file = blob_put(&artefact->file);
	message.version = artefact->version;
	message.learner = (char *)artefact->learner;
	message.digest = (char *)artefact->digest;
	message.run = (char *)artefact->run;
	message.file = file;
	return message;
}

int wire_poll_answer_pack(const struct wire_poll_answer *message, struct wire_bytes *out)
{
	Fedrouter__V1__PollAnswer packed = FEDROUTER__V1__POLL_ANSWER__INIT;
	Fedrouter__V1__Blob state, files[WIRE_ARTEFACTS_MOST];
	Fedrouter__V1__Artefact artefacts[WIRE_ARTEFACTS_MOST], *pointers[WIRE_ARTEFACTS_MOST];
	Fedrouter__V1__Task task;
	if (message->n_artefacts > WIRE_ARTEFACTS_MOST)
		return FAIL(-7 /* E2BIG */);
	if (message->task.run[0]) {
		task = task_put(&message->task, &state);
		packed.task = &task;
	}
	for (size_t i = 0; i < message->n_artefacts; i++) {
		artefacts[i] = artefact_put(&message->artefacts[i], &files[i]);
		pointers[i] = &artefacts[i];
	}
	packed.n_artefacts = message->n_artefacts;
	packed.artefacts = pointers;
	packed.notice = (char *)message->notice;
	packed.ask_again_ms = message->ask_again_ms;
	return wire_pack(&packed.base, out);
}

static bool task_is_good(struct wire_checking *checking, const Fedrouter__V1__Task *task,
			 struct wire_task *out)
{
	bool gather = task->lanes_digest.len == 0;
	if (!wire_check_run(checking, "task.run", task->run) ||
	    !wire_check_text(checking, "task.plan", task->plan, WIRE_PLAN_MOST) ||
	    !wire_check_text(checking, "task.encoder", task->encoder, WIRE_ENCODER_MOST) ||
	    !wire_check_sha256(checking, "task.state_digest", &task->state_digest) ||
	    (!gather && !wire_check_sha256(checking, "task.lanes_digest", &task->lanes_digest)) ||
	    !blob_take(checking, "task.state", task->state, &out->state))
		return false;
	wire_copy(out->run, sizeof(out->run), task->run);
	out->phase = task->phase;
	memcpy(out->state_digest, task->state_digest.data, 32);
	out->gather = gather;
	if (!gather)
		memcpy(out->lanes_digest, task->lanes_digest.data, 32);
	out->deadline = task->deadline;
	out->durable = task->durable;
	return true;
}

static bool artefact_take(struct wire_checking *checking, const Fedrouter__V1__Artefact *artefact,
			  struct wire_artefact *out)
{
	if (!wire_check_name(checking, "artefact.learner", artefact->learner) ||
	    !wire_check_hex(checking, "artefact.digest", artefact->digest, 64) ||
	    !wire_check_run(checking, "artefact.run", artefact->run) ||
	    !blob_take(checking, "artefact.file", artefact->file, &out->file))
		return false;
	out->version = artefact->version;
	wire_copy(out->learner, sizeof(out->learner), artefact->learner);
	wire_copy(out->digest, sizeof(out->digest), artefact->digest);
	wire_copy(out->run, sizeof(out->run), artefact->run);
	return true;
}

static int artefacts_take(struct wire_checking *checking, const Fedrouter__V1__PollAnswer *message,
			  struct wire_poll_answer *out)
{
	if (!wire_check_that(checking, message->n_artefacts <= WIRE_ARTEFACTS_MOST, "artefacts: too many"))
		return WIRE_E_BAD;
	out->artefacts = calloc(message->n_artefacts + 1, sizeof(*out->artefacts));
	TRY_ALLOC(out->artefacts);
	for (out->n_artefacts = 0; out->n_artefacts < message->n_artefacts; out->n_artefacts++) {
		struct wire_artefact *artefact = &out->artefacts[out->n_artefacts];
		if (!artefact_take(checking, message->artefacts[out->n_artefacts], artefact))
			return WIRE_E_BAD;
		if (!wire_check_that(checking,
				     out->n_artefacts == 0 || artefact[-1].version < artefact->version,
				     "artefacts: not in order of version"))
			return WIRE_E_BAD;
	}
	return 0;
}

static int answer_take(struct wire_checking *checking, const Fedrouter__V1__PollAnswer *message,
		       struct wire_poll_answer *out)
{
	if (message->task) {
		if (!task_is_good(checking, message->task, &out->task))
			return WIRE_E_BAD;
		out->task.plan = wire_keep(message->task->plan);
		out->task.encoder = wire_keep(message->task->encoder);
		TRY_ALLOC(out->task.plan && out->task.encoder);
	}
	if (!wire_check_line(checking, "notice", message->notice, 0, WIRE_TEXT - 1))
		return WIRE_E_BAD;
	wire_copy(out->notice, sizeof(out->notice), message->notice);
	out->ask_again_ms = message->ask_again_ms;
	return artefacts_take(checking, message, out);
}

int wire_poll_answer_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_poll_answer *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__poll_answer__descriptor, bytes, n, WIRE_POLL_ANSWER_MOST);
	*out = (struct wire_poll_answer){ 0 };
	if (!wire_check_that(&checking, unpacked != NULL, "not a PollAnswer"))
		return WIRE_E_BAD;
	int r = answer_take(&checking, (const void *)unpacked, out);
	if (r != 0)
		wire_poll_answer_deinit(out);
	return r;
}
