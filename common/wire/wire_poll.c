/* wire_poll.c: what a client says of itself when it asks for work.                         (kind: adapter) */
#include <fedrouter.pb-c.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/wire_check.h"
#include "common/wire/wire_versions.h"

enum { LEARNERS_MOST = 32, MODEL_NAME_MOST = 256 };

void wire_poll_deinit(struct wire_poll *message)
{
	for (size_t i = 0; message->models && i < message->n_models; i++)
		free(message->models[i].name);
	free(message->models);
	free(message->learners);
	free(message->encoder);
	*message = (struct wire_poll){ 0 };
}

/* Lists of pointers that protobuf-c wants, in one block. */
struct poll_lists {
	Fedrouter__V1__ModelRows *models;
	Fedrouter__V1__ModelRows **model_pointers;
	char **learner_pointers;
};

static void lists_deinit(struct poll_lists *lists)
{
	free(lists->models);
	free(lists->model_pointers);
	free(lists->learner_pointers);
}

static int lists_fill(const struct wire_poll *message, struct poll_lists *lists)
{
	lists->models = calloc(message->n_models + 1, sizeof(*lists->models));
	lists->model_pointers = calloc(message->n_models + 1, sizeof(*lists->model_pointers));
	lists->learner_pointers = calloc(message->n_learners + 1, sizeof(*lists->learner_pointers));
	TRY_ALLOC(lists->models && lists->model_pointers && lists->learner_pointers);
	for (size_t i = 0; i < message->n_models; i++) {
		fedrouter__v1__model_rows__init(&lists->models[i]);
		lists->models[i].model = message->models[i].name;
		lists->models[i].rows = message->models[i].rows;
		lists->model_pointers[i] = &lists->models[i];
	}
	for (size_t i = 0; i < message->n_learners; i++)
		lists->learner_pointers[i] = message->learners[i];
	return 0;
}

int wire_poll_pack(const struct wire_poll *message, struct wire_bytes *out)
{
	cleanup(lists_deinit) struct poll_lists lists = { 0 };
	TRY(lists_fill(message, &lists));
	Fedrouter__V1__Versions versions = wire_versions_put(&message->versions);
	Fedrouter__V1__Refusal refusal = FEDROUTER__V1__REFUSAL__INIT;
	refusal.run = (char *)message->refusal.run;
	refusal.phase = message->refusal.phase;
	refusal.reason = (char *)message->refusal.reason;
	refusal.text = (char *)message->refusal.text;
	Fedrouter__V1__PollRequest packed = FEDROUTER__V1__POLL_REQUEST__INIT;
	packed.versions = &versions;
	packed.encoder = message->encoder;
	packed.rows = message->rows;
	packed.n_models = message->n_models;
	packed.models = lists.model_pointers;
	packed.n_learners = message->n_learners;
	packed.learners = lists.learner_pointers;
	packed.refusal = message->refusal.run[0] ? &refusal : NULL;
	packed.artefacts_seen = message->artefacts_seen;
	return wire_pack(&packed.base, out);
}

static bool refusal_take(struct wire_checking *checking, const Fedrouter__V1__Refusal *refusal,
			 struct wire_refusal *out)
{
	if (!refusal)
		return true;
	if (!wire_check_run(checking, "refusal.run", refusal->run) ||
	    !wire_check_name(checking, "refusal.reason", refusal->reason) ||
	    !wire_check_that(checking, strlen(refusal->reason) < WIRE_REASON, "refusal.reason: too long") ||
	    !wire_check_line(checking, "refusal.text", refusal->text, 0, WIRE_TEXT - 1))
		return false;
	out->phase = refusal->phase;
	wire_copy(out->run, sizeof(out->run), refusal->run);
	wire_copy(out->reason, sizeof(out->reason), refusal->reason);
	wire_copy(out->text, sizeof(out->text), refusal->text);
	return true;
}

static bool models_are_good(struct wire_checking *checking, const Fedrouter__V1__PollRequest *message)
{
	if (!wire_check_that(checking, message->n_models <= WIRE_MODELS_MOST, "models: too many"))
		return false;
	for (size_t i = 0; i < message->n_models; i++) {
		const char *name = message->models[i]->model;
		if (!wire_check_line(checking, "models.model", name, 1, MODEL_NAME_MOST) ||
		    !wire_check_that(checking, i == 0 || strcmp(message->models[i - 1]->model, name) < 0,
				     "models: not sorted, or one of them twice"))
			return false;
	}
	return true;
}

static bool learners_are_good(struct wire_checking *checking, const Fedrouter__V1__PollRequest *message)
{
	if (!wire_check_that(checking, message->n_learners <= LEARNERS_MOST, "learners: too many"))
		return false;
	for (size_t i = 0; i < message->n_learners; i++) {
		if (!wire_check_name(checking, "learners", message->learners[i]))
			return false;
	}
	return true;
}

static int poll_take(const Fedrouter__V1__PollRequest *message, struct wire_poll *out)
{
	out->encoder = wire_keep(message->encoder);
	out->models = calloc(message->n_models + 1, sizeof(*out->models));
	out->learners = calloc(message->n_learners + 1, sizeof(*out->learners));
	TRY_ALLOC(out->encoder && out->models && out->learners);
	for (out->n_models = 0; out->n_models < message->n_models; out->n_models++) {
		struct wire_model *model = &out->models[out->n_models];
		model->rows = message->models[out->n_models]->rows;
		model->name = wire_keep(message->models[out->n_models]->model);
		TRY_ALLOC(model->name);
	}
	for (out->n_learners = 0; out->n_learners < message->n_learners; out->n_learners++)
		wire_copy(out->learners[out->n_learners], WIRE_NAME, message->learners[out->n_learners]);
	return 0;
}

int wire_poll_parse(const uint8_t *bytes, size_t n, char why[WIRE_TEXT], struct wire_poll *out)
{
	struct wire_checking checking = { .why = why };
	cleanup(wire_unpacked_free) ProtobufCMessage *unpacked =
		wire_unpack(&fedrouter__v1__poll_request__descriptor, bytes, n, WIRE_POLL_MOST);
	const Fedrouter__V1__PollRequest *message = (const void *)unpacked;
	*out = (struct wire_poll){ 0 };
	if (!wire_check_that(&checking, message != NULL, "not a PollRequest") ||
	    !wire_versions_take(&checking, message->versions, &out->versions) ||
	    !wire_check_text(&checking, "encoder", message->encoder, WIRE_ENCODER_MOST) ||
	    !models_are_good(&checking, message) || !learners_are_good(&checking, message) ||
	    !refusal_take(&checking, message->refusal, &out->refusal))
		return WIRE_E_BAD;
	out->rows = message->rows;
	out->artefacts_seen = message->artefacts_seen;
	int r = poll_take(message, out);
	if (r != 0)
		wire_poll_deinit(out);
	return r;
}
