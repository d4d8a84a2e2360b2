/* artefact.c: a router's metadata as strings, and the checks before it is loaded.          (kind: adapter) */
#include "common/router/artefact.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/atomic_file.h"
#include "common/io/safetensors.h"
#include "common/router/signature.h"

static const char schema[] = "fedrouter.router/1";

/* What the metadata say; the texts belong to the JSON object. */
struct stated {
	const char *schema, *learner, *encoder, *models, *settings, *run, *phases, *participants, *parent,
		*digest, *held_out;
};

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int refuse(struct findings *findings, const char *path, const char *why)
{
	findings_add(findings, path, 0, "not a good artefact", "%s: fetch or make it again", why);
	return ARTEFACT_E_BAD;
}

static int models_json(const struct router *router, char **out)
{
	cleanup(json_cleanup) json_t *list = json_array();
	for (size_t i = 0; i < router->n_models; i++) {
		if (json_array_append_new(list, json_string(router->models[i])) != 0)
			return FAIL(-EINVAL);
	}
	*out = json_dumps(list, JSON_COMPACT);
	TRY_ALLOC(*out);
	return 0;
}

static int pack_metadata(const struct router *router, const struct artefact_notes *notes, json_t **out)
{
	cleanup(free_pointer) char *encoder = NULL;
	cleanup(free_pointer) char *models = NULL;
	struct digest digest;
	char hex[65], phases[16], participants[16], held_out[32];
	TRY(encoder_identity_json(&router->encoder, &encoder));
	TRY(models_json(router, &models));
	TRY(router_digest(router, &digest));
	digest_hex(&digest, hex);
	snprintf(phases, sizeof(phases), "%u", notes->phases);
	snprintf(participants, sizeof(participants), "%u", notes->participants);
	snprintf(held_out, sizeof(held_out), "%.17g", notes->held_out);
	*out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "schema", schema, "learner",
			 router->predictor->learner, "encoder", encoder, "models", models, "settings",
			 router->settings, "run", notes->run, "phases", phases, "participants", participants,
			 "parent", notes->parent, "digest", hex);
	if (!*out ||
	    (!isnan(notes->held_out) && json_object_set_new(*out, "held_out", json_string(held_out)) != 0))
		return FAIL(-EINVAL);
	return 0;
}

int artefact_bytes(const struct router *router, const struct artefact_notes *notes, const struct key *key,
		   void **out, size_t *n)
{
	cleanup(json_cleanup) json_t *metadata = NULL;
	cleanup(free_pointer) void *bytes = NULL;
	TRY(pack_metadata(router, notes, &metadata));
	if (key)
		TRY(signature_reserve(metadata));
	TRY(safetensors_bytes(&router->tensors, metadata, &bytes, n));
	if (key)
		TRY(signature_make(bytes, *n, key));
	*out = bytes;
	bytes = NULL;
	return 0;
}

int artefact_write(const struct router *router, const struct artefact_notes *notes, const struct key *key,
		   const char *path)
{
	cleanup(free_pointer) void *bytes = NULL;
	size_t n;
	TRY(artefact_bytes(router, notes, key, &bytes, &n));
	return atomic_file_write(path, bytes, n);
}

/* Every field has to be there but `held_out`; others may be, such as a signature. */
static bool unpack_metadata(json_t *metadata, struct stated *out)
{
	out->held_out = json_string_value(json_object_get(metadata, "held_out"));
	return json_unpack(metadata, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "schema",
			   &out->schema, "learner", &out->learner, "encoder", &out->encoder, "models",
			   &out->models, "settings", &out->settings, "run", &out->run, "phases", &out->phases,
			   "participants", &out->participants, "parent", &out->parent, "digest",
			   &out->digest) == 0;
}

/* A number as we write it: digits only, no leading zero, within 32 bits. */
static bool read_count(const char *text, unsigned *out)
{
	char again[16];
	*out = (unsigned)strtoul(text, NULL, 10);
	snprintf(again, sizeof(again), "%u", *out);
	return strcmp(text, again) == 0;
}

/* A share as we write it; NULL: not known. */
static bool read_share(const char *text, double *out)
{
	char again[32];
	*out = text ? strtod(text, NULL) : (double)NAN;
	snprintf(again, sizeof(again), "%.17g", *out);
	return !text || (strcmp(text, again) == 0 && *out >= 0.0 && *out < 1.0);
}

static bool is_digest(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool read_notes(const struct stated *stated, struct artefact_notes *out)
{
	*out = (struct artefact_notes){ 0 };
	if (strlen(stated->run) >= sizeof(out->run) || (*stated->parent && !is_digest(stated->parent)))
		return false;
	memcpy(out->run, stated->run, strlen(stated->run) + 1);
	memcpy(out->parent, stated->parent, strlen(stated->parent) + 1);
	return read_count(stated->phases, &out->phases) &&
	       read_count(stated->participants, &out->participants) &&
	       read_share(stated->held_out, &out->held_out);
}

/* A list of names in order, none twice. */
static bool are_models(json_t *list)
{
	const char *before = "";
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		if (!name || strcmp(before, name) >= 0)
			return false;
		before = name;
	}
	return json_array_size(list) > 0;
}

/* The names of a list for which `are_models` holds; they belong to the list. */
static int list_models(json_t *list, const char ***out)
{
	const char **models = calloc(json_array_size(list), sizeof(*models));
	TRY_ALLOC(models);
	for (size_t i = 0; i < json_array_size(list); i++)
		models[i] = json_string_value(json_array_get(list, i));
	*out = models;
	return 0;
}

