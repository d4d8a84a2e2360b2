/* decide_router.c: finds the router's file, and believes it or not.                     (kind: conductor) */
#include "client/decide/decide_router.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/key.h"
#include "common/io/folder.h"
#include "common/io/text_file.h"
#include "common/learn/learners.h"
#include "common/router/artefact.h"

enum { KEY_FILE_MOST = 64 << 10 };

void decide_router_deinit(struct decide_router *opened)
{
	router_free(opened->router);
	free(opened->path);
	*opened = (struct decide_router){ 0 };
}

/* The key that routers have to be signed by; NULL: this client has not enrolled. */
static int read_key(const struct decide_place *place, struct findings *findings, struct key **out)
{
	cleanup(free_pointer) char *path = NULL;
	cleanup(free_pointer) char *pem = NULL;
	TRY(folder_path(&path, "%s/artefact.pub", place->dir));
	int r = text_file_read(path, KEY_FILE_MOST, &pem);
	if (r == -ENOENT)
		return DECIDE_ROUTER_E_OK;
	if (r == 0)
		r = key_parse_public(pem, KEY_ED25519, out);
	if (r == 0)
		return DECIDE_ROUTER_E_OK;
	findings_add(findings, path, 0, "not the consortium's key",
		     "%s: enroll again with the invitation, or ask for a new one",
		     r < 0 ? strerror(-r) : "no Ed25519 public key");
	return DECIDE_ROUTER_E_BAD;
}

static int read_artefact(const struct decide_place *place, struct findings *findings,
			 struct decide_router *opened)
{
	cleanup(key_cleanup) struct key *key = NULL;
	struct artefact_notes notes;
	struct digest digest;
	int r = read_key(place, findings, &key);
	if (r != DECIDE_ROUTER_E_OK)
		return r;
	struct artefact_reader reader = { learners_predictor, key };
	r = artefact_read(opened->path, &reader, findings, &notes, &opened->router);
	if (r == ARTEFACT_E_BAD)
		return DECIDE_ROUTER_E_BAD;
	TRY(r);
	TRY(router_digest(opened->router, &digest));
	digest_hex(&digest, opened->digest);
	opened->held_out = notes.held_out;
	opened->is_signed = key != NULL;
	return DECIDE_ROUTER_E_OK;
}

/* Open the file of opened->path and hand it over, or let everything go. */
static int hand_over(const struct decide_place *place, struct findings *findings,
		     struct decide_router *opened, struct decide_router *out)
{
	int r = read_artefact(place, findings, opened);
	if (r != DECIDE_ROUTER_E_OK)
		return r;
	*out = *opened;
	*opened = (struct decide_router){ 0 };
	return DECIDE_ROUTER_E_OK;
}

int decide_router_open(const struct decide_place *place, const char *file, struct findings *findings,
		       struct decide_router *out)
{
	cleanup(decide_router_deinit) struct decide_router opened = { 0 };
	if (file) {
		opened.path = strdup(file);
		TRY_ALLOC(opened.path);
		return hand_over(place, findings, &opened, out);
	}
	int r = client_routers_current(place->store, place->learner, &opened.entry);
	if (r != 0)
		return r == CLIENT_STORE_E_NONE ? DECIDE_ROUTER_E_NONE : r;
	TRY(client_routers_path(place->store, &opened.entry, &opened.path));
	return hand_over(place, findings, &opened, out);
}

int decide_router_newest(const struct decide_place *place, const char *learner, struct findings *findings,
			 struct decide_router *out)
{
	cleanup(decide_router_deinit) struct decide_router opened = { 0 };
	cleanup(free_pointer) struct client_router *list = NULL;
	size_t n;
	TRY(client_routers_list(place->store, place->learner, &list, &n));
	while (n > 0 && strcmp(list[n - 1].learner, learner) != 0)
		n--;
	if (n == 0)
		return DECIDE_ROUTER_E_NONE;
	opened.entry = list[n - 1];
	TRY(client_routers_path(place->store, &opened.entry, &opened.path));
	return hand_over(place, findings, &opened, out);
}
