/* state_file.c: tensors with a schema, and nothing else beside them.                       (kind: adapter) */
#include "common/learn/state_file.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/safetensors.h"

static const char state_schema[] = "fedrouter.state/1", part_schema[] = "fedrouter.part/1";

static void json_cleanup(json_t **json)
{
	json_decref(*json);
}

static int refuse(struct findings *findings, const char *name, const char *why)
{
	findings_add(findings, name, 0, "not a state or part of ours", "%s: fetch it again", why);
	return STATE_FILE_E_BAD;
}

int state_file_bytes(const struct state *state, void **out, size_t *n)
{
	char phase[16];
	snprintf(phase, sizeof(phase), "%u", state->phase);
	cleanup(json_cleanup) json_t *metadata =
		json_pack("{s:s, s:s}", "schema", state_schema, "phase", phase);
	TRY_ALLOC(metadata);
	return safetensors_bytes(&state->tensors, metadata, out, n);
}

int part_file_bytes(const struct tensors *parts, void **out, size_t *n)
{
	cleanup(json_cleanup) json_t *metadata = json_pack("{s:s}", "schema", part_schema);
	TRY_ALLOC(metadata);
	return safetensors_bytes(parts, metadata, out, n);
}

/* Do the metadata have this schema and `fields` fields? */
static bool has_schema(json_t *metadata, const char *schema, size_t fields)
{
	const char *found = json_string_value(json_object_get(metadata, "schema"));
	return found && strcmp(found, schema) == 0 && json_object_size(metadata) == fields;
}

/* A number as we write it: digits only, no leading zero, within 32 bits. */
static bool read_phase(json_t *metadata, uint32_t *out)
{
	char again[16];
	const char *text = json_string_value(json_object_get(metadata, "phase"));
	if (!text)
		return false;
	*out = (uint32_t)strtoul(text, NULL, 10);
	snprintf(again, sizeof(again), "%u", *out);
	return strcmp(text, again) == 0;
}

int state_file_read(const char *path, struct findings *findings, struct state *out)
{
	cleanup(json_cleanup) json_t *metadata = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	struct state state = { 0 };
	int r = safetensors_read(path, findings, &tensors, &metadata);
	if (r != SAFETENSORS_E_OK)
		return r < 0 ? r : STATE_FILE_E_BAD;
	if (!has_schema(metadata, state_schema, 2))
		return refuse(findings, path, "its schema is not that of a state");
	if (!read_phase(metadata, &state.phase))
		return refuse(findings, path, "its phase is not a number");
	TRY(tensors_copy(&tensors, &state.tensors));
	*out = state;
	return STATE_FILE_E_OK;
}

int part_file_parse(const void *bytes, size_t n, const char *name, struct findings *findings,
		    struct tensors *out)
{
	cleanup(json_cleanup) json_t *metadata = NULL;
	cleanup(tensors_deinit) struct tensors tensors = { 0 };
	int r = safetensors_parse(bytes, n, name, findings, &tensors, &metadata);
	if (r != SAFETENSORS_E_OK)
		return r < 0 ? r : STATE_FILE_E_BAD;
	if (!has_schema(metadata, part_schema, 1))
		return refuse(findings, name, "its schema is not that of a part");
	*out = tensors;
	tensors = (struct tensors){ 0 };
	return STATE_FILE_E_OK;
}