/* What is needed to make the router, out of the metadata. */
struct parts {
	const struct predictor *predictor;
	struct encoder_identity encoder;
	json_t *names;
	const char **models; /* into `names` */
	struct artefact_notes notes;
};

static void parts_deinit(struct parts *parts)
{
	encoder_identity_deinit(&parts->encoder);
	json_decref(parts->names);
	free(parts->models);
}

/* What is wrong with the fields, or NULL. `encoder_good`: it could be parsed. */
static const char *fault_of(const struct stated *stated, bool encoder_good, struct parts *parts)
{
	cleanup(json_cleanup) json_t *settings = json_loads(stated->settings, JSON_REJECT_DUPLICATES, NULL);
	if (strcmp(stated->schema, schema) != 0)
		return "its schema is unknown here, a newer program may know it";
	if (!parts->predictor)
		return "its learner is unknown here, a newer program may know it";
	if (!encoder_good)
		return "its encoder is not an encoder's identity";
	if (!are_models(parts->names))
		return "its models are not a sorted list of names";
	if (!json_is_object(settings))
		return "its settings are not a JSON object";
	if (!read_notes(stated, &parts->notes))
		return "its run, phases, participants, parent or held_out are not such";
	return NULL;
}

/* One content has one text: whoever finds another one changed the file. */
static int compare_texts(const struct stated *stated, const struct parts *parts, const char **why)
{
	cleanup(free_pointer) char *encoder = NULL;
	TRY(encoder_identity_json(&parts->encoder, &encoder));
	cleanup(free_pointer) char *models = json_dumps(parts->names, JSON_COMPACT);
	TRY_ALLOC(models);
	if (strcmp(encoder, stated->encoder) == 0 && strcmp(models, stated->models) == 0)
		return ARTEFACT_E_OK;
	*why = "its encoder or its models are not as they are written";
	return ARTEFACT_E_BAD;
}

static int read_parts(const struct stated *stated, const struct artefact_reader *reader, struct parts *parts,
		      const char **why)
{
	parts->predictor = reader->find(stated->learner);
	parts->names = json_loads(stated->models, 0, NULL);
	int r = encoder_identity_parse(stated->encoder, &parts->encoder);
	if (r != 0 && r != -EPROTO)
		return FAIL(r);
	*why = fault_of(stated, r == 0, parts);
	r = *why ? ARTEFACT_E_BAD : compare_texts(stated, parts, why);
	return r != ARTEFACT_E_OK ? r : list_models(parts->names, &parts->models);
}

static int compare_digest(const struct stated *stated, const struct parts *parts,
			  const struct tensors *tensors, const char **why)
{
	struct digest digest;
	char hex[65];
	TRY(router_digest_parts(stated->schema, stated->learner, &parts->encoder,
				json_array_size(parts->names), parts->models, stated->settings, tensors,
				&digest));
	digest_hex(&digest, hex);
	if (strcmp(hex, stated->digest) == 0)
		return ARTEFACT_E_OK;
	*why = "its content has another digest than it states, so it was changed or damaged";
	return ARTEFACT_E_BAD;
}

static int check_signature(json_t *metadata, const struct tensors *tensors, const struct key *key,
			   const char **why)
{
	const char *digits = json_string_value(json_object_get(metadata, signature_key));
	*why = "it is not signed, and only what the coordinator has signed is taken";
	if (!digits)
		return ARTEFACT_E_BAD;
	*why = "its signature is not the coordinator's: it was changed or damaged, or another key signed it";
	int r = signature_check(tensors->mapping, tensors->mapping_bytes, digits, key);
	return r == SIGNATURE_E_BAD ? ARTEFACT_E_BAD : r;
}

static int make_router(json_t *metadata, const struct artefact_reader *reader, struct tensors *tensors,
		       struct artefact_notes *notes, const char **why, struct router **out)
{
	int r = reader->key ? check_signature(metadata, tensors, reader->key, why) : ARTEFACT_E_OK;
	if (r != ARTEFACT_E_OK)
		return r;
	cleanup(parts_deinit) struct parts parts = { 0 };
	struct stated stated;
	*why = "a field of its metadata is missing";
	if (!unpack_metadata(metadata, &stated))
		return ARTEFACT_E_BAD;
	r = read_parts(&stated, reader, &parts, why);
	if (r != ARTEFACT_E_OK)
		return r;
	r = compare_digest(&stated, &parts, tensors, why);
	if (r != ARTEFACT_E_OK)
		return r;
	if (notes)
		*notes = parts.notes;
	*why = "its arrays are not those of its learner";
	r = router_new(parts.predictor, json_array_size(parts.names), parts.models, &parts.encoder,
		       stated.settings, tensors, out);
	return r == ROUTER_E_BAD ? ARTEFACT_E_BAD : r;
}

int artefact_read(const char *path, const struct artefact_reader *reader, struct findings *findings,
		  struct artefact_notes *notes, struct router **out)
{
	cleanup(json_cleanup) json_t *metadata = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	const char *why;
	int r = safetensors_read(path, findings, &tensors, &metadata);
	if (r != SAFETENSORS_E_OK)
		return r < 0 ? r : ARTEFACT_E_BAD;
	r = make_router(metadata, reader, &tensors, notes, &why, out);
	return r == ARTEFACT_E_BAD ? refuse(findings, path, why) : r;
}
